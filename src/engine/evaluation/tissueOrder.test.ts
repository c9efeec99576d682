import { describe, expect, it } from 'vitest';
import { whole } from '../../../test/whole';
import {
  otsuCuts,
  tissueClasses as tissueClassesInPieces,
  tissueOrder as tissueOrderInPieces,
} from './tissueOrder';

const tissueClasses = whole(tissueClassesInPieces);
const tissueOrder = whole(tissueOrderInPieces);

/** A square brain of 60 x 60: white matter with a grey block and a ventricle, and a spot of fat. */
const SHAPE = [80, 80, 2] as const;
const part = (at: number): 'air' | 'white' | 'grey' | 'fluid' | 'fat' => {
  const [i, j] = [at % 80, Math.floor(at / 80) % 80];
  const within = (low: number, high: number) => i >= low && i < high && j >= low && j < high;
  if (!within(10, 70)) return 'air';
  if (within(38, 44)) return 'fluid';
  if (within(24, 36)) return 'grey';
  return within(50, 53) ? 'fat' : 'white';
};
const image = (levels: Record<ReturnType<typeof part>, number>) =>
  Float32Array.from({ length: 2 * 6400 }, (_, at) => levels[part(at)] + ((at * 7) % 5) * 0.002);

const t1w = image({ air: 0, white: 0.5, grey: 0.35, fluid: 0.12, fat: 1 });
const foreground = Uint8Array.from(t1w, (value) => (value > 0.1 ? 1 : 0));
const classes = tissueClasses(t1w, foreground, SHAPE, [1])!;

describe('tissue classes', () => {
  it('are told by the T1w, without fat and the edge, in the slices that count', () => {
    const wanted = { air: 0, fluid: 1, grey: 2, white: 3, fat: 0 };
    for (let at = 6400; at < 2 * 6400; at++) {
      const [i, j] = [at % 80, Math.floor(at / 80) % 80];
      const isAway = i >= 18 && i < 62 && j >= 18 && j < 62;
      expect(classes[at]).toBe(isAway ? wanted[part(at)] : 0);
    }
    expect(classes.subarray(0, 6400).includes(1)).toBe(false);
  });

  it('are none without a brain', () => {
    expect(tissueClasses(t1w, new Uint8Array(t1w.length), SHAPE, [0])).toBeNull();
  });
});

describe('tissue order', () => {
  const flair = image({ air: 0, white: 0.4, grey: 0.5, fluid: 0.1, fat: 0.6 });

  it('is the same for the real image itself, and not for a copy of the T1w', () => {
    expect(tissueOrder(flair, flair, classes)).toMatchObject({
      orderReal: 'fluid < white < grey',
      orderSynthetic: 'fluid < white < grey',
      same: true,
    });
    const copy = tissueOrder(t1w, flair, classes)!;
    expect(copy).toMatchObject({ orderSynthetic: 'fluid < grey < white', same: false });
    expect(copy.synthetic.fluid).toBeCloseTo(0.124, 2);
    expect(copy.real.grey).toBeCloseTo(0.504, 2);
  });

  it('shows levels that are equal', () => {
    const flat = new Float32Array(t1w.length).fill(0.3);
    expect(tissueOrder(flat, flair, classes)).toMatchObject({
      orderSynthetic: 'fluid = grey = white',
      same: false,
    });
  });

  it('is none where a class is empty', () => {
    expect(
      tissueOrder(
        flair,
        flair,
        classes.map((one) => (one === 2 ? 0 : one)),
      ),
    ).toBeNull();
  });
});

describe("Otsu's cuts", () => {
  it('fall between three groups', () => {
    const counts = new Float64Array(12);
    for (const [bin, n] of [
      [1, 5],
      [2, 5],
      [5, 40],
      [6, 30],
      [10, 20],
    ])
      counts[bin] = n;
    const [low, high] = otsuCuts(counts)!;
    expect(low > 2 && low <= 5).toBe(true);
    expect(high > 6 && high <= 10).toBe(true);
  });

  it('do not exist for fewer than three filled bins', () => {
    expect(otsuCuts(Float64Array.of(0, 4, 0, 3))).toBeNull();
  });
});
