import { describe, expect, it } from 'vitest';
import { evaluateSlices, meanScores } from './evaluateSlices';

const SHAPE = [12, 13, 3] as const;
const PIXELS = SHAPE[0] * SHAPE[1];
const reference = Float32Array.from({ length: PIXELS * SHAPE[2] }, (_, v) => ((v * 13) % 29) / 29);
/** Slice 0 is perfect, slice 1 off by 0.125, slice 2 empty. */
const synthetic = reference.map((value, v) => [value, value + 0.125, 0][Math.floor(v / PIXELS)]);
/** No foreground in slice 2. */
const foreground = Uint8Array.from(reference, (value, v) => (value > 0.5 && v < 2 * PIXELS ? 1 : 0));
/** One pixel of the 156 in slice 1 and half of slice 0. */
const inside = Uint8Array.from(reference, (_, v) => (v < PIXELS / 2 || v === PIXELS + 5 ? 1 : 0));
const pair = { shape: SHAPE, synthetic, reference, foreground, inside };

describe('evaluateSlices', () => {
  it('scores each slice by itself', () => {
    const { slices } = evaluateSlices(pair, [0, 1]);
    expect(slices.map(({ index }) => index)).toEqual([0, 1]);
    expect(slices[0].whole).toMatchObject({ psnr: Number.POSITIVE_INFINITY, mae: 0 });
    expect(slices[1].whole.mae).toBeCloseTo(0.125, 6);
    expect(slices[1].foreground!.psnr).toBeCloseTo(20 * Math.log10(8), 5);
  });

  it('gives mean and sample standard deviation over slices', () => {
    const { mae } = evaluateSlices(pair, [0, 1]).mean.whole;
    expect(mae.mean).toBeCloseTo(0.0625, 6);
    expect(mae.std).toBeCloseTo(0.125 / Math.SQRT2, 6);
    expect(evaluateSlices(pair, [1]).mean.whole.mae.std).toBeNull();
  });

  it('leaves slices without foreground or image out of those means', () => {
    const { slices, mean } = evaluateSlices(pair, [1, 2]);
    expect(slices[1]).toMatchObject({ foreground: null, paper: null });
    expect(mean.foreground!.mae).toMatchObject({ mean: slices[0].foreground!.mae, std: null });
    expect(mean.paper!.psnr.mean).toBe(slices[0].paper!.psnr);
    expect(evaluateSlices(pair, [2]).mean).toMatchObject({ foreground: null, paper: null });
  });

  it('scores the inside of the brain where there is enough of it', () => {
    const { slices, mean } = evaluateSlices(pair, [0, 1, 2]);
    expect(slices[0].inside).toMatchObject({ psnr: Number.POSITIVE_INFINITY, mae: 0 });
    expect(slices[1].inside!.mae).toBeCloseTo(0.125, 6);
    expect(slices[2].inside).toBeNull();
    expect(mean.inside!.mae.mean).toBeCloseTo(0.0625, 6);
    // One pixel in a slice of a thousand.
    const large = new Float32Array(1200);
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
      whole: { psnr: mean.whole.psnr.mean, ssim: mean.whole.ssim.mean, mae: mean.whole.mae.mean },
      foreground: slices[0].foreground,
      inside: slices[0].inside,
    });
    expect(meanScores([])).toEqual({ whole: null, foreground: null, inside: null });
  });
});
