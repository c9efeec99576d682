import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { cpuTime } from '../../../../test/cpuTime';
import { GOLDEN_DIR } from '../../../../test/golden';
import { gzipped, makeNifti, type NiftiType } from '../../../../test/makeNifti';
import { concat } from '../../gzip';
import type { NamedBlob } from '../../namedBlob';
import { openScan } from '..';
import { toCOrder } from '../cOrder';
import { readNifti as readParts } from './read';

const GOLDEN = pathToFileURL(`${GOLDEN_DIR}/nifti/`);
const present = existsSync(GOLDEN);

interface Expected {
  shape_ras: number[];
  zooms_ras: number[];
  affine_ras: number[][];
  affine_stored: number[][];
  axcodes_stored: string;
  dtype_stored: string;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

interface NamedBytes {
  name: string;
  bytes: ArrayBuffer;
}

const blobOf = ({ name, bytes }: NamedBytes): NamedBlob => ({ name, blob: new Blob([bytes]) });

async function readNifti(
  file: NamedBytes,
  { image, volume = 0 }: { image?: NamedBytes; volume?: number } = {},
) {
  const [read] = await readParts((image ? [file, image] : [file]).map(blobOf), { volume });
  return { ...read, ...read.image };
}

const readNiftiAll = (file: NamedBytes) => readParts([blobOf(file)], { volume: 'all' });

function golden(name: string): NamedBytes {
  return { name, bytes: bufferOf(readFileSync(new URL(name, GOLDEN))) };
}

function closeTo(got: readonly (readonly number[])[], want: number[][]) {
  got.flat().forEach((value, n) => {
    expect(Math.abs(value - want.flat()[n])).toBeLessThan(1e-12);
  });
}

describe.skipIf(!present)('golden files (absent: ../shared/golden/nifti)', () => {
  if (!present) return;
  const table = JSON.parse(readFileSync(new URL('expected.json', GOLDEN), 'utf8')) as {
    canonical: Record<string, Expected>;
    bad: Record<string, string>;
  };
  const raw = readFileSync(new URL('expected_ras.safetensors', GOLDEN));
  const headerSize = Number(raw.readBigUInt64LE(0));
  const tensors = JSON.parse(raw.toString('utf8', 8, 8 + headerSize)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const expectedVoxels = (name: string) => {
    const [from, to] = tensors[`ras.${name}`].data_offsets;
    return new Float32Array(bufferOf(raw.subarray(8 + headerSize + from, 8 + headerSize + to)));
  };

  it.each(Object.entries(table.canonical))('%s is what nibabel reads', async (name, expected) => {
    const volumes = await readNiftiAll(golden(name));
    const said = volumes[0].describe();
    expect(said.shapeCanonical).toEqual(expected.shape_ras);
    expect(said.axisCodes).toBe(expected.axcodes_stored);
    expect(said.dtype).toBe(expected.dtype_stored);
    // nibabel keeps pixdim's float32 where it need not reorient; ours are the affine's columns.
    said.zooms.forEach((zoom, n) => {
      expect(Math.abs(zoom - expected.zooms_ras[n])).toBeLessThan(1e-6);
    });
    closeTo(said.affine, expected.affine_ras);
    closeTo(said.affineStored, expected.affine_stored);
    expect(toCOrder(volumes)).toEqual(expectedVoxels(name));
  });

  it('reads each volume of the 4-D file alone', async () => {
    const all = await readNiftiAll(golden('fourd.nii.gz'));
    expect(all.length).toBe(3);
    for (const volume of [0, 1, 2]) {
      const one = await readNifti(golden('fourd.nii.gz'), { volume });
      expect(one.voxels).toEqual(all[volume].image.voxels);
      expect([one.volumeIndex, one.volumeCount]).toEqual([volume, 3]);
    }
    expect(all[0].image.voxels).not.toEqual(all[1].image.voxels);
  });

  it('reads the .hdr/.img pair as the single file with the same voxels', async () => {
    const pair = await readNifti(golden('pair.hdr'), { image: golden('pair.img') });
    const single = await readNifti(golden('dtype_f4.nii'));
    expect(pair.affine).toEqual(single.affine);
    expect(pair.voxels).toEqual(single.voxels);
  });

  const reasons: Record<string, [name: string, message: RegExp]> = {
    'bad_truncated.nii': ['CorruptFile', /cut short/],
    'bad_truncated.nii.gz': ['CorruptFile', /gzip stream.*cut short/],
    'bad_header_only.nii': ['CorruptFile', /no pixel data/],
    'bad_empty.nii': ['CorruptFile', /empty file/],
    'bad_text.nii': ['UnsupportedFile', /must begin with a NIfTI header/],
    'bad_dim0.nii': ['CorruptFile', /dim\[0\].*got 0/],
    'bad_negative_dim.nii': ['CorruptFile', /at least 1, got -5 x 9 x 7/],
    'bad_huge_dim.nii': ['CorruptFile', /32000 x 32000 x 32000/],
    'bad_complex128.nii': ['UnsupportedFile', /complex128/],
    'bad_unknown_dtype.nii': ['UnsupportedFile', /unknown data type code 9999/],
    'bad_not_gzip.nii.gz': ['CorruptFile', /not gzip/],
  };
  it.each(Object.keys(table.bad))('%s is refused with its reason within 50 ms', async (name) => {
    const file = golden(name);
    // Once before, so that the time is not the compiler's.
    await readNifti(file).catch(() => undefined);
    const spent = cpuTime();
    const error = await readNifti(file).catch((thrown: Error) => thrown);
    expect(spent()).toBeLessThan(50);
    const [kind, message] = reasons[name];
    expect(error).toMatchObject({ name: kind, message: expect.stringMatching(message) });
  });
});

describe('readNifti', () => {
  const dims = [4, 3, 2];
  const count = 24;
  const values = Array.from({ length: count }, (_, n) => n + 1);
  const sform = [
    [2, 0, 0, -3],
    [0, 2, 0, -4],
    [0, 0, 5, -6],
  ];
  const types: NiftiType[] = [
    'uint8',
    'int8',
    'int16',
    'uint16',
    'int32',
    'uint32',
    'int64',
    'uint64',
    'float32',
    'float64',
  ];
  const cases = types.flatMap((type) =>
    ([1, 2] as const).flatMap((version) =>
      [false, true].flatMap((bigEndian) =>
        [false, true].map((packed) => ({ type, version, bigEndian, packed })),
      ),
    ),
  );

  it.each(cases)('reads $type, NIfTI-$version, big-endian $bigEndian, gzip $packed', async (which) => {
    const { file } = makeNifti({ dims, values, sform, slope: 0.5, intercept: -1, ...which });
    const name = which.packed ? 'a.nii.gz' : 'a.nii';
    const volume = await readNifti({ name, bytes: which.packed ? gzipped(file) : file });
    expect([...volume.voxels]).toEqual(values.map((value) => value / 2 - 1));
    expect(volume.shape).toEqual([4, 3, 2]);
    expect(volume.affine).toEqual([...sform, [0, 0, 0, 1]]);
    expect(volume.zooms).toEqual([2, 2, 5]);
    expect(volume.header.dtype).toBe(which.type);
    expect(volume.header.littleEndian).toBe(!which.bigEndian);
  });

  it('reads negative and large integers', async () => {
    const signed = [-1, -2147483648, 2147483647, 0];
    const read = async (type: NiftiType, numbers: number[]) =>
      [
        ...(
          await readNifti({ name: 'a.nii', bytes: makeNifti({ dims: [2, 2], values: numbers, type }).file })
        ).voxels,
      ].sort();
    expect(await read('int32', signed)).toEqual(signed.map(Math.fround).sort());
    expect(await read('int64', signed)).toEqual(signed.map(Math.fround).sort());
    expect(await read('uint64', [0, 1, 2 ** 53, 2 ** 40])).toEqual([0, 1, 2 ** 53, 2 ** 40].sort());
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY])('takes slope %s as no scaling', async (slope) => {
    const { file } = makeNifti({ dims, values, sform, slope, intercept: 7 });
    expect([...(await readNifti({ name: 'a.nii', bytes: file })).voxels]).toEqual(values);
  });

  it('prefers sform to qform whatever their codes, and qform to none', async () => {
    const qform = { b: 0, c: 0, d: 1, x: 10, y: 20, z: 30, code: 4 };
    const pixdim = [-1, 2, 3, 4];
    const both = makeNifti({ dims, values, sform, sformCode: 1, qform, pixdim }).file;
    expect((await readNifti({ name: 'a.nii', bytes: both })).affine).toEqual([...sform, [0, 0, 0, 1]]);
    const only = await readNifti({ name: 'a.nii', bytes: makeNifti({ dims, values, qform, pixdim }).file });
    // Half a turn about z; qfac -1 reverses k.
    expect(only.orientation.codes).toBe('LPI');
    closeTo(only.header.affine, [
      [-2, 0, 0, 10],
      [0, -3, 0, 20],
      [0, 0, -4, 30],
      [0, 0, 0, 1],
    ]);
  });

  it('puts a file without qform and sform about its centre with x to the left', async () => {
    const { file } = makeNifti({ dims, values, pixdim: [0, 2, -3, 0] });
    const volume = await readNifti({ name: 'a.nii', bytes: file });
    expect(volume.header.affine).toEqual([
      [-2, 0, 0, 3],
      [0, 3, 0, -3],
      [0, 0, 1, -0.5],
      [0, 0, 0, 1],
    ]);
    expect(volume.orientation.codes).toBe('LAS');
    expect([...volume.voxels.subarray(0, 4)]).toEqual([4, 3, 2, 1]);
  });

  it('reads a 2-D file as one slice, and counts dimensions beyond the third as volumes', async () => {
    const flat = await readNifti({ name: 'a.nii', bytes: makeNifti({ dims: [4, 6], values, sform }).file });
    expect(flat.shape).toEqual([4, 6, 1]);
    const bytes = makeNifti({ dims: [2, 2, 1, 3, 2], values, sform }).file;
    // numpy.arange(1, 25).reshape(2, 2, 1, 3, 2, order='F').ravel(order='C')
    expect([...toCOrder(await readNiftiAll({ name: 'a.nii', bytes }))]).toEqual([
      1, 13, 5, 17, 9, 21, 3, 15, 7, 19, 11, 23, 2, 14, 6, 18, 10, 22, 4, 16, 8, 20, 12, 24,
    ]);
    const last = await readNifti({ name: 'a.nii', bytes }, { volume: 5 });
    expect([...last.voxels]).toEqual([21, 22, 23, 24]);
    await expect(readNifti({ name: 'a.nii', bytes }, { volume: 6 })).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringContaining('0 to 5, got 6'),
    });
  });

  it('steps over extensions and reads a pair, compressed or not', async () => {
    const extension = new Uint8Array(24).fill(65);
    const single = makeNifti({ dims, values, sform, extension }).file;
    expect([...(await readNifti({ name: 'a.nii', bytes: single })).voxels]).toEqual(values);
    for (const version of [1, 2] as const) {
      const { file, image } = makeNifti({ dims, values, sform, pair: true, version });
      const header = { name: 'a.hdr', bytes: file };
      const volume = await readNifti(header, { image: { name: 'a.img.gz', bytes: gzipped(image) } });
      expect([...volume.voxels]).toEqual(values);
      await expect(readNifti(header)).rejects.toMatchObject({
        name: 'UnsupportedFile',
        message: expect.stringContaining('.img'),
      });
    }
  });

  it('reads a .gz that a web server unpacked on the way', async () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    const sform = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    const { file } = makeNifti({ dims: [2, 2, 2], values, sform });
    expect([...(await readNifti({ name: 'a.nii.gz', bytes: file })).voxels]).toEqual(values);
  });

  it('refuses what a gzip header claims beyond what deflate can hold, and a bomb behind a small header', async () => {
    const { file } = makeNifti({ dims, values, sform });
    const claim = file.slice(0);
    [1000, 1000, 200].forEach((n, axis) => {
      new DataView(claim).setInt16(42 + 2 * axis, n, true);
    });
    const spent = cpuTime();
    await expect(readNifti({ name: 'a.nii.gz', bytes: gzipped(claim) })).rejects.toMatchObject({
      name: 'CorruptFile',
    });
    expect(spent()).toBeLessThan(50);
    const bomb = new Uint8Array(64 * 2 ** 20);
    bomb.set(new Uint8Array(file));
    const packed = bufferOf(gzipSync(bomb, { level: 1 }));
    const before = process.memoryUsage().arrayBuffers;
    const volume = await readNifti({ name: 'a.nii.gz', bytes: packed });
    expect([...volume.voxels]).toEqual(values);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(40 * 2 ** 20);
  });

  it('refuses every cut of a file, and every damaged header that it does not read, by a named error', async () => {
    const { file } = makeNifti({ dims, values, sform });
    const packed = gzipped(file);
    for (let size = 0; size < file.byteLength; size += 7)
      await expect(readNifti({ name: 'a.nii', bytes: file.slice(0, size) })).rejects.toThrow(/a\.nii: .*; /);
    for (let size = 0; size < packed.byteLength; size += 7)
      await expect(readNifti({ name: 'a.nii.gz', bytes: packed.slice(0, size) })).rejects.toThrow(
        /a\.nii\.gz: .*; /,
      );
    let refused = 0;
    for (let n = 0; n < 348; n++) {
      for (const version of [1, 2] as const) {
        const bytes = makeNifti({ dims, values, sform, version }).file;
        new Uint8Array(bytes)[n] ^= 0x5a + n;
        const outcome = await readNifti({ name: 'a.nii', bytes }).catch((error: Error) => error);
        if (outcome instanceof Error) {
          refused++;
          expect(['UnsupportedFile', 'CorruptFile']).toContain(outcome.name);
        } else expect(outcome.voxels.length).toBe(outcome.shape.reduce((a, b) => a * b));
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('has a large gzip file inflated elsewhere, and goes on here from where that fails', async () => {
    const noise = new Uint8Array(randomBytes(170 ** 3));
    const straight = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ];
    const { file } = makeNifti({ dims: [170, 170, 170], values: noise, type: 'uint8', sform: straight });
    const small = gzipped(makeNifti({ dims, values, sform }).file);
    const large = Buffer.concat([Buffer.from(gzipped(file)), Buffer.from('\n')]);
    let ended = 0;
    const elsewhere = (failsAt: number) =>
      vi.fn(async function* (blob: Blob): AsyncGenerator<Uint8Array> {
        expect(blob.size).toBe(large.length);
        try {
          for (let at = 0; at < file.byteLength; at += 100_000) {
            if (at >= failsAt) throw new Error('no thread');
            yield new Uint8Array(file.slice(at, at + 100_000));
          }
        } finally {
          ended++;
        }
      });
    const open = async (bytes: ArrayBuffer, inflate: (blob: Blob) => AsyncGenerator<Uint8Array>) =>
      openScan([blobOf({ name: 'a.nii.gz', bytes })], { inflate });
    for (const failsAt of [Number.POSITIVE_INFINITY, 2_000_000, 0]) {
      const inflate = elsewhere(failsAt);
      const { image, remarks } = await open(bufferOf(large), inflate);
      expect(inflate).toHaveBeenCalledTimes(1);
      expect(Buffer.compare(Uint8Array.from(image.voxels), noise)).toBe(0);
      expect(remarks).toEqual([expect.stringContaining('1 stray byte')]);
    }
    // Also where the reading ends before the file does.
    const pause = () => Promise.reject(new Error('enough'));
    const part = blobOf({ name: 'a.nii.gz', bytes: bufferOf(large) });
    const reading = openScan([part], { inflate: elsewhere(Number.POSITIVE_INFINITY), pause });
    await expect(reading).rejects.toThrow('enough');
    expect(ended).toBe(4);
    const inflate = elsewhere(0);
    await open(small, inflate);
    expect(inflate).not.toHaveBeenCalled();
  });

  it('reads several members, and says what stands behind them', async () => {
    const { file } = makeNifti({ dims, values, sform });
    const [head, rest] = [file.slice(0, 400), file.slice(400)].map((part) => Buffer.from(gzipped(part)));
    const open = (...parts: Uint8Array[]) =>
      openScan([blobOf({ name: 'a.nii.gz', bytes: bufferOf(Buffer.concat(parts)) })]);
    const [one, several, stray] = [
      await open(Buffer.from(gzipped(file))),
      await open(head, rest),
      await open(head, rest, Buffer.from('\n')),
    ];
    for (const scan of [several, stray]) expect(scan.image).toEqual(one.image);
    expect([one.remarks, several.remarks]).toEqual([[], []]);
    expect(stray.remarks).toEqual([expect.stringMatching(/^There is 1 stray byte behind .*left out\.$/)]);
    await expect(open(head, rest.subarray(0, -9))).rejects.toThrow(/gzip stream .*cut short/);
  });

  it.each([
    [[4, 3, 2, 0], [4, 3, 2, 1], /dim\[4\] = 0; it is read as 1/],
    [[4, 3, 2, 1, -3, 1], [4, 3, 2, 1, 1, 1], /dim\[5\] = -3;/],
  ])('reads dimensions %j as %j, as ITK and niftilib do, and says so', async (stored, read, remark) => {
    const { file } = makeNifti({ dims: stored, values, sform });
    const scan = await openScan([blobOf({ name: 'a.nii', bytes: file })]);
    expect(scan.describe().shapeStored).toEqual(read);
    expect([scan.volumeCount, ...scan.image.voxels.subarray(0, 2)]).toEqual([1, 1, 2]);
    expect(scan.remarks).toEqual([expect.stringMatching(remark)]);
    for (const refused of [
      [4, 3, 0],
      [4, 3, 2, 1, 1, 1, 1, 1],
    ])
      await expect(
        readNifti({ name: 'a.nii', bytes: makeNifti({ dims: refused, values, sform }).file }),
      ).rejects.toThrow(/dim/);
  });

  it.each([
    ['float64', 1e300, 1, /^2 of 24 voxels \(8\.3 %\) hold numbers beyond float32 /],
    ['float32', 3e38, 2, /^2 of 24 voxels .* beyond float32 /],
    ['float32', 3e38, -2, /^2 of 24 voxels .* beyond float32 /],
    ['int64', 2 ** 60, 1, /^2 of 24 voxels \(8\.3 %\) hold integers beyond 2\^53, /],
    ['uint64', 2 ** 63, 1, /^2 of 24 voxels .* beyond 2\^53, /],
  ] as const)('says of %s that it holds %d with a slope of %d', async (type, value, slope, remark) => {
    const odd = values.map((one, n) => (n === 3 || n === 20 ? value : one));
    const scan = await openScan([
      blobOf({ name: 'a.nii', bytes: makeNifti({ dims, values: odd, sform, type, slope }).file }),
    ]);
    expect(scan.remarks).toEqual([expect.stringMatching(remark)]);
    expect(scan.image.voxels.filter((one) => Math.abs(one) > 1e15)).toEqual(
      Float32Array.of(value * slope, value * slope),
    );
    const plain = makeNifti({ dims, values, sform, type, slope }).file;
    expect((await openScan([blobOf({ name: 'a.nii', bytes: plain })])).remarks).toEqual([]);
  });

  it('says of numbers that are too small that they count as 0', async () => {
    const tiny = values.map((one) => one * 1e-60);
    const { file } = makeNifti({ dims, values: tiny, sform, type: 'float64' });
    const scan = await openScan([blobOf({ name: 'a.nii', bytes: file })]);
    expect(scan.remarks).toEqual([
      expect.stringMatching(/^\d+ of 24 voxels .* too small for float32 .*count as 0/),
    ]);
    expect(scan.odd?.vanished).toBe(values.filter((one) => one !== 0).length);
    expect(new Set(scan.image.voxels)).toEqual(new Set([0]));
  });

  it.each([1, 20, 2 ** 20, 2 ** 20 + 5])(
    'reads a file with %d bytes behind its voxels and says so',
    async (count) => {
      const behind = (bytes: ArrayBuffer) => bufferOf(concat([new Uint8Array(bytes), new Uint8Array(count)]));
      const { file } = makeNifti({ dims, values, sform });
      const { file: header, image } = makeNifti({ dims, values, sform, pair: true });
      const cases = [
        [{ name: 'a.nii', bytes: behind(file) }],
        [{ name: 'a.nii.gz', bytes: gzipped(behind(file)) }],
        [
          { name: 'a.hdr', bytes: header },
          { name: 'a.img', bytes: behind(image) },
        ],
      ];
      for (const parts of cases) {
        const scan = await openScan(parts.map(blobOf));
        expect(scan.remarks).toEqual([
          expect.stringMatching(/^There (is|are) .* behind the last voxel.*left out/),
        ]);
        expect([...scan.image.voxels].sort()).toEqual([...values].sort());
      }
      expect((await openScan([blobOf(cases[0][0])])).remarks[0]).toContain(
        ` ${count.toLocaleString('en')} byte`,
      );
    },
  );

  it('refuses a file that lacks a few bytes', async () => {
    const { file } = makeNifti({ dims, values, sform });
    const short = { name: 'a.nii', bytes: file.slice(0, file.byteLength - 3) };
    await expect(readNifti(short)).rejects.toThrow(/need \d+ bytes, got pixel data cut short/);
  });

  it('tells between pieces how much is there, and puts voxels into the memory that it is given', async () => {
    const values = new Float32Array(512 * 512 * 10).fill(7);
    const part = blobOf({ name: 'a.nii', bytes: makeNifti({ dims: [512, 512, 10], values, sform }).file });
    const shares: number[] = [];
    const memory = (bytes: number) => new SharedArrayBuffer(bytes);
    const { image } = await openScan([part], { pause: async (share) => void shares.push(share), memory });
    expect(shares).toEqual([0.4, 0.8, 1]);
    expect(image.voxels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(image.voxels).toEqual(values);
  });

  it('asks within the first piece of a scan that is stored from side to side, whose voxels lie all over the volume', async () => {
    const stored = Float32Array.from({ length: 128 * 144 * 3 }, (_, n) => n);
    const rows = [
      [0, 0, 1, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ];
    const { file } = makeNifti({ dims: [128, 144, 3], values: stored, sform: rows });
    const shares: number[] = [];
    const part = blobOf({ name: 'a.nii', bytes: file });
    const { image } = await openScan([part], { pause: async (share) => void shares.push(share) });
    expect(shares).toEqual([0, 1]);
    expect(image.shape).toEqual([3, 128, 144]);
    for (const [i, j, k] of [
      [0, 0, 0],
      [2, 127, 143],
      [1, 5, 140],
    ])
      expect(image.voxels[i + 3 * (j + 128 * k)]).toBe(j + 128 * (k + 144 * i));
  });

  it('asks between pieces whether it shall go on', async () => {
    const large = makeNifti({ dims: [512, 512, 10], values: new Float32Array(512 * 512 * 10), sform }).file;
    let pauses = 0;
    const pause = async () => {
      if (++pauses === 2) throw new Error('enough');
    };
    const part = blobOf({ name: 'a.nii', bytes: large });
    await expect(openScan([part], { pause })).rejects.toThrow('enough');
    expect(pauses).toBe(2);
  });

  it('says where a voxel size is none, and what is taken instead', async () => {
    const pixdim = [1, -2, 0, Number.NaN];
    const open = (bytes: ArrayBuffer) => openScan([blobOf({ name: 'a.nii', bytes })]);
    const bare = await open(makeNifti({ dims, values, pixdim }).file);
    expect(bare.image.zooms).toEqual([2, 1, 1]);
    expect(bare.remarks.at(-1)).toMatch(/-2 x 0 x NaN mm; it is read as 2 x 1 x 1 mm/);
    const formed = await open(makeNifti({ dims, values, pixdim, sform }).file);
    expect(formed.remarks).toEqual([
      expect.stringMatching(/-2 x 0 x NaN mm, its sform .*; the sform is used/),
    ]);
  });

  it('verifies the checksum', async () => {
    const { file } = makeNifti({ dims, values, sform });
    const packed = gzipped(file);
    const bytes = new Uint8Array(packed);
    bytes[bytes.length - 6] ^= 1;
    await expect(readNifti({ name: 'a.nii.gz', bytes: packed })).rejects.toMatchObject({
      name: 'CorruptFile',
    });
  });

  it.each([
    ['scan.dcm', 'x', /DICOM.*dcm2niix/],
    ['scan', `${'\0'.repeat(128)}DICM`, /DICOM.*dcm2niix/],
    ['brain.mgz', '\x1f\x8b', /mri_convert/],
    ['data.mat', 'MATLAB 5.0 MAT-file', /MATLAB/],
    ['slice.nii', '\x89PNG\r\n', /picture/],
    ['a.img', '\0'.repeat(400), /choose its \.hdr/],
  ])('refuses %s by name with what to do', async (name, text, message) => {
    const bytes = bufferOf(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    await expect(openScan([blobOf({ name, bytes })])).rejects.toMatchObject({
      name: 'UnsupportedFile',
      message: expect.stringMatching(message),
    });
  });

  it('refuses an affine that spans no space and an intercept that is no number', async () => {
    const flat = makeNifti({ dims, values, sform: [sform[0], sform[0], sform[2]] }).file;
    await expect(readNifti({ name: 'a.nii', bytes: flat })).rejects.toMatchObject({ name: 'CorruptFile' });
    const noNumber = makeNifti({ dims, values, sform, slope: 2, intercept: Number.NaN }).file;
    await expect(readNifti({ name: 'a.nii', bytes: noNumber })).rejects.toMatchObject({
      name: 'CorruptFile',
    });
  });
});

it.each([
  {
    name: 'first axis downwards, second to the left, third to the front',
    sform: [
      [0, -1, 0, 0],
      [0, 0, 1, 0],
      [-1, 0, 0, 0],
    ],
    shape: [71, 130, 61],
    stored: (x: number, y: number, z: number) => [60 - z, 70 - x, y],
  },
  {
    name: 'from side to side',
    sform: [
      [0, 0, -1, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ],
    shape: [130, 61, 71],
    stored: (x: number, y: number, z: number) => [y, z, 129 - x],
  },
])(
  'puts every voxel of a scan of several pieces into its place, all volumes of it: stored $name',
  async ({ sform, shape, stored }) => {
    // 4.5 MB a volume, more than is read at a time.
    const [ni, nj, nk] = [61, 71, 130];
    const values = Float64Array.from({ length: 2 * ni * nj * nk }, (_, n) => n);
    const { file } = makeNifti({ dims: [ni, nj, nk, 2], values, type: 'float64', bigEndian: true, sform });
    const volumes = await readNiftiAll({ name: 'large.nii.gz', bytes: gzipped(file) });
    expect(volumes.map(({ image }) => image.shape)).toEqual([shape, shape]);
    const [nx, ny] = shape;
    let wrong = 0;
    for (const [volume, { image }] of volumes.entries())
      for (let at = 0; at < image.voxels.length; at++) {
        const [a, b, c] = stored(at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny)));
        if (image.voxels[at] !== a + ni * (b + nj * (c + nk * volume))) wrong++;
      }
    expect(wrong).toBe(0);
  },
);

it.each([
  ['int64', 330],
  ['uint8', 345],
] as const)('refuses a small gzip that would swell to hundreds of MB as %s', async (type, side) => {
  const { file } = makeNifti({ dims: [1, 1, 1], values: [0], type });
  const header = new DataView(file);
  for (const at of [42, 44, 46]) header.setInt16(at, side, true);
  // What follows is never inflated, nor looked at.
  const bytes = concat([new Uint8Array(gzipped(file.slice(0, 352))), new Uint8Array(280_000)]);
  await expect(readNifti({ name: 'bomb.nii.gz', bytes: bytes.buffer })).rejects.toThrow(
    new RegExp(
      `bomb\\.nii\\.gz: gzip must hold a scan, got \\d+ bytes that swell to ${side} x ${side} x ${side} voxels of ${type}`,
    ),
  );
});
