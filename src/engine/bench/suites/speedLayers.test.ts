import { expect, it } from 'vitest';
import { layerRows } from './speedLayers';

it('FLOP a second and the share of the peak of each layer and of all; none where nothing is counted', () => {
  const size = { height: 10, width: 10, cin: 5, cout: 2 };
  const rows = layerRows({
    peak: 4e9,
    layers: [
      { ...size, kind: '3x3', macs: 1e6, count: 3, ms: 6 },
      { ...size, kind: 'norm', macs: 0, count: 1, ms: 2 },
    ],
  });
  expect(rows).toEqual([
    {
      name: 'all',
      // 2 x 3e6 FLOP in 8 ms.
      values: { count: 4, ms: 8, part: 100, gflop: 0.006, speed: 0.75, share: 18.75 },
      failed: null,
    },
    {
      name: '3x3, 10x10, 5->2',
      values: { count: 3, ms: 6, part: 75, gflop: 0.006, speed: 1, share: 25 },
      failed: null,
    },
    {
      name: 'norm, 10x10, 5->2',
      values: { count: 1, ms: 2, part: 25, gflop: null, speed: null, share: null },
      failed: null,
    },
  ]);
});
