import { expect, it } from 'vitest';
import { onlyHiddenText, sortByContent, sortFiles, withoutJson } from './files';

const file = (name: string) => new File([], name);

it('keeps a header and its image together and tells weights from scans', () => {
  const files = ['a.hdr', 'gen.pth', 'b.nii.gz', 'a.img', 'x.txt', 'W.SafeTensors'].map(file);
  const { scans, weights, unknown } = sortFiles(files);
  expect(scans.map((scan) => scan.map(({ name }) => name))).toEqual([['a.hdr', 'a.img'], ['b.nii.gz']]);
  expect(weights.map(({ name }) => name)).toEqual(['gen.pth', 'W.SafeTensors']);
  expect(unknown.map(({ name }) => name)).toEqual(['x.txt']);
});

it('looks into what no name claims', async () => {
  const head = new Uint8Array(400);
  new DataView(head.buffer).setInt32(0, 348, true);
  const files = [new File([head], 'noext'), new File(['words'], 'notes'), file('a_T1w.nii (1).gz')];
  const { scans, unknown } = await sortByContent([...files, new File([head], 'w.pth')]);
  expect(scans.flat().map(({ name }) => name)).toEqual(['noext', 'a_T1w.nii (1).gz']);
  expect(unknown.map(({ name }) => name)).toEqual(['notes']);
});

it('tells model cards from weights and scans', () => {
  const { scans, weights, cards, unknown } = sortFiles(['card.json', 'w.pth', 'b.nii', 'B.JSON'].map(file));
  expect([scans.length, weights.length, unknown.length]).toEqual([1, 1, 0]);
  expect(cards.map(({ name }) => name)).toEqual(['card.json', 'B.JSON']);
});

it.each([
  { where: 'beside its scan', names: ['sub-01_T1w.nii.gz', 'sub-01_T1w.json'], found: [] },
  { where: 'of the data set', names: ['sub-01_T1w.nii.gz', 'dataset_description.json'], found: [] },
  {
    where: 'beside a scan and weights',
    names: ['a.hdr', 'a.img', 'a.json', 'w.pth', 'c.json'],
    found: ['c.json'],
  },
  { where: 'alone', names: ['sub-01_T1w.json'], found: ['sub-01_T1w.json'] },
])('takes JSON $where for a card only if it may be one', ({ names, found }) => {
  const { cards, unknown } = sortFiles(names.map(file));
  expect(cards.map(({ name }) => name)).toEqual(found);
  expect(unknown).toEqual([]);
});

it('leaves out the JSON beside a scan, but not JSON alone', () => {
  const left = (...names: string[]) => withoutJson(names.map(file)).map(({ name }) => name);
  expect(left('a.hdr', 'a.json', 'a.img')).toEqual(['a.hdr', 'a.img']);
  expect(left('a.json')).toEqual(['a.json']);
});

it('takes files of one name in two folders apart, and no hidden ones', async () => {
  const files = ['1/a.hdr', '2/a.hdr', '2/a.img', '1/a.img', '1/._a.img', '._w.pth', 'w.pth'];
  const paths = new Map(files.map((path) => [file(path.slice(path.lastIndexOf('/') + 1)), path]));
  const pathOf = (one: File) => paths.get(one)!;
  const { scans, weights, unknown } = await sortByContent([...paths.keys()], pathOf);
  expect(scans.map((scan) => scan.map(pathOf))).toEqual([
    ['1/a.hdr', '1/a.img'],
    ['2/a.hdr', '2/a.img'],
  ]);
  expect(weights.map(pathOf)).toEqual(['w.pth']);
  expect(unknown).toEqual([]);
});

it.each([
  [['._a.nii.gz'], /^\._a\.nii\.gz: only what macOS keeps beside a\.nii\.gz/],
  [['.DS_Store'], /^\.DS_Store: a hidden file/],
  [['s/._a.nii', 's/.DS_Store'], /^\._a\.nii and 1 more: hidden files/],
  [['.git/config'], /^config: a hidden file/],
])('says of %s that nothing of it is opened', (paths, sentence) => {
  expect(onlyHiddenText(paths)).toMatch(sentence);
  expect(onlyHiddenText([...paths, 'b.nii'])).toBeNull();
});
