import { withoutCopyMark } from '../copyMark';
import type { ScanNames } from '../names';
import { niftiVersion } from './version';

/** One file, or a header .hdr with its voxels .img. */
const NIFTI = /\.(nii|hdr|img)(\.gz)?$/i;
const HALF = /^(.*)\.(hdr|img)(\.gz)?$/i;

export const niftiNames: ScanNames = {
  id: 'nifti',
  extensions: ['.nii.gz', '.nii', '.hdr.gz', '.hdr', '.img.gz', '.img'],
  accepts: (name) => NIFTI.test(withoutCopyMark(name)),
  group,
  isWhole: (files) => files.length === 2 || half(files[0].name) === null,
  recognise: (head) => niftiVersion(head) !== null,
};

const half = (name: string) => HALF.exec(withoutCopyMark(name));

/** The halves of a pair have one stem; of several that would fit, the first ones belong together. */
function group<T extends { readonly name: string }>(files: readonly T[]): T[][] {
  const groups: T[][] = [];
  /** Halves without a partner yet, by stem and kind. */
  const alone = new Map<string, T[][]>();
  for (const file of files) {
    const [, stem, kind] = half(file.name.toLowerCase()) ?? [];
    const partner = alone.get(`${stem}.${kind === 'hdr' ? 'img' : 'hdr'}`)?.shift();
    if (partner) {
      partner.push(file);
      continue;
    }
    const begun = [file];
    groups.push(begun);
    if (kind) alone.set(`${stem}.${kind}`, [...(alone.get(`${stem}.${kind}`) ?? []), begun]);
  }
  return groups;
}
