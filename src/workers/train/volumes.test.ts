import { expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { headPhantom } from '../../../test/makeNifti';
import { TINY_SIZE, tinySettings } from '../../../test/tinyRun';
import { dataBytes } from '../../engine/training/data';
import { gridOfSide } from '../../engine/training/settings';
import type { Role } from './protocol';
import { TrainVolumes } from './volumes';

const settings = { ...tinySettings(), variant: { ...tinySettings().variant, pairing: 'paired' as const } };
const AREA = TINY_SIZE ** 2;
const GAP = settings.pixelSize;

/** `wider` pixels wider than the model's square. */
function filled(wider: number, ...scans: [Role, string][]): TrainVolumes {
  const volumes = new TrainVolumes();
  const shape = [TINY_SIZE + wider, TINY_SIZE, 4] as const;
  const image = makeImage(shape, headPhantom(shape), { zooms: [GAP, GAP, GAP] });
  for (const [role, path] of scans) {
    const volume = { volumeId: path, role, path, grid: gridOfSide(settings, 'a'), warnings: [] };
    volumes.add(volume, { name: path.split('/').at(-1)!, image });
  }
  return volumes;
}

it('pairs by what names tell, not by the order in which they came', () => {
  const volumes = filled(
    0,
    ['trainA', 'A/sub-01_T1w.nii'],
    ['trainA', 'A/sub-02_T1w.nii'],
    ['trainA', 'A/sub-03_T1w.nii'],
    ['trainB', 'B/sub-02_FLAIR.nii'],
    ['trainB', 'B/sub-03_FLAIR.nii'],
    ['trainB', 'B/sub-04_FLAIR.nii'],
  );
  const { a, b } = volumes.data(settings).train;
  expect(a.subjects).toEqual(['sub-02_T1w.nii', 'sub-03_T1w.nii']);
  expect(b.count).toBe(a.count);
  // What the card will say of the run.
  expect(volumes.names(settings)).toMatchObject({
    trainA: ['sub-02_T1w.nii', 'sub-03_T1w.nii'],
    trainB: ['sub-02_FLAIR.nii', 'sub-03_FLAIR.nii'],
  });
});

it('leaves out what the user has left out, and refuses a file of which no volume is chosen', () => {
  const volumes = filled(
    0,
    ['trainA', 'sub-01_acq-a_T1w.nii'],
    ['trainA', 'sub-01_acq-b_T1w.nii'],
    ['trainB', 'sub-01_FLAIR.nii'],
  );
  volumes.leaveOut(['sub-01_acq-a_T1w.nii']);
  expect(volumes.data(settings).train.a.subjects).toEqual(['sub-01_acq-b_T1w.nii']);
  expect(volumes.names(settings).trainA).toEqual(['sub-01_acq-b_T1w.nii']);
  const shape = [TINY_SIZE, TINY_SIZE, 4] as const;
  const image = makeImage(shape, headPhantom(shape), { zooms: [GAP, GAP, GAP] });
  const path = 'sub-01_FLAIR.nii';
  const place = {
    volumeId: path,
    role: 'trainB' as const,
    path,
    grid: gridOfSide(settings, 'b'),
    warnings: [],
  };
  volumes.add({ ...place, volumeCount: 3, volume: null }, { name: path, image });
  expect(() => volumes.data(settings)).toThrow(
    'sub-01_FLAIR.nii: must be one volume, got 3; choose one, 0 to 2',
  );
  volumes.add({ ...place, volumeCount: 3, volume: 2 }, { name: path, image });
  volumes.data(settings);
  expect(volumes.names(settings).trainB).toEqual(['sub-01_FLAIR.nii (volume 2)']);
});

it('counts what it holds: scans wider than the square with their margin, and the slices of a run', () => {
  const scans: [Role, string][] = [
    ['trainA', 'sub-01_T1w.nii'],
    ['trainB', 'sub-01_FLAIR.nii'],
  ];
  const square = filled(0, ...scans);
  const bytes = dataBytes(square.data(settings));
  expect(bytes).toBe(2 * 2 * 4 * AREA);
  expect(square.bytes(TINY_SIZE)).toBe(2 * bytes);
  const wide = filled(8, ...scans);
  expect(wide.bytes(TINY_SIZE)).toBe(2 * bytes + 2 * 2 * 4 * 8 * TINY_SIZE);
});

it('takes without a source the volumes of A alone, once', () => {
  const alone = { ...settings, variant: { ...settings.variant, pairing: 'unconditional' as const } };
  const volumes = filled(
    0,
    ['trainA', 'sub-01_T1w.nii'],
    ['trainB', 'sub-02_FLAIR.nii'],
    ['valA', 'sub-03_T1w.nii'],
  );
  const data = volumes.data(alone);
  expect(data.train.b).toBe(data.train.a);
  expect(data.train.a.subjects).toEqual(['sub-01_T1w.nii']);
  expect(data.validation).toBeNull();
  expect(dataBytes(data)).toBe(data.train.a.images.byteLength);
  expect(volumes.names(alone)).toEqual({ trainA: ['sub-01_T1w.nii'], trainB: [], valA: [], valB: [] });
  expect(volumes.inputs(alone)).toMatchObject({ a: {}, b: null });
});
