/** By an encoder that tells the mean and the largest value of what it is given: which slices count, and how they are mapped. */
import { beforeAll, expect, it } from 'vitest';
import { makeImage } from '../../test/makeImage';
import { munitCard, WITH_ENCODER, WITHOUT_ENCODER } from '../../test/tinyMunit';
import type { IntensityMap } from '../volume/intensity';
import { readStyle } from './readStyle';
import * as tf from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SIZE = 16;
const AREA = SIZE * SIZE;
/** Bright pixels of each slice: the last two are below 10 % of 256. */
const COUNTS = [40, 80, 120, 25, 0];

/** On the model's own grid. */
const scanOf = (bright: (n: number) => number, dark = 0) => ({
  name: 'ref_FLAIR.nii',
  image: makeImage(
    [SIZE, SIZE, COUNTS.length],
    Float32Array.from(
      COUNTS.flatMap((count) => Array.from({ length: AREA }, (_, n) => (n < count ? bright(n) : dark))),
    ),
    { zooms: [10, 10, 10] },
  ),
});

const translator = {
  style: (x: tf.Tensor4D) => tf.tensor2d([[tf.mean(x).dataSync()[0], tf.max(x).dataSync()[0]]]),
};

const cardOf = (target: IntensityMap) => {
  const card = munitCard(WITH_ENCODER);
  const intensity = { source: 'foreground-p99.5', target } as const;
  return { ...card, preprocessing: { ...card.preprocessing, intensity } };
};

it('is the mean over the slices with head, whatever the units', async () => {
  const { source, modelId, values } = await readStyle(
    scanOf(() => 500),
    {
      card: cardOf('foreground-median'),
      translator,
    },
  );
  expect([source, modelId]).toEqual(['ref_FLAIR.nii', 'tiny']);
  // Three times the median is +1, so that the bright are 2/3 - 1, and the others -1.
  const level = 2 / 3 - 1;
  const means = COUNTS.slice(0, 3).map((count) => (count * level - (AREA - count)) / AREA);
  expect(values[0]).toBeCloseTo((means[0] + means[1] + means[2]) / 3, 5);
  expect(values[1]).toBeCloseTo(level, 5);
  const scaled = await readStyle(
    scanOf(() => 7 * 500),
    { card: cardOf('foreground-median'), translator },
  );
  expect(scaled.values.map((v) => v.toFixed(5))).toEqual(values.map((v) => v.toFixed(5)));
});

it('is read by the map of the target', async () => {
  const ct = scanOf(() => 512, -1024);
  const { values } = await readStyle(ct, { card: cardOf('hu'), translator });
  // -1024 to 2048 HU.
  expect(values[1]).toBeCloseTo(0, 5);
});

it('waits between slices, and can be cancelled there', async () => {
  let pauses = 0;
  const pause = async () => {
    if (++pauses === 2) throw new Error('cancelled');
  };
  await expect(
    readStyle(
      scanOf(() => 1),
      { card: cardOf('foreground-median'), translator },
      { pause },
    ),
  ).rejects.toThrow('cancelled');
  expect(tf.memory().numTensors).toBe(0);
});

it('is refused of what has none', async () => {
  const card = munitCard(WITHOUT_ENCODER);
  await expect(
    readStyle(
      scanOf(() => 1),
      { card, translator: {} },
    ),
  ).rejects.toThrow(
    'tiny: must hold a style encoder to take a style off a scan, got a model that was exported without; export it again from its run, or take the mean style',
  );
  const thin = {
    name: 'thin.nii',
    image: makeImage([SIZE, SIZE, 2], new Float32Array(2 * AREA).fill(1, 0, 20), { zooms: [10, 10, 10] }),
  };
  await expect(readStyle(thin, { card: cardOf('foreground-median'), translator })).rejects.toThrow(
    'thin.nii: must have a slice with 10 % foreground to take a style off, got none; choose a scan of the head',
  );
  const odd = { style: () => tf.tensor2d([[Number.NaN, 0]]) };
  await expect(
    readStyle(
      scanOf(() => 1),
      { card: cardOf('foreground-median'), translator: odd },
    ),
  ).rejects.toThrow('ref_FLAIR.nii: its style must come out as finite numbers, got others');
});
