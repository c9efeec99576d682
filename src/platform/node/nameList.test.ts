import { expect, it } from 'vitest';
import { namesIn } from './nameList';

const there =
  (...paths: string[]) =>
  (path: string) =>
    paths.includes(path);

it('separates names at commas', () => {
  expect(namesIn('a.nii, b.nii,c:T1w', there('a.nii', 'b.nii', 'c'))).toEqual(['a.nii', 'b.nii', 'c:T1w']);
  expect(namesIn('none,nor this,', there())).toEqual(['none', 'nor this', '']);
});

it('leaves a comma that is part of a name', () => {
  const exists = there('visit, first', 'visit, first/a.nii', 'b.nii');
  expect(namesIn('b.nii,visit, first/a.nii,b.nii', exists)).toEqual(['b.nii', 'visit, first/a.nii', 'b.nii']);
  expect(namesIn('visit, first:T1w,b.nii', exists)).toEqual(['visit, first:T1w', 'b.nii']);
});
