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
      name: '3x3, 10x10, 5→2',
      values: { count: 3, ms: 6, part: 75, gflop: 0.006, speed: 1, share: 25 },
      failed: null,
    },
    {
      name: 'norm, 10x10, 5→2',
      values: { count: 1, ms: 2, part: 25, gflop: null, speed: null, share: null },
      failed: null,
    },
  ]);
});

it('layers of little time are one row', () => {
  const size = { height: 4, width: 4, cin: 1, cout: 1, count: 1 };
  const rows = layerRows({
    peak: 1e9,
    layers: [
      { ...size, kind: '3x3', macs: 100, ms: 1000 },
      { ...size, kind: '1x1', macs: 10, ms: 3 },
      { ...size, kind: 'border', macs: 0, ms: 2 },
    ],
  });
  expect(rows.map(({ name }) => name)).toEqual(['all', '3x3, 4x4, 1', '2 others, each < 0.5 %']);
  expect(rows[2].values).toMatchObject({ count: 2, ms: 5, gflop: 2e-8 });
});
