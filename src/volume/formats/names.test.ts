import { describe, expect, it } from 'vitest';
import { groupScans, isHidden, isWholeScan, SCAN_ENDINGS, scanStem } from './names';

const grouped = (...names: string[]) => {
  const { scans, others } = groupScans(names.map((name) => ({ name })));
  return { scans: scans.map((scan) => scan.map(({ name }) => name)), others: others.map(({ name }) => name) };
};

describe('groupScans', () => {
  it('keeps the halves of a pair together, each in its own folder, in the order of the first', () => {
    expect(grouped('2/a.img', 'b.nii', '1/a.hdr', 'x.txt', '1/a.img', '2/a.HDR')).toEqual({
      scans: [['2/a.img', '2/a.HDR'], ['b.nii'], ['1/a.hdr', '1/a.img']],
      others: ['x.txt'],
    });
  });

  it('pairs the first halves that fit, and leaves none over that could be paired', () => {
    expect(grouped('a.hdr', 'a.img', 'a.img.gz').scans).toEqual([['a.hdr', 'a.img'], ['a.img.gz']]);
    expect(grouped('a.img.gz', 'a.hdr').scans).toEqual([['a.img.gz', 'a.hdr']]);
    expect(grouped('a.hdr', 'b.img').scans).toEqual([['a.hdr'], ['b.img']]);
    expect(grouped('a.hdr', 'a.hdr', 'a.img', 'a.img').scans).toHaveLength(2);
  });

  it('takes a half alone for no whole scan', () => {
    const { scans } = groupScans(['a.nii', 'b.hdr', 'c.img.gz', 'c.hdr'].map((name) => ({ name })));
    expect(scans.map(isWholeScan)).toEqual([true, false, true]);
  });
});

it('scanStem takes off what tells the format, and nothing else', () => {
  const names = ['d/sub-01_T1w.nii.gz', 'SCAN.HDR', 'a.b.img.gz', 'x.gz', 'notes.txt', 'nii'];
  expect(names.map(scanStem)).toEqual(['d/sub-01_T1w', 'SCAN', 'a.b', 'x.gz', 'notes.txt', 'nii']);
});

it('knows the endings of copies, as browsers and systems name them', () => {
  const copies = [
    'x.nii (1).gz',
    'x.nii(2).gz',
    'x.NII.GZ (1)',
    'x.nii - Copy.gz',
    'x.nii copy 2.gz',
    'x.nii-1.gz',
  ];
  expect(copies.map(scanStem)).toEqual(copies.map(() => 'x'));
  expect(grouped(...copies).scans).toHaveLength(copies.length);
  expect(grouped('a.img (1).gz', 'a.hdr').scans).toEqual([['a.img (1).gz', 'a.hdr']]);
  for (const other of ['x (1).gz', 'notes.txt (1)', 'visit-1.5 (2)', 'a copy']) {
    expect(scanStem(other)).toBe(other);
    expect(grouped(other).scans).toEqual([]);
  }
});

it('a dialog takes the last endings, each once', () => {
  expect(SCAN_ENDINGS).toEqual(expect.arrayContaining(['.gz', '.hdr', '.img', '.nii']));
  expect(new Set(SCAN_ENDINGS).size).toBe(SCAN_ENDINGS.length);
});

it.each([
  ['._sub-01_T1w.nii.gz', true],
  ['__MACOSX/._a.nii', true],
  ['.git/annex/a.nii', true],
  ['./data/a.nii', false],
  ['../data/a.nii', false],
  ['data/v1.2/a.nii', false],
])('%s is hidden: %s', (path, is) => {
  expect(isHidden(path)).toBe(is);
});

it('leaves hidden files out without a word', () => {
  const names = ['._a.nii', 'a.nii', '.DS_Store', 'b.txt', '.x/c.nii'];
  const { scans, others } = groupScans(names.map((name) => ({ name })));
  expect(scans.flat().map(({ name }) => name)).toEqual(['a.nii']);
  expect(others.map(({ name }) => name)).toEqual(['b.txt']);
});
