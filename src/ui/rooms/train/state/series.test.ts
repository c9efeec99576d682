import { describe, expect, it } from 'vitest';
import type { StepReport, Validation } from '../../../../workers/train/protocol';
import { lossCurves, scoreCurves, smooth } from './series';

const step = (n: number, losses: StepReport['losses']): StepReport => ({ step: n, losses, rate: 0, ms: 1 });

describe('smooth', () => {
  it('is the average corrected for its start', () => {
    // (0.5 * 0.5 * 4 + 0.5 * 8) / (0.25 + 0.5)
    expect(smooth([4, 8], 0.5)).toEqual([4, 20 / 3]);
    expect(smooth([3, 3, 3])).toEqual([3, expect.closeTo(3, 12), expect.closeTo(3, 12)]);
  });

  it('passes over gaps and what is no number', () => {
    expect(smooth([4, null, Number.NaN, 8], 0.5)).toEqual([4, null, null, 20 / 3]);
  });
});

describe('lossCurves', () => {
  it('has the curves that the run has, with gaps where a term is not told', () => {
    const steps = [step(1, { l1: 2 }), step(2, { l1: 4, r1: 1 })];
    const { x, curves } = lossCurves(steps, ['l1', 'cycle', 'r1']);
    expect(x).toEqual([1, 2]);
    expect(curves.map(({ name }) => name)).toEqual(['l1', 'r1']);
    expect(curves[1].raw).toEqual([null, 1]);
  });

  it('averages a long run down, up to its last iteration', () => {
    const steps = Array.from({ length: 7 }, (_, n) => step(n + 1, { l1: n + 1 }));
    const { x, curves } = lossCurves(steps, ['l1'], 3);
    expect(x).toEqual([3, 6, 7]);
    expect(curves[0].raw).toEqual([2, 5, 7]);
  });
});

it('scoreCurves has both directions and what a copy scores, SSIM in percent', () => {
  const score = (ssim: number) => ({ psnr: 20, ssim, mae: 0 });
  const validation = (at: number, ssim: number): Validation => ({
    step: at,
    directions: (['aToB', 'bToA'] as const).map((direction) => ({
      direction,
      n: 1,
      whole: score(0),
      foreground: score(ssim),
      copy: { whole: score(0), foreground: score(0.25) },
    })),
  });
  const { x, curves } = scoreCurves([validation(10, 0.5), validation(20, 0.75)], 'ssim', 'foreground');
  expect(x).toEqual([10, 20]);
  expect(curves.map(({ direction }) => direction)).toEqual(['aToB', 'bToA']);
  expect(curves[1]).toMatchObject({ values: [50, 75], copy: [25, 25] });
});

it('scoreCurves has a gap where a validation has no score', () => {
  const score = { psnr: 20, ssim: 0.5, mae: 0 };
  const validation = (at: number, whole: typeof score | null, psnr: number | null): Validation => ({
    step: at,
    directions: [
      ...[{ direction: 'aToB' as const, n: whole ? 1 : 0, whole, foreground: null }].map((one) => ({
        ...one,
        copy: { whole: { ...score, psnr }, foreground: null },
      })),
    ],
  });
  const validations = [validation(10, score, 20), validation(20, null, null)];
  const [psnr] = scoreCurves(validations, 'psnr', 'whole').curves;
  expect(psnr).toMatchObject({ values: [20, null], copy: [20, null] });
  const [none] = scoreCurves(validations, 'ssim', 'foreground').curves;
  expect(none).toMatchObject({ values: [null, null], copy: [null, null] });
});
