import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GOLDEN_DIR } from '../../../../test/golden';
import { gzipped, headPhantom, makeNifti, type NiftiRecipe } from '../../../../test/makeNifti';
import { type NiftiFile, readNifti } from './read';

const GOLDEN = pathToFileURL(`${GOLDEN_DIR}/nifti/`);

/** Byte ranges [from, to) that the writer may change. */
const CHANGED = {
  1: [
    [40, 42],
    [48, 56],
    [70, 74],
    [108, 120],
    [124, 132],
    [148, 228],
    [344, 348],
  ],
  2: [
    [4, 16],
    [16, 24],
    [48, 80],
    [168, 208],
    [240, 320],
  ],
} as const;

function finiteRange(voxels: Float32Array) {
  return voxels.reduce((largest, v) => (Number.isFinite(v) ? Math.max(largest, Math.abs(v)) : largest), 0);
}

async function readAll(name: string, bytes: BlobPart) {
  return readNifti([{ name, blob: new Blob([bytes]) }], { volume: 'all' });
}

const readOne = async (name: string, bytes: BlobPart) => (await readAll(name, bytes))[0];

async function checkRoundTrip(volume: NiftiFile) {
  for (const dtype of ['float32', 'int16'] as const) {
    const written = await volume.write(volume.image.voxels, {
      dtype,
      units: 'arbitrary',
      descrip: 'SYNTHETIC FLAIR',
    });
    const back = await readOne('out.nii.gz', new Uint8Array(written));
    expect(back.image.affine).toEqual(volume.image.affine);
    expect(back.header.affine).toEqual(volume.header.affine);
    expect(back.header.shape).toEqual(volume.header.shape);
    expect(back.orientation).toEqual(volume.orientation);
    expect(back.header.littleEndian).toBe(volume.header.littleEndian);
    expect([back.header.dtype, back.volumeCount]).toEqual([dtype, 1]);
    if (dtype === 'float32') expect(back.image.voxels).toEqual(volume.image.voxels);
    else {
      const largest = finiteRange(volume.image.voxels);
      // Half a step, and float32's own rounding of value, slope and product.
      const bound = (0.5 * largest) / 32767 + largest * 2 ** -23;
      volume.image.voxels.forEach((value, n) => {
        if (Number.isFinite(value)) expect(Math.abs(back.image.voxels[n] - value)).toBeLessThanOrEqual(bound);
        if (value === 0) expect(back.image.voxels[n]).toBe(0);
      });
    }
    const file = new Uint8Array(gunzipSync(written));
    const ranges = CHANGED[volume.header.version];
    volume.header.bytes.forEach((byte, at) => {
      if (!ranges.some(([from, to]) => at >= from && at < to)) expect([at, file[at]]).toEqual([at, byte]);
    });
    const descrip = volume.header.version === 1 ? 148 : 240;
    expect(String.fromCharCode(...file.subarray(descrip, descrip + 16))).toBe('SYNTHETIC FLAIR\0');
  }
}

describe('writeNifti', () => {
  it('makes a large file piece by piece, and tells how much is written', async () => {
    const values = Float32Array.from({ length: 512 * 512 * 9 }, (_, n) => n % 30011);
    const volume = await readOne('a.nii', makeNifti({ dims: [512, 512, 9], values }).file);
    const shares: number[] = [];
    const pause = async (share: number) => void shares.push(share);
    const how = { dtype: 'float32', units: 'arbitrary', descrip: '', pause } as const;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of volume.chunks(volume.image.voxels, how)) pieces.push(piece);
    // Four slices of a megabyte at a time.
    expect(shares).toEqual([4 / 9, 8 / 9, 1]);
    expect(pieces.length).toBeGreaterThan(3);
    const back = await readOne('b.nii.gz', await new Blob(pieces).arrayBuffer());
    expect(back.image.voxels).toEqual(volume.image.voxels);
  });

  it('puts every voxel of a scan that is stored from side to side back into its place, in several pieces', async () => {
    const values = Float32Array.from({ length: 96 * 112 * 110 }, (_, n) => n % 30011);
    const sform = [
      [0, 0, -1, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ];
    const { file } = makeNifti({ dims: [96, 112, 110], values, sform });
    const volume = await readOne('a.nii', file);
    expect(volume.orientation.codes).toBe('ASL');
    const shares: number[] = [];
    const pause = async (share: number) => void shares.push(share);
    const how = { dtype: 'float32', units: 'arbitrary', descrip: '', pause } as const;
    const written = await volume.write(volume.image.voxels, how);
    expect(shares).toEqual([97 / 110, 1]);
    expect(new Float32Array(gunzipSync(written).buffer.slice(-4 * values.length))).toEqual(values);
  });

  const oblique = [
    [-1.4, 0.3, 0.1, 90],
    [0.3, -1.1, 0.2, 70],
    [0.1, 0.2, 2.9, -60],
  ];
  const dims = [9, 8, 7];
  const values = headPhantom([9, 8, 7]);
  const recipes: [string, NiftiRecipe][] = ([1, 2] as const).flatMap((version) =>
    [false, true].flatMap((bigEndian): [string, NiftiRecipe][] => {
      const base = {
        dims,
        values,
        version,
        bigEndian,
        descrip: 'a former text that is longer than the new one',
      };
      const name = `NIfTI-${version} ${bigEndian ? 'big' : 'little'}-endian`;
      const qform = { b: 0.1, c: -0.2, d: 0.97, x: 1, y: 2, z: 3 };
      const extension = new Uint8Array(40).fill(7);
      return [
        [`${name}, sform`, { ...base, sform: oblique }],
        [`${name}, qform only`, { ...base, qform, pixdim: [-1, 1.5, 2, 2.5, 1, 1, 1, 1] }],
        [`${name}, neither`, { ...base, pixdim: [1, 1.5, 2, 2.5] }],
        [
          `${name}, extension, slope`,
          { ...base, sform: oblique, extension, slope: 0.25, intercept: -9, type: 'int16' },
        ],
      ];
    }),
  );

  it.each(recipes)('%s: reads back as it was', async (_, recipe) => {
    await checkRoundTrip(await readOne('a.nii.gz', gzipped(makeNifti(recipe).file)));
  });

  it('writes a pair, one volume of several and a 2-D file as single files', async () => {
    const { file, image } = makeNifti({ dims, values, sform: oblique, pair: true });
    const parts = Object.entries({ 'a.hdr': file, 'a.img': image });
    const pair = parts.map(([name, bytes]) => ({ name, blob: new Blob([bytes]) }));
    await checkRoundTrip((await readNifti(pair, { volume: 0 }))[0]);
    const many = makeNifti({ dims: [9, 8, 1, 7], values, sform: oblique }).file;
    await checkRoundTrip((await readAll('a.nii', many))[3]);
    await checkRoundTrip(await readOne('a.nii', makeNifti({ dims: [72, 7], values, sform: oblique }).file));
  });

  it('writes several volumes as one 4-D file on the same grid', async () => {
    for (const dims of [
      [4, 3, 2],
      [4, 6],
    ]) {
      for (const version of [1, 2] as const) {
        const values = Float32Array.from({ length: 24 }, (_, n) => n);
        const sform = [
          [0, 2, 0, 5],
          [-1, 0, 0, 6],
          [0, 0, 3, 7],
        ];
        const bytes = makeNifti({ dims, values, sform, version }).file;
        const volume = await readOne('a.nii', bytes);
        const { voxels, affine, shape } = volume.image;
        const series = [voxels, voxels.map((value) => -value), voxels.map((v) => v / 2)];
        for (const dtype of ['float32', 'int16'] as const) {
          const written = await volume.write(series, { dtype, units: 'arbitrary', descrip: '' });
          const back = await readAll('b.nii.gz', new Uint8Array(written));
          expect(back.length).toBe(3);
          back.forEach(({ image }, n) => {
            expect([image.affine, image.shape]).toEqual([affine, shape]);
            image.voxels.forEach((value, at) => {
              expect(Math.abs(value - series[n][at])).toBeLessThanOrEqual(dtype === 'int16' ? 0.5 / 1000 : 0);
            });
          });
        }
      }
    }
  });

  it('puts NaN to 0 and infinities to the ends in int16, and writes an empty image', async () => {
    const bytes = makeNifti({
      dims: [2, 2, 1],
      values: [1, 2, 3, 4],
      sform: [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    }).file;
    const volume = await readOne('a.nii', bytes);
    const write = async (voxels: number[]) => {
      const written = await volume.write(Float32Array.from(voxels), {
        dtype: 'int16',
        units: 'arbitrary',
        descrip: '',
      });
      return [...(await readOne('a.nii.gz', new Uint8Array(written))).image.voxels];
    };
    expect(await write([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 32767])).toEqual([
      0, 32767, -32767, 32767,
    ]);
    expect(await write([0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
    await expect(
      volume.write(new Float32Array(3), { dtype: 'int16', units: 'arbitrary', descrip: '' }),
    ).rejects.toThrow(/2 x 2 x 1 = 4, got 3/);
  });

  const goldenNames = existsSync(GOLDEN)
    ? readdirSync(GOLDEN).filter((name) => /\.nii(\.gz)?$/.test(name) && !name.startsWith('bad_'))
    : [];
  it.skipIf(goldenNames.length === 0)(
    'golden files (absent: ../shared/golden/nifti): each reads back as it was',
    async () => {
      for (const name of goldenNames) {
        const bytes = new Uint8Array(readFileSync(new URL(name, GOLDEN))).buffer;
        await checkRoundTrip(await readOne(name, bytes));
      }
      expect(goldenNames.length).toBe(25);
    },
  );
});
