import { expect, it } from 'vitest';
import { contrastOfName, sortFiles } from './files';

const file = (name: string) => new File([], name);

it('keeps a header and its image together and tells weights from scans', () => {
  const files = ['a.hdr', 'gen.pth', 'b.nii.gz', 'a.img', 'x.txt', 'W.SafeTensors'].map(file);
  const { scans, weights, unknown } = sortFiles(files);
  expect(scans.map((scan) => scan.map(({ name }) => name))).toEqual([['a.hdr', 'a.img'], ['b.nii.gz']]);
  expect(weights.map(({ name }) => name)).toEqual(['gen.pth', 'W.SafeTensors']);
  expect(unknown.map(({ name }) => name)).toEqual(['x.txt']);
});

it('tells model cards from weights and scans', () => {
  const { scans, weights, cards, unknown } = sortFiles(['card.json', 'w.pth', 'b.nii', 'B.JSON'].map(file));
  expect([scans.length, weights.length, unknown.length]).toEqual([1, 1, 0]);
  expect(cards.map(({ name }) => name)).toEqual(['card.json', 'B.JSON']);
});

it.each([
  ['sub-01_T1w.nii.gz', 'T1w'],
  ['sub-01_desc-synth_FLAIR.nii', 'FLAIR'],
  ['t1.nii', 'T1w'],
  ['sub-T1x_scan.nii', null],
  ['brain.hdr', null],
])('reads the contrast of %s as %s', (name, contrast) => {
  expect(contrastOfName(name)).toBe(contrast);
});
