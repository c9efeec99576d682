import { describe, expect, it } from 'vitest';
import { evaluateSlices, meanScores } from './evaluateSlices';
import { missingText } from './missingText';

const SHAPE = [12, 13, 3] as const;
const PIXELS = SHAPE[0] * SHAPE[1];
const reference = Float32Array.from({ length: PIXELS * SHAPE[2] }, (_, v) => ((v * 13) % 29) / 29);
/** Slice 0 is perfect, slice 1 off by 0.125, the image of slice 2 has a wrong first pixel alone. */
const synthetic = reference.map(
  (value, v) => [value, value + 0.125, v === 2 * PIXELS ? 1 : 0][Math.floor(v / PIXELS)],
);
/** No foreground in slice 2. */
const foreground = Uint8Array.from(reference, (value, v) => (value > 0.5 && v < 2 * PIXELS ? 1 : 0));
/** One pixel of the 156 in slice 1 and half of slice 0. */
const inside = Uint8Array.from(reference, (_, v) => (v < PIXELS / 2 || v === PIXELS + 5 ? 1 : 0));
const pair = { shape: SHAPE, synthetic, reference, foreground, inside };

describe('evaluateSlices', () => {
  it('scores each slice by itself', () => {
    const { slices } = evaluateSlices(pair, [0, 1]);
    expect(slices.map(({ index }) => index)).toEqual([0, 1]);
    // The PSNR of identical images is no number.
    expect(slices[0].whole).toMatchObject({ psnr: null, mae: 0 });
    expect(slices[1].whole!.mae).toBeCloseTo(0.125, 6);
    expect(slices[1].foreground!.psnr).toBeCloseTo(20 * Math.log10(8), 5);
  });

  it('gives mean and sample standard deviation over slices', () => {
    const { mae, psnr } = evaluateSlices(pair, [0, 1]).mean.whole!;
    expect(mae!.mean).toBeCloseTo(0.0625, 6);
    expect(mae!.std).toBeCloseTo(0.125 / Math.SQRT2, 6);
    // Of the slice that is not identical.
    expect({ n: [mae!.n, psnr!.n], std: psnr!.std }).toEqual({ n: [2, 1], std: null });
    expect(psnr!.mean).toBeCloseTo(20 * Math.log10(8), 5);
    expect(evaluateSlices(pair, [1]).mean.whole!.mae!.std).toBeNull();
    expect(evaluateSlices(pair, [0]).mean.whole).toMatchObject({ psnr: null, mae: { mean: 0, n: 1 } });
  });

  it('leaves slices without foreground out of those means', () => {
    const { slices, mean } = evaluateSlices(pair, [1, 2]);
    expect(slices[1].foreground).toBeNull();
    expect(mean.foreground!.mae).toMatchObject({ mean: slices[0].foreground!.mae, std: null, n: 1 });
    expect(mean.whole!.mae!.n).toBe(2);
    expect(evaluateSlices(pair, [2]).mean.foreground).toBeNull();
  });

  it('gives no score of a slice that is constant, empty, or not all numbers, names it, and scores the rest', () => {
    const spoilt = synthetic.slice();
    spoilt.fill(0.5, 0, PIXELS);
    spoilt[2 * PIXELS + 1] = Number.NaN;
    spoilt[2 * PIXELS + 9] = Number.NEGATIVE_INFINITY;
    const { slices, mean } = evaluateSlices({ ...pair, synthetic: spoilt }, [0, 1, 2]);
    expect(slices.map(({ missing }) => missing)).toEqual([
      { image: 'synthetic', fault: 'constant', pixels: PIXELS },
      null,
      { image: 'synthetic', fault: 'not finite', pixels: 2 },
    ]);
    expect(slices[2]).toMatchObject({ whole: null, foreground: null, inside: null, paper: null });
    expect(mean.whole!.ssim).toEqual({ mean: slices[1].whole!.ssim, std: null, n: 1 });
    expect(missingText(slices, { synthetic: 'syn.nii', reference: 'ref.nii' })).toBe(
      '2 of 3 slices have no score: syn.nii constant (slice 0), syn.nii NaN or infinite in 2 pixels (slice 2)',
    );
    expect(missingText([slices[1]])).toBeNull();
    const empty = evaluateSlices({ ...pair, reference: new Float32Array(3 * PIXELS) }, [0, 1]);
    expect(empty.slices[1].missing).toMatchObject({ image: 'reference', fault: 'constant' });
    expect(empty.mean).toEqual({ whole: null, foreground: null, inside: null, paper: null });
  });

  it('scores the inside of the brain where there is enough of it', () => {
    const { slices, mean } = evaluateSlices(pair, [0, 1, 2]);
    expect(slices[0].inside).toMatchObject({ psnr: null, mae: 0 });
    expect(slices[1].inside!.mae).toBeCloseTo(0.125, 6);
    expect(slices[2].inside).toBeNull();
    expect(mean.inside!.mae!.mean).toBeCloseTo(0.0625, 6);
    // One pixel in a slice of a thousand.
    const large = Float32Array.from({ length: 1200 }, (_, v) => v / 1200);
    const few = Uint8Array.from(large, (_, p) => (p < 5 ? 1 : 0));
    const shape = [30, 40, 1] as const;
    const [slice] = evaluateSlices(
      { shape, synthetic: large, reference: large, foreground: few, inside: few },
      [0],
    ).slices;
    expect(slice.inside).toBeNull();
    expect(slice.foreground).not.toBeNull();
  });

  it('averages scores over the slices that have them', () => {
    const { slices, mean } = evaluateSlices(pair, [1, 2]);
    expect(meanScores(slices)).toEqual({
      whole: {
        psnr: mean.whole!.psnr!.mean,
        ssim: mean.whole!.ssim!.mean,
        mae: mean.whole!.mae!.mean,
      },
      foreground: slices[0].foreground,
      inside: slices[0].inside,
    });
    expect(meanScores([])).toEqual({ whole: null, foreground: null, inside: null });
  });
});
