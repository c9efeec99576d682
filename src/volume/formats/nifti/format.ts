import type { ScanFormat } from '../scanFormat';
import { niftiVersion } from './header';
import { niftiNames } from './names';
import { readNifti } from './read';

/** NIfTI-1 and -2. */
export const nifti: ScanFormat = {
  ...niftiNames,
  recognise: (head) => niftiVersion(head) !== null,
  read: readNifti,
};
