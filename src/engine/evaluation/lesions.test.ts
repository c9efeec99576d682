import { describe, expect, it } from 'vitest';
import { whole } from '../../../test/whole';
import {
  apartLevels as apartLevelsInPieces,
  falseBright,
  lesionMeasures as lesionMeasuresInPieces,
  lesionRegions as lesionRegionsInPieces,
  shareKept,
  typicalContrast,
} from './lesions';
import { median } from './median';

const apartLevels = whole(apartLevelsInPieces);
const lesionMeasures = whole(lesionMeasuresInPieces);
const lesionRegions = whole(lesionRegionsInPieces);

/** Two slices of 40 x 40, all foreground; a lesion of 4 x 4 in the first. */
const SHAPE = [40, 40, 2] as const;
const AREA = 1600;
const at = (i: number, j: number, k: number) => i + 40 * (j + 40 * k);
const foreground = new Uint8Array(2 * AREA).fill(1);
const lesion = new Uint8Array(2 * AREA);
for (let i = 18; i < 22; i++) for (let j = 18; j < 22; j++) lesion[at(i, j, 0)] = 1;

/** Tissue of 0.25, the lesion `contrast` brighter. */
function image(contrast: number, changes: [number, number][] = []): Float32Array {
  const voxels = Float32Array.from(lesion, (value) => 0.25 * (1 + value * contrast));
  for (const [place, value] of changes) voxels[place] = value;
  return voxels;
}

const regions = lesionRegions(lesion, foreground, SHAPE, [0, 1]);
const real = image(0.8);

describe('lesion measures', () => {
  it('keeps all of it where the synthetic image is the real one', () => {
    // A few real voxels brighter than half the lesion's contrast: no perfect Dice.
    const marked = image(0.8, [
      [at(3, 3, 0), 0.4],
      [at(4, 3, 1), 0.4],
    ]);
    const found = lesionMeasures(marked, marked, regions);
    expect(found.realContrast).toBeCloseTo(0.8, 6);
    expect(found.kept).toBe(1);
    expect(found.dice).toBe(found.diceReal);
    expect(found.dice).toBeCloseTo((2 * 16) / (18 + 16), 12);
    expect(found.falseBright).toBe(0);
    expect(found.reason).toBeUndefined();
  });

  it('keeps half of half the contrast, and nothing of none', () => {
    expect(lesionMeasures(image(0.4), real, regions).kept).toBeCloseTo(0.5, 5);
    const none = lesionMeasures(image(0), real, regions);
    expect(none).toMatchObject({ kept: 0, dice: 0, diceReal: 1, falseBright: 0 });
  });

  it('keeps a negative share of a lesion that comes out dark', () => {
    const dark = lesionMeasures(image(-0.4), real, regions);
    expect(dark.kept).toBeCloseTo(-0.5, 5);
    expect(dark.dice).toBe(0);
  });

  it('does not take an image that is brighter as a whole for one with lesions', () => {
    const brighter = image(0.2).map((value) => value * 3);
    expect(lesionMeasures(brighter, real, regions)).toMatchObject({ dice: 0, falseBright: 0 });
    expect(lesionMeasures(brighter, real, regions).kept).toBeCloseTo(0.25, 5);
  });

  it('puts the threshold halfway', () => {
    // 1 + 0.8 / 2 times the median of 0.25 is 0.35.
    const split = image(0, [
      [at(18, 18, 0), 0.36],
      [at(19, 18, 0), 0.34],
    ]);
    expect(lesionMeasures(split, real, regions).dice).toBeCloseTo(2 / 17, 12);
  });

  it('counts as false what is bright in the synthetic image alone, in slices without a lesion', () => {
    const painted = image(0.8, [
      [at(5, 5, 1), 1],
      [at(6, 5, 1), 1],
      // In the slice of the lesion.
      [at(5, 5, 0), 1],
    ]);
    const found = lesionMeasures(painted, real, regions);
    expect(found.falseBright).toBe(2 / AREA);
    // The Dice pays for all three.
    expect(found.dice).toBeCloseTo((2 * 16) / (19 + 16), 12);
    const fat = image(0.8, [[at(5, 5, 1), 1]]);
    expect(lesionMeasures(painted, fat, regions).falseBright).toBe(1 / (AREA - 1));
  });

  it('leaves out what cannot be measured, and says why', () => {
    const nothing = lesionRegions(new Uint8Array(2 * AREA), foreground, SHAPE, [0, 1]);
    const left = { kept: null, dice: null, diceReal: null, falseBright: null };
    expect(lesionMeasures(real, real, nothing)).toMatchObject({
      ...left,
      realContrast: null,
      reason: 'no lesion in the slices that count',
    });
    const faint = lesionMeasures(real, image(0.05), regions);
    expect(faint).toMatchObject({ ...left, reason: 'real contrast of 0.05 is below 0.1' });
    expect(faint.realContrast).toBeCloseTo(0.05, 6);
    const black = lesionMeasures(new Float32Array(2 * AREA), real, regions);
    expect(black).toMatchObject({ ...left, reason: 'no tissue in the synthetic image' });
    // Every slice has a lesion: the rest is measured.
    const one = lesionMeasures(real, real, lesionRegions(lesion, foreground, SHAPE, [0]));
    expect(one).toMatchObject({
      kept: 1,
      falseBright: null,
      reason: 'no slice through the brain without a lesion',
    });
    const all = lesionRegions(new Uint8Array(2 * AREA).fill(1), foreground, SHAPE, [0]);
    expect(lesionMeasures(real, real, all).reason).toBe('no other tissue to compare the lesion with');
  });
});

describe('regions', () => {
  it('are those of the slices that count', () => {
    const first = lesionRegions(lesion, foreground, SHAPE, [0]);
    expect(first.lesion.reduce((sum, v) => sum + v, 0)).toBe(16);
    expect(first.apart.includes(1)).toBe(false);
    const second = lesionRegions(lesion, foreground, SHAPE, [1]);
    expect(second.lesion.includes(1)).toBe(false);
    expect(second.apart).toEqual(second.tissue);
  });

  it('search for false lesions in slices through the brain only', () => {
    // The second slice has less than half as much inside as the first: 2 x 8 columns are eroded.
    const crown = foreground.map((value, v) => (v >= AREA && v % 40 > 20 ? 0 : value));
    const none = new Uint8Array(2 * AREA);
    const { apart, tissue } = lesionRegions(none, crown, SHAPE, [0, 1]);
    expect(tissue.subarray(AREA).includes(1)).toBe(true);
    expect(apart.subarray(AREA).includes(1)).toBe(false);
    expect(apart.subarray(0, AREA).includes(1)).toBe(true);
  });

  it('take the surroundings of a lesion where the inside ends, but not what is no foreground', () => {
    // A strip of 6 pixels is no inside of anything.
    const strip = Uint8Array.from({ length: 2 * AREA }, (_, v) => (v % 40 >= 17 && v % 40 < 23 ? 1 : 0));
    const { tissue } = lesionRegions(lesion, strip, SHAPE, [0, 1]);
    for (const [i, j, k, wanted] of [
      [17, 20, 0, 1],
      [22, 29, 0, 1],
      [22, 30, 0, 0],
      [16, 20, 0, 0],
      [20, 20, 1, 0],
    ])
      expect(tissue[at(i, j, k)], `${i} ${j} ${k}`).toBe(wanted);
  });
});

it('searches a head without a lesion by the contrast of others', () => {
  const nothing = lesionRegions(new Uint8Array(2 * AREA), foreground, SHAPE, [0, 1]);
  const flat = new Float32Array(2 * AREA).fill(0.25);
  const painted = flat.slice();
  painted.fill(0.35, 0, 32);
  const levels = apartLevels(painted, flat, nothing);
  expect(falseBright(levels, 0.6)).toBe(32 / (2 * AREA));
  expect(falseBright(levels, 1)).toBe(0);
  expect(falseBright(apartLevels(new Float32Array(2 * AREA), flat, nothing), 0.6)).toBe(0);
});

it('gives medians over patients', () => {
  const of = <T>(patient: string, measure: T) => ({ patient, ...measure });
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1])).toBe(2.5);
  expect(median([])).toBeNull();
  const shares = [0.2, null, -0.5, 0.9].map((kept, n) => of(`sub-${n}`, { kept }));
  expect(shareKept(shares)).toBe(0.2);
  expect(shareKept([of('a', { kept: null })])).toBeNull();
  const contrasts = [0.05, 0.3, null].map((realContrast, n) => of(`sub-${n}`, { realContrast }));
  expect(typicalContrast(contrasts)).toBe(0.3);
  // Visits of one patient count once, by their mean.
  const visits = [0.25, 0.75, null].map((kept) => of('a', { kept }));
  expect(shareKept([...visits, of('b', { kept: 1 }), of('c', { kept: 0 })])).toBe(0.5);
  expect(shareKept([...visits, of('b', { kept: 1 })])).toBe(0.75);
  const seen = [0.05, 0.5, 1].map((realContrast) => of('a', { realContrast }));
  expect(typicalContrast([...seen, of('b', { realContrast: 0.25 })])).toBe(0.5);
});
