/** What every row of the formats keeps to; a new row brings a sample and is held to the same. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { headPhantom, makeNifti } from '../../../test/makeNifti';
import { UnsupportedFile } from '../../errors';
import type { NamedBlob } from '../namedBlob';
import { loadFormats, openScan, openVolumes } from '.';
import { groupScans, isScanName, FORMATS as ROWS } from './names';
import type { ScanFormat } from './scanFormat';

const FORMATS = await loadFormats();

const blobs = (files: Record<string, BlobPart>): NamedBlob[] =>
  Object.entries(files).map(([name, bytes]) => ({ name, blob: new Blob([bytes]) }));

const SHAPE = [6, 5, 4] as const;
const SFORM = [
  [-2, 0, 0, 5],
  [0, 0, -3, 6],
  [0, 1.5, 0, -7],
];
const nifti = (pair: boolean, dims: number[] = [...SHAPE]) => {
  const volume = headPhantom(SHAPE);
  const values = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, n) => volume[n % 120] + n);
  return makeNifti({ dims, values, sform: SFORM, pair });
};

/** Files of one scan, by a format's id; several where they come in different ways. */
const SAMPLES: Record<string, NamedBlob[][]> = {
  nifti: [
    blobs({ 'a.nii': nifti(false).file }),
    blobs({ 'a.nii.gz': gzipSync(new Uint8Array(nifti(false).file)) }),
    blobs({ 'a.img': nifti(true).image, 'a.hdr': nifti(true).file }),
  ],
};

/** The same scan two times over in one file, where a format has that. */
const SERIES: Record<string, NamedBlob[]> = {
  nifti: blobs({ 'series.nii': nifti(false, [...SHAPE, 2]).file }),
};

const NO_SCANS = blobs({
  'notes.txt': 'no scan, '.repeat(100),
  'empty.nii': '',
  'zeros.bin': new Uint8Array(4096),
  'slice.png': '\x89PNG\r\n',
  'packed.gz': gzipSync('no scan either'),
  'cut.gz': gzipSync('x'.repeat(5000)).subarray(0, 15),
});

const HOW = { dtype: 'float32', units: 'arbitrary', descrip: 'SYNTHETIC T2w' } as const;

it('has rows of which each loads its own format, and a sample of each here', async () => {
  for (const { id, load } of ROWS) expect((await load()).id).toBe(id);
  expect(Object.keys(SAMPLES)).toEqual(ROWS.map(({ id }) => id));
});

describe.each(FORMATS.map((format) => [format.id, format] as const))('%s', (id, format) => {
  const samples = SAMPLES[id];
  const others = Object.entries(SAMPLES).flatMap(([other, scans]) => (other === id ? [] : scans.flat()));

  it('is told by its names, with a dialog and groups that know them', () => {
    for (const parts of samples) {
      for (const { name } of parts) {
        expect(format.accepts(name)).toBe(true);
        expect(format.accepts(name.toUpperCase())).toBe(true);
        expect(format.extensions.some((ending) => name.endsWith(ending))).toBe(true);
      }
      expect(format.group(parts)).toEqual([parts]);
      expect(format.isWhole(parts)).toBe(true);
    }
    expect(format.accepts('notes.txt')).toBe(false);
  });

  it('refuses other files by a named error and a sentence about the file', async () => {
    for (const part of [...NO_SCANS, ...others]) {
      expect(format.recognise(new Uint8Array(await part.blob.slice(0, 1024).arrayBuffer()))).toBe(false);
      const error = await format.read([part], { volume: 0 }).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: expect.stringMatching(/^(UnsupportedFile|CorruptFile)$/) });
      expect((error as Error).message).toMatch(/^\S+: [^\n]+; [^\n]+$/);
    }
  });

  it('reads a scan the same however it comes, whatever its files are called', async () => {
    const [first, ...more] = await Promise.all(samples.map((parts) => openScan(parts)));
    for (const { image } of more) expect(image).toEqual(first.image);
    if (samples[0].length === 1) {
      const unnamed = await openScan([{ name: 'IM0001', blob: samples[0][0].blob }]);
      expect(unnamed.image).toEqual(first.image);
    }
  });

  it('describes what it read', async () => {
    for (const parts of samples) {
      const { image, describe: say, volumeCount, volumeIndex } = await openScan(parts);
      const { shapeCanonical, shapeStored, zooms, affine, axisCodes } = say();
      expect(shapeCanonical).toEqual(image.shape);
      expect(shapeStored.toSorted()).toEqual([...image.shape].sort());
      expect(zooms).toEqual(image.zooms);
      expect(affine).toEqual(image.affine);
      expect(axisCodes).toMatch(/^(?=.*[LR])(?=.*[AP])(?=.*[IS])...$/);
      expect(image.voxels).toHaveLength(image.shape.reduce((a, b) => a * b));
      expect([volumeCount, volumeIndex]).toEqual([1, 0]);
    }
  });

  it('writes another image in the place of a scan, which reads back as it was, several too', async () => {
    for (const parts of samples) {
      const scan = await openScan(parts);
      const made = scan.image.voxels.map((value, n) => value / 3 - n);
      const series = [scan.image.voxels, made];
      for (const [voxels, count] of [
        [made, 1],
        [series, 2],
      ] as const) {
        expect(isScanName(`a${scan.ending}`)).toBe(true);
        const bytes = new Uint8Array(await scan.write(voxels, HOW));
        const again = await openVolumes([{ name: 'written', blob: new Blob([bytes]) }]);
        expect(again.map(({ volumeIndex }) => volumeIndex)).toEqual([0, 1].slice(0, count));
        expect(again.at(-1)!.image).toEqual({ ...scan.image, voxels: made });
        expect(again[0].describe().affineStored).toEqual(scan.describe().affineStored);
      }
      await expect(scan.write(made.subarray(1), HOW)).rejects.toMatchObject({ name: 'BadRequest' });
    }
  });

  it('reads each volume of several alone, and refuses one that is not there', async () => {
    const series = SERIES[id];
    if (!series) return;
    const all = await openVolumes(series);
    for (const [volume, { image }] of all.entries()) {
      const one = await openScan(series, { volume });
      expect([one.volumeIndex, one.volumeCount]).toEqual([volume, all.length]);
      expect(one.image).toEqual(image);
    }
    expect(all[1].image.voxels).not.toEqual(all[0].image.voxels);
    for (const volume of [all.length, -1, 0.5])
      await expect(openScan(series, { volume })).rejects.toThrow(/: volume must be 0 to 1, got .*; choose/);
  });
});

describe('openScan', () => {
  it('refuses no file, no scan, and files that do not belong together', async () => {
    await expect(openScan([])).rejects.toMatchObject({
      name: 'UnsupportedFile',
      message: 'scan: must have at least one file, got none; choose one',
    });
    for (const part of NO_SCANS) await expect(openScan([part])).rejects.toThrow(`${part.name}: `);
    await expect(openScan(blobs({ 'a.nii': nifti(false).file, 'b.nii': nifti(false).file }))).rejects.toThrow(
      'scan: one .nii or .nii.gz, or a .hdr with its .img, got a.nii, b.nii',
    );
  });

  it('goes by what a file holds before what it is called', async () => {
    const [scan, picture] = [nifti(false).file, '\x89PNG\r\n'];
    expect((await openScan(blobs({ 'x.dcm': scan }))).image.shape).toEqual([6, 4, 5]);
    await expect(
      openScan(blobs({ 'x.nii': Uint8Array.from(picture, (c) => c.charCodeAt(0)) })),
    ).rejects.toThrow('got picture');
  });

  it('opens a format that it is given a row of', async () => {
    const image = {
      shape: [1, 1, 1],
      zooms: [1, 1, 1],
      affine: [[], [], [], []],
      voxels: Float32Array.of(7),
    };
    const made: ScanFormat = {
      id: 'seven',
      extensions: ['.seven'],
      accepts: (name) => name.endsWith('.seven'),
      group: (files) => files.map((file) => [file]),
      isWhole: () => true,
      recognise: (head) => head[0] === 7,
      read: async ([{ name }], { volume }) => {
        if (volume !== 0) throw new UnsupportedFile(`${name}: has one volume, got ${volume}; choose it`);
        const scan = { name, image, volumeCount: 1, volumeIndex: 0 };
        return [scan as unknown as Awaited<ReturnType<ScanFormat['read']>>[0]];
      },
    };
    const rows = [...FORMATS, made];
    const [seven] = blobs({ 'a.bin': Uint8Array.of(7, 8) });
    expect((await openScan([seven], {}, rows)).image.voxels).toEqual(Float32Array.of(7));
    expect((await openScan(SAMPLES.nifti[0], {}, rows)).image.shape).toEqual([6, 4, 5]);
    await expect(openScan([seven], { volume: 1 }, rows)).rejects.toThrow('a.bin: has one volume');
    // Of no known content: it is the format's that its name claims.
    expect((await openScan(blobs({ 'b.seven': 'x' }), {}, rows)).name).toBe('b.seven');
    await expect(openScan([seven])).rejects.toThrow('must begin with a NIfTI header');
    const { scans } = groupScans([{ name: 'a.seven' }, { name: 'b.nii' }, { name: 'c.x' }], undefined, rows);
    expect(scans).toEqual([[{ name: 'a.seven' }], [{ name: 'b.nii' }]]);
  });
});
