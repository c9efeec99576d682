import { expect, it } from 'vitest';
import { chosenFiles, filesUnder } from './droppedFiles';

const fileEntry = (fullPath: string, fails = false) =>
  ({
    isFile: true,
    fullPath,
    file: (good: (file: File) => void, bad: () => void) =>
      fails ? bad() : good(new File([], fullPath.slice(fullPath.lastIndexOf('/') + 1))),
  }) as unknown as FileSystemEntry;

/** A folder that hands out its entries in the given parts, as browsers do for more than a hundred. */
const folder = (...parts: FileSystemEntry[][]) =>
  ({
    isFile: false,
    createReader: () => {
      const left = [...parts, []];
      return { readEntries: (good: (entries: FileSystemEntry[]) => void) => good(left.shift() ?? []) };
    },
  }) as unknown as FileSystemEntry;

it('walks folders to the end, every part of them', async () => {
  const root = folder(
    [fileEntry('/s/a.nii')],
    [folder([fileEntry('/s/deep/b.nii')]), fileEntry('/s/lost.nii', true)],
    [fileEntry('/s/c.nii')],
  );
  const files = await filesUnder(root);
  expect(files.map(({ path, file }) => `${path} ${file.name}`)).toEqual([
    's/a.nii a.nii',
    's/deep/b.nii b.nii',
    's/c.nii c.nii',
  ]);
});

it('takes the path of a chosen folder, or the name', () => {
  const inFolder = Object.assign(new File([], 'a.nii'), { webkitRelativePath: 's/a.nii' });
  const alone = Object.assign(new File([], 'b.nii'), { webkitRelativePath: '' });
  expect(chosenFiles([inFolder, alone]).map(({ path }) => path)).toEqual(['s/a.nii', 'b.nii']);
});
