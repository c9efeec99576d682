import { describe, expect, it } from 'vitest';
import { brainOnly, contrastHead, DISC_SHAPE, disc, noise } from '../../test/inputScans';
import { hasSkull, inputStatistics } from './inputStatistics';

const FRAME = { map: 'foreground-median', low: 0, high: 1000 } as const;

describe('inputStatistics', () => {
  it('gives lengths in mm, shares that add up, and the order of the tissues', () => {
    const t1w = inputStatistics(contrastHead('T1w'), FRAME)!;
    // phantomHead.ts draws half lengths of 70 to 77 and 88 to 97 mm; the median slice lies off the widest.
    expect(t1w.width).toBeGreaterThan(120);
    expect(t1w.width).toBeLessThan(156);
    expect(t1w.depth).toBeGreaterThan(155);
    expect(t1w.depth).toBeLessThan(196);
    expect(t1w.histogram.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(t1w.foreground).toBeGreaterThan(0.1);
    expect(t1w.foreground).toBeLessThan(0.6);
    const flair = inputStatistics(contrastHead('FLAIR'), FRAME)!;
    const t2w = inputStatistics(contrastHead('T2w'), FRAME)!;
    expect(t1w.whiteOverGrey).toBeGreaterThan(1.05);
    expect(flair.whiteOverGrey).toBeLessThan(1);
    // Fluid.
    expect(t2w.brightest).toBeGreaterThan(1.5 * t1w.brightest);
    expect(flair.darkest).toBeLessThan(t2w.darkest);
  });

  it('does not depend on the unit of the values, but for the histogram', () => {
    const scan = contrastHead('T1w');
    const { histogram: _, ...one } = inputStatistics(scan, FRAME)!;
    const { histogram: __, ...other } = inputStatistics(
      { ...scan, voxels: scan.voxels.map((v) => v * 4) },
      FRAME,
    )!;
    expect(other).toEqual(one);
  });

  it('bins the foreground in the frame of the intensity map', () => {
    const voxels = disc(50, 60).voxels.map((value) => (value > 0 ? 750 : 0));
    const { histogram } = inputStatistics({ ...disc(50, 60), voxels }, { ...FRAME, low: 500 })!;
    expect(histogram[16]).toBe(1);
  });

  it.each(['T1w', 'T2w', 'FLAIR', 'PDw'])('sees the skull in %s, and that it was removed', (contrast) => {
    const whole = contrastHead(contrast);
    expect(hasSkull(inputStatistics(whole, FRAME)!)).toBe(true);
    expect(hasSkull(inputStatistics(brainOnly(contrast), FRAME)!)).toBe(false);
  });

  it('finds no correlation in noise, all of it in an even body, and nothing in an empty volume', () => {
    expect(Math.abs(inputStatistics(noise(), FRAME)!.smoothness)).toBeLessThan(0.05);
    expect(inputStatistics(disc(60, 80), FRAME)!.smoothness).toBe(1);
    const voxels = new Float32Array(DISC_SHAPE[0] * DISC_SHAPE[1] * DISC_SHAPE[2]);
    expect(inputStatistics({ ...disc(60, 80), voxels }, FRAME)).toBeNull();
  });
});
