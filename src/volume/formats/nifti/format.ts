import type { ScanFormat } from '../scanFormat';
import { niftiNames } from './names';
import { readNifti } from './read';

/** NIfTI-1 and -2. */
export const nifti: ScanFormat = { ...niftiNames, read: readNifti };
