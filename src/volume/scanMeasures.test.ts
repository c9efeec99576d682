import { describe, expect, it } from 'vitest';
import { contrastHead } from '../../test/inputScans';
import { inputStatistics } from './inputStatistics';
import { foregroundBySlice, foregroundThreshold, intensityFrame, percentiles } from './intensity';
import { scanMeasures } from './scanMeasures';

describe('scanMeasures', () => {
  const scan = contrastHead('T1w');

  it('measures what the single functions do', () => {
    const measures = scanMeasures(scan);
    const [min, p0_5, p75, p95, p99_5, p99_9, max] = percentiles(
      scan.voxels,
      [0, 0.5, 75, 95, 99.5, 99.9, 100],
    );
    expect(measures.levels()).toEqual({ min, p0_5, p75, p95, p99_5, p99_9, max });
    for (const map of ['foreground-p99.5', 'foreground-median'] as const) {
      const frame = intensityFrame(scan.voxels, map);
      expect(measures.frameOf(map)).toEqual(frame);
      expect(measures.statistics(frame)).toEqual(inputStatistics(scan, frame));
    }
  });

  it('counts the foreground of slices by the threshold of a map, once each', () => {
    const measures = scanMeasures(scan);
    const own = measures.foregroundBySlice();
    expect(own).toEqual(foregroundBySlice(scan, foregroundThreshold(scan.voxels)));
    expect(measures.foregroundBySlice('foreground-median')).toBe(own);
    const body = measures.foregroundBySlice('hu');
    expect(body).toEqual(foregroundBySlice(scan, foregroundThreshold(scan.voxels, 'hu')));
    expect(body).not.toEqual(own);
  });

  it('measures once for each frame', () => {
    const measures = scanMeasures(scan);
    expect(measures.levels()).toBe(measures.levels());
    const median = measures.frameOf('foreground-median');
    const first = measures.statistics(median);
    expect(measures.statistics({ ...median })).toBe(first);
    const other = measures.statistics({ ...median, high: 2 * median.high });
    expect(other?.histogram).not.toEqual(first?.histogram);
  });
});
