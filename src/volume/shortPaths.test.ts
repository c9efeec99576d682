import { expect, it } from 'vitest';
import { shortPaths } from './shortPaths';

it.each([
  [
    ['/d/a.nii', '/e/b.nii'],
    ['a.nii', 'b.nii'],
  ],
  [
    ['/d/a.nii', '/d/a.nii'],
    ['a.nii', 'a.nii'],
  ],
  [
    ['/d/site1/sub-1/anat/a.nii', '/d/site2/sub-1/anat/a.nii', '/d/b.nii'],
    ['site1/…/a.nii', 'site2/…/a.nii', 'b.nii'],
  ],
  [
    ['/d/1/T1.nii', '/d/2/T1.nii'],
    ['1/T1.nii', '2/T1.nii'],
  ],
  [
    ['/d/a.nii', '/d/x/a.nii'],
    ['a.nii', 'x/a.nii'],
  ],
  // One folder does not tell these.
  [
    ['/p/x/a.nii', '/p/y/a.nii', '/q/x/a.nii'],
    ['p/x/a.nii', 'p/y/a.nii', 'q/x/a.nii'],
  ],
])('%j is shown as %j', (paths, shown) => {
  expect(paths.map(shortPaths(paths))).toEqual(shown);
});
