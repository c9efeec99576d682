import { expect, it } from 'vitest';
import { plainScans } from './plainScans';

const of = (...names: string[]) => plainScans(names, (name) => name);

it('leaves out scans with a contrast agent where there are others', () => {
  const text = 'a_t1ce.nii: taken with a contrast agent';
  expect(of('a_t1.nii', 'a_t1ce.nii')).toEqual({
    plain: ['a_t1.nii'],
    left: ['a_t1ce.nii'],
    texts: [`${text}; left out, for there are scans without`],
  });
  expect(of('a_t1ce.nii')).toEqual({ plain: ['a_t1ce.nii'], left: [], texts: [`${text}, as all there are`] });
  expect(of('a_t1.nii')).toEqual({ plain: ['a_t1.nii'], left: [], texts: [] });
});

it('leaves out phase images where there are magnitudes', () => {
  const { plain, left, texts } = of(
    ...['mag', 'phase', 'imag'].map((part) => `sub-1_part-${part}_T1w.nii`),
    'sub-2_T1w.nii',
  );
  expect(plain).toEqual(['sub-1_part-mag_T1w.nii', 'sub-2_T1w.nii']);
  expect(left).toHaveLength(2);
  expect(texts).toEqual([expect.stringMatching(/^sub-1_part-phase_T1w.nii and 1 more: phase .*; left out/)]);
});

it('leaves what a filter has chosen', () => {
  const names = ['a_t1.nii', 'a_t1ce.nii'];
  expect(plainScans(names, (name) => name, { ce: ['yes'] }).plain).toEqual(names);
});
