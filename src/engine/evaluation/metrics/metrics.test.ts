import { describe, expect, it } from 'vitest';
import { foregroundMask } from './foreground';
import { meanAbsoluteError } from './mae';
import { paperProtocol } from './paperProtocol';
import { psnr } from './psnr';
import { scoreSlice } from './scoreSlice';
import { ssim, ssimMap } from './ssim';

const WIDTH = 20;
const HEIGHT = 16;
const ramp = Float32Array.from({ length: WIDTH * HEIGHT }, (_, p) => (p % WIDTH) / WIDTH);
const bumpy = Float32Array.from(ramp, (value, p) => value * 0.9 + 0.05 * (((p * 7) % 11) / 11));

describe('mean absolute error and PSNR', () => {
  const image = Float32Array.of(0, 0.5, 1, 0.25);
  const reference = Float32Array.of(0, 0.25, 0.5, 0.25);

  it('are those computed by hand', () => {
    expect(meanAbsoluteError(image, reference)).toBe(0.75 / 4);
    expect(psnr(image, reference, 1)).toBeCloseTo(10 * Math.log10(4 / (0.0625 + 0.25)), 12);
    expect(psnr(image, reference, 10)).toBeCloseTo(psnr(image, reference, 1) + 20, 12);
  });

  it('take only the mask', () => {
    const mask = Uint8Array.of(0, 1, 0, 1);
    expect(meanAbsoluteError(image, reference, mask)).toBe(0.125);
    expect(psnr(image, reference, 1, mask)).toBeCloseTo(10 * Math.log10(2 / 0.0625), 12);
  });

  it('call identical images infinitely good', () => {
    expect(psnr(image, image, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(meanAbsoluteError(image, image)).toBe(0);
  });

  it('refuse images of different sizes', () => {
    expect(() => psnr(image, reference.slice(1), 1)).toThrow('got 4, 3');
    expect(() => meanAbsoluteError(image, reference, new Uint8Array(3))).toThrow('got 4, 4, 3');
  });
});

describe('SSIM', () => {
  it('is 1 for identical images and symmetric', () => {
    expect(ssim(ramp, ramp, WIDTH, HEIGHT, 1)).toBeCloseTo(1, 12);
    expect(ssim(ramp, bumpy, WIDTH, HEIGHT, 1)).toBe(ssim(bumpy, ramp, WIDTH, HEIGHT, 1));
  });

  it('of two constant images is the luminance term alone', () => {
    const a = new Float32Array(WIDTH * HEIGHT).fill(0.25);
    const b = new Float32Array(WIDTH * HEIGHT).fill(0.5);
    const luminance = (2 * 0.25 * 0.5 + 1e-4) / (0.25 ** 2 + 0.5 ** 2 + 1e-4);
    for (const value of ssimMap(a, b, WIDTH, HEIGHT, 1)) expect(value).toBeCloseTo(luminance, 12);
  });

  it('does not depend on which axis is which', () => {
    const transposed = (image: Float32Array) =>
      Float32Array.from(image, (_, p) => image[Math.floor(p / HEIGHT) + WIDTH * (p % HEIGHT)]);
    expect(ssim(transposed(ramp), transposed(bumpy), HEIGHT, WIDTH, 1)).toBeCloseTo(
      ssim(ramp, bumpy, WIDTH, HEIGHT, 1),
      12,
    );
  });

  it('refuses an image smaller than its window', () => {
    expect(() => ssim(new Float32Array(100), new Float32Array(100), 10, 10, 1)).toThrow('got 10 x 10');
  });
});

describe('scoreSlice', () => {
  const mask = foregroundMask(ramp, 0.5);

  it('scores the foreground apart from the whole', () => {
    // Wrong in the background only, far enough away that no window reaches the right edge.
    const wrong = Float32Array.from(ramp, (value, p) => (p % WIDTH === 5 ? 1.25 : value));
    const { whole, foreground } = scoreSlice(wrong, ramp, WIDTH, HEIGHT, foregroundMask(ramp, 0.6));
    expect(whole!.mae).toBeCloseTo(1 / WIDTH, 12);
    expect(whole!.psnr).toBeCloseTo(10 * Math.log10(WIDTH), 12);
    // Identical: PSNR is infinite, which is no number for a table.
    expect(foreground).toMatchObject({ psnr: null, mae: 0 });
    expect(foreground!.ssim).toBeCloseTo(1, 12);
    expect(whole!.ssim).toBeLessThan(0.9);
  });

  it('averages the SSIM map over the mask', () => {
    const map = ssimMap(bumpy, ramp, WIDTH, HEIGHT, 1);
    const inside = [...map].filter((_, p) => mask[p]);
    const { foreground } = scoreSlice(bumpy, ramp, WIDTH, HEIGHT, mask);
    expect(foreground!.ssim).toBeCloseTo(inside.reduce((a, b) => a + b) / inside.length, 12);
    expect(inside.length).toBe(9 * HEIGHT);
  });

  it('has no foreground score without foreground', () => {
    expect(scoreSlice(bumpy, ramp, WIDTH, HEIGHT, foregroundMask(ramp, 2)).foreground).toBeNull();
  });
});

describe('paperProtocol', () => {
  it('does not see a common factor of one image', () => {
    const brighter = bumpy.map((value) => value * 4);
    const wanted = paperProtocol(bumpy, ramp, WIDTH, HEIGHT)!;
    const got = paperProtocol(brighter, ramp, WIDTH, HEIGHT)!;
    expect(got.psnr).toBeCloseTo(wanted.psnr, 5);
    expect(got.ssim).toBeCloseTo(wanted.ssim, 6);
    expect(wanted.psnr).toBeGreaterThan(20);
  });

  it('has no value for an empty image', () => {
    expect(paperProtocol(new Float32Array(WIDTH * HEIGHT), ramp, WIDTH, HEIGHT)).toBeNull();
  });
});
