import { expect, it } from 'vitest';
import { groupedTexts } from './groupedTexts';

it('says the same of many scans once, and of what differs in numbers alone the first', () => {
  const told = [
    { name: 'a.nii', text: 'Slices are 8 mm apart.' },
    { name: 'b.nii', text: 'Slices are 8 mm apart.' },
    { name: 'c.nii', text: '1.5 % of the voxels are negative.' },
    { name: 'a.nii', text: '12 % of the voxels are negative.' },
    { name: 'd.nii', text: 'Inverted.' },
  ];
  expect(groupedTexts(told, 20)).toEqual([
    'a.nii and 1 more of 20 scans: Slices are 8 mm apart.',
    'c.nii and 1 more of 20 scans, of the first: 1.5 % of the voxels are negative.',
    'd.nii: Inverted.',
  ]);
});

it('is bounded', () => {
  const told = [...'abcdefghijklmnop'].map((letter) => ({ name: letter, text: `${letter}.` }));
  const lines = groupedTexts(told, 16);
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe('k and 5 more: other remarks, not shown');
});
