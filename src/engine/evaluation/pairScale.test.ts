import { describe, expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { onScale, outsideOf, outsideText } from './dataRange';
import { evaluateSlices } from './evaluateSlices';
import { pairScale, type ScaleWishes } from './pairScale';

const SHAPE = [20, 16, 1] as const;
const AREA = 320;
/** 0..238, and -16..253: errors of -16..16. */
const reference = Float32Array.from({ length: AREA }, (_, v) => (v * 37) % 239);
const synthetic = reference.map((value, v) => value + (((v * 11) % 17) - 8) * 2);

const image = (voxels: Float32Array) => makeImage(SHAPE, voxels);

function scored(wishes: ScaleWishes, real = reference, made = synthetic) {
  const scale = pairScale(image(made), image(real), wishes)!;
  const everywhere = new Uint8Array(AREA).fill(1);
  const pair = {
    shape: SHAPE,
    synthetic: onScale(made, scale.synthetic),
    reference: onScale(real, scale.reference),
    foreground: everywhere,
    inside: everywhere,
  };
  return { scale, score: evaluateSlices(pair, [0]).slices[0].whole! };
}

// The numbers are those of scikit-image's definitions in float64, written out with numpy and scipy 1.17: PSNR 10 log10(range^2 / mean
// squared error); SSIM with gaussian_filter(sigma=1.5, truncate=3.5, mode='reflect'), population covariance, borders of 5 cut off.
describe('values as they are', () => {
  it('are scored as scikit-image does with the data range that is given', () => {
    const { scale, score } = scored({ range: 1000 });
    expect(score.psnr).toBeCloseTo(40.17559153803852, 5);
    expect(score.ssim).toBeCloseTo(0.9901296694928664, 6);
    expect(score.mae).toBeCloseTo(0.00846875, 7);
    expect(scale.dataRange).toEqual({ value: 1000, from: 'option', text: 'data range 1000, as given' });
  });

  it('of 8 bits have data range 255, whatever their brightest voxel, and nothing is clipped', () => {
    const { scale, score } = scored({});
    expect(score.psnr).toBeCloseTo(28.30639514671762, 5);
    expect(score.ssim).toBeCloseTo(0.989158382461234, 6);
    expect(score.mae).toBeCloseTo(0.03321078431372549, 7);
    expect(scale.dataRange).toMatchObject({ value: 255, from: 'reference' });
    expect(scale.dataRange.text).toBe(
      'data range 255, of the reference: its values, 0 to 238, are taken for 8 bits',
    );
    // --intensity none says the same.
    expect(scored({ map: 'none' }).score).toEqual(score);
    const outside = outsideOf(onScale(synthetic, scale.within.synthetic), AREA, [0])!;
    expect(outside).toMatchObject({ below: 6, above: 0 });
    expect(outsideText(outside, scale.within.synthetic)).toBe('6 below 0 (least -16)');
    expect(outsideOf(onScale(reference, scale.within.reference), AREA, [0])).toBeNull();
  });

  it("of no known kind have the reference's own range, negative values included", () => {
    const moved = (values: Float32Array) => values.map((value) => value - 100);
    const { scale, score } = scored({}, moved(reference), moved(synthetic));
    expect(score.psnr).toBeCloseTo(27.707130679168756, 5);
    // SSIM changes when values are moved.
    expect(score.ssim).toBeCloseTo(0.9840760323560952, 6);
    expect(scale.dataRange.text).toBe('data range 238, of the reference: its own values, -100 to 138');
    const outside = outsideOf(onScale(moved(synthetic), scale.within.synthetic), AREA, [0])!;
    expect(outsideText(outside, scale.within.synthetic)).toBe(
      '6 below -100 (least -116) and 6 above 138 (most 153)',
    );
  });

  it("are warned of where a few voxels make the reference's range", () => {
    const large = Float32Array.from({ length: 20 * 16 * 10 }, (_, v) => (v * 37) % 239);
    const of = (...hot: number[]) => {
      const real = makeImage([20, 16, 10], large.slice());
      real.voxels.set(hot);
      return pairScale(real, real, {})!.warning;
    };
    expect(of(9000)).toMatch(
      /^the reference's greatest value, 9000, is far above its 99\.9th percentile, 238: .*; give --data-range N$/,
    );
    expect(of(400)).toBeNull();
    expect(scored({ range: 255 }).scale.warning).toBeNull();
  });

  it('of 0 to 1 have data range 1', () => {
    const unit = (values: Float32Array) => values.map((value) => value / 255);
    const { scale, score } = scored({}, unit(reference), unit(synthetic));
    expect(scale.dataRange).toMatchObject({ value: 1, from: 'reference' });
    expect(score.psnr).toBeCloseTo(28.30639514671762, 4);
    // Of -1 to 1, which is how networks see them, 2: the same error of a range twice as wide.
    const twice = (values: Float32Array) => unit(values).map((value) => 2 * value - 1);
    const wide = scored({}, twice(reference), twice(synthetic));
    expect(wide.scale.dataRange).toMatchObject({
      value: 2,
      text: expect.stringContaining('taken for -1 to 1'),
    });
    expect(wide.score.psnr).toBeCloseTo(28.30639514671762, 4);
  });
});

describe('the data range of a reference', () => {
  // Least and greatest value, number type of the file, and what must be said of the range.
  it.each([
    [0, 1, 'float32', '1, of the reference: its values, 0 to 1, are taken for 0 to 1'],
    [0, 0.6, 'float32', '1, of the reference: its values, 0 to 0.6, are taken for 0 to 1'],
    [0, 1, 'uint8', '1, of the reference: its values, 0 to 1, are taken for 0 to 1'],
    // mm^2/s, as of diffusion.
    [0, 0.003, 'float32', '0.003, of the reference: its own values, 0 to 0.003'],
    [0, 1e-28, 'float32', '1e-28, of the reference: its own values, 0 to 1e-28'],
    [0, 1.5, 'float32', '1.5, of the reference: its own values, 0 to 1.5'],
    [0, 194, 'int16', '194, of the reference: its own values, 0 to 194'],
    [0, 194, 'uint8', '255, of the reference: its values, 0 to 194, are taken for 8 bits'],
    // 8 bits under a slope of a header.
    [0, 0.25, 'uint8', '0.25, of the reference: its own values, 0 to 0.25'],
    [0, 250, 'int16', '255, of the reference: its values, 0 to 250, are taken for 8 bits'],
    [0, 256, 'int16', '256, of the reference: its own values, 0 to 256'],
    [-1, 0.8, 'float32', '2, of the reference: its values, -1 to 0.8, are taken for -1 to 1'],
    [-0.002, 0.003, 'float32', '0.005, of the reference: its own values, -0.002 to 0.003'],
    [-0.01, 0.9, 'float32', '0.91, of the reference: its own values, -0.01 to 0.9'],
  ])('of %d to %d in %s', (least, most, storedAs, said) => {
    const voxels = new Float32Array(AREA).map((_, v) => (v % 2 === 0 ? least : most));
    const { dataRange } = pairScale(image(voxels), image(voxels), { storedAs })!;
    expect(dataRange.text).toBe(`data range ${said}`);
  });
});

it('takes the map that is asked for, or that made the image, before the values as they are', () => {
  const made = { map: 'foreground-median', low: 0, high: 300 } as const;
  const { scale } = scored({ made });
  expect(scale).toMatchObject({ map: 'foreground-median', synthetic: made });
  // The reference by its own level: three times the median of what lies above a tenth of its 99.9th percentile.
  const foreground = [...reference].filter((value) => value > 24).sort((a, b) => a - b);
  const median = (foreground[(foreground.length - 1) >> 1] + foreground[foreground.length >> 1]) / 2;
  expect(scale.reference.high).toBe(3 * median);
  expect(scale.dataRange).toMatchObject({ value: 3 * median, from: 'intensity map' });
  expect(scale.dataRange.text).toContain('of the intensity map foreground-median: 0 to 1 is 0 to ');
  expect(scored({ made, map: 'foreground-p99.5' }).scale.map).toBe('foreground-p99.5');
  expect(scored({ made, map: 'foreground-p99.5', range: 9 }).scale.map).toBe('none');
});

it('knows CT by its values, and nothing of a constant reference', () => {
  const ct = reference.map((value, v) => (v % 4 === 0 ? -1000 : value));
  expect(scored({}, ct, ct).scale).toMatchObject({
    map: 'hu',
    dataRange: { value: 3072, from: 'intensity map' },
  });
  const constant = new Float32Array(AREA).fill(3);
  expect(pairScale(image(synthetic), image(constant), {})).toBeNull();
});
