import { expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { headPhantom } from '../../../test/makeNifti';
import { TINY_SIZE, tinySettings } from '../../../test/tinyRun';
import { cutScan } from './dataset';
import { conflictOf, conflictText, type GivenImage, imagePrint } from './sameImages';
import { gridOfSide } from './settings';

const settings = tinySettings();
const shape = [TINY_SIZE, TINY_SIZE, 4] as const;
const printOf = (change: (voxels: Float32Array) => void = () => {}) => {
  const voxels = headPhantom(shape);
  change(voxels);
  const image = makeImage(shape, voxels, { zooms: [settings.pixelSize, settings.pixelSize, 3] });
  return imagePrint(cutScan({ name: 'x', image }, gridOfSide(settings, 'a')));
};

it('is equal for the same slices alone', () => {
  const middle = 2.5 * TINY_SIZE ** 2 + TINY_SIZE / 2;
  const other = printOf((voxels) => {
    voxels[middle] *= 0.5;
  });
  expect(printOf()).toBe(printOf());
  expect(other).not.toBe(printOf());
});

const given = (use: GivenImage['use'], side: GivenImage['side'], name: string, print: string) => ({
  use,
  side,
  name,
  print,
});

it.each([
  ['the other contrast', given('train', 'b', 'y', '1'), /^y: must be another image than x of the other/],
  ['validation', given('val', 'a', 'y', '1'), /^y: must be another image than x of whom .* judged by/],
  ['the same', given('train', 'a', 'y', '1'), null],
  ['another image', given('val', 'b', 'y', '2'), null],
  ['an image that is not known yet', given('val', 'b', 'y', ''), null],
])('an image is given again for %s', (_, second, text) => {
  const first = given('train', 'a', 'x', second.print === '' ? '' : '1');
  const found = conflictOf([first, second]);
  if (text === null) expect(found).toBeNull();
  else expect(conflictText(...found!)).toMatch(text);
});
