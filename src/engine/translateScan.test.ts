/** A translator that returns its source, through cards: what the intensity maps do on the way there and back. */
import { beforeAll, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import { headPhantom } from '../../test/makeNifti';
import { tinyCard } from '../../test/tinyModel';
import type { Image3 } from '../volume/image';
import type { ModelIntensity } from '../volume/intensity';
import { type ScanMeasures, scanMeasures } from '../volume/scanMeasures';
import type { RunTranslator } from './methods/translator';
import { prepareScan } from './prepareScan';
import * as tf from './tf';
import { type TranslatedSlice, translateScan } from './translateScan';

const SIZE = 32;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** On the model's own grid, so that nothing is resampled. */
function scanOf(voxels: Float32Array): Image3 {
  return makeImage([SIZE, SIZE, 2], voxels, { zooms: [8, 8, 8] });
}

const throughCard = async (...given: Parameters<typeof sliceThrough>): Promise<Float32Array> =>
  (await sliceThrough(...given)).image;

async function sliceThrough(
  voxels: Float32Array,
  intensity: ModelIntensity,
  measures?: ScanMeasures,
): Promise<TranslatedSlice> {
  const card = { ...tinyCard(32), preprocessing: { ...tinyCard(32).preprocessing, ...intensity } };
  const translator: RunTranslator = {
    frames: ['source', 'result'],
    steps: 1,
    keeps: () => true,
    random: false,
    async *run(source) {
      yield source;
      yield source;
    },
  };
  const settings = { seed: 0, samples: 1, noise: 'shared' } as const;
  const prepared = prepareScan(scanOf(voxels), card, measures);
  for await (const slice of translateScan(prepared, { card, translator }, [1], settings, {})) return slice;
  throw new Error('no slice');
}

const area = SIZE * SIZE;
const mr = headPhantom([SIZE, SIZE, 2]);

it('gives back exact HU of HU', async () => {
  const ct = Float32Array.from(mr, (v, at) => (v > 0 ? Math.round(-1024 + (at % 3073)) : -1024));
  const made = await throughCard(ct, { intensity: 'hu' });
  made.forEach((value, at) => {
    expect(Math.abs(value - ct[area + at])).toBeLessThan(1e-3);
    expect(Math.round(value)).toBe(ct[area + at]);
  });
  expect(new Set(made.map(Math.round)).size).toBeGreaterThan(100);
});

it('clips HU at the ends that the card names', async () => {
  const ct = Float32Array.from(mr, (v) => (v > 0 ? 900 : -1000));
  const made = await throughCard(ct, { intensity: 'hu', huEnds: [-500, 500] });
  expect(new Set(made)).toEqual(new Set([-500, 500]));
});

it('makes of an MR the HU that its normalised intensity stands for, whatever its scale', async () => {
  const intensity = { source: 'foreground-median', target: 'hu' } as const;
  const made = await throughCard(mr, { intensity });
  const louder = await throughCard(
    mr.map((v) => 7 * v),
    { intensity },
  );
  expect(Math.max(...made.map((v, at) => Math.abs(v - louder[at])))).toBeLessThan(1e-2);
  const empty = made.filter((_, at) => mr[area + at] === 0);
  expect(empty.length).toBeGreaterThan(0);
  for (const value of empty) expect(Math.abs(value - -1024)).toBeLessThan(1e-3);
});

it('tells a slice that comes out as one value, clipped ones too', async () => {
  const is = async (values: Float32Array) => (await sliceThrough(values, { intensity: 'hu' })).isConstant;
  expect(await is(Float32Array.from(mr, (_, at) => 3000 + at))).toBe(true);
  expect(await is(Float32Array.from(mr, (_, at) => (at === area ? 40 : -1024)))).toBe(false);
});

it('takes what a CT lacks for air, not for water', async () => {
  const ct = Float32Array.from(mr, (v) => (v > 0 ? 40 : -1024));
  ct[area + 5] = Number.NaN;
  const made = await throughCard(ct, { intensity: 'hu' });
  expect(made[5]).toBeCloseTo(-1024, 2);
});

it('takes frames and plan as they were prepared: what is told of a result is what made it', async () => {
  const known = scanMeasures(scanOf(mr));
  const measures: ScanMeasures = {
    ...known,
    frameOf: (map) => ({ ...known.frameOf(map), high: 2 * known.frameOf(map).high }),
  };
  const high = 2 * known.frameOf('foreground-median').high;
  // The brightest voxels would be clipped at the scan's own frame.
  const made = await throughCard(mr, { intensity: 'foreground-median' }, measures);
  const brightest = Math.max(...mr.slice(area));
  expect(brightest).toBeLessThan(high);
  expect(Math.abs(Math.max(...made) - brightest)).toBeLessThan(1e-3 * high);
  expect(prepareScan(scanOf(mr), tinyCard(32), measures).intensity.target.high).toBe(high);
});
