import { expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { slicesToScore } from './slicesToScore';

it('finds the slices of the head, those that are damaged and those that are empty', () => {
  const area = 16;
  const of: Record<string, (n: number) => number> = {
    head: (n) => n,
    faint: (n) => (n === 0 ? 15 : 0),
    nothing: () => 0,
    nan: () => Number.NaN,
    half: (n) => (n < 8 ? Number.NaN : 0),
  };
  const kinds = ['nothing', 'nan', 'head', 'head', 'nothing', 'nan', 'half', 'faint', 'head', 'nothing'];
  const voxels = Float32Array.from(
    kinds.flatMap((kind) => Array.from({ length: area }, (_, n) => of[kind](n))),
  );
  expect(slicesToScore(makeImage([4, 4, kinds.length], voxels))).toEqual({
    head: [2, 3, 8],
    damaged: [1, 4, 5, 6],
    empty: [0, 9],
  });
});
