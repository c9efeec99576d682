import { expect, it } from 'vitest';
import { convolutionLayer, LayerWatch, layerName, movedLayer } from './layer';

const size = { height: 8, width: 16 };

it('names layers by kind, size and channels, and counts multiply-adds', () => {
  const layer = convolutionLayer('3x3', size, 4, 6, 9);
  expect(layerName(layer)).toBe('3x3, 8x16, 4→6');
  expect(layer.macs).toBe(8 * 16 * 4 * 6 * 9);
  expect(layerName(movedLayer('norm', size, 5))).toBe('norm, 8x16, 5');
});

it('sums up layers of one kind and size, of each the best run, the longest first', () => {
  const watch = new LayerWatch();
  const [one, two] = [convolutionLayer('3x3', size, 4, 4, 9), convolutionLayer('3x3', size, 4, 4, 9)];
  const norm = movedLayer('norm', size, 4);
  for (const [a, b, first, second] of [
    [5, 3, 2, 9],
    [4, 7, 2, 8],
  ]) {
    watch.add(one, a);
    watch.add(two, b);
    // A layer of two steps.
    watch.add(norm, first);
    watch.add(norm, second);
    watch.endRun();
  }
  expect(watch.times()).toEqual([
    { ...norm, count: 1, ms: 10 },
    { ...one, count: 2, ms: 7 },
  ]);
});
