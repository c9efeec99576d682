/** What dropped files are to the Train room, by their names only. */
import { contrastOfName } from '../../../state/files';

/** A file and where it lay in what was dropped: "sub-01/anat/sub-01_T1w.nii.gz"; its name where it lay alone. */
export interface DroppedFile {
  file: File;
  path: string;
}

/** The files of one scan. */
export interface VolumeParts {
  path: string;
  files: File[];
}

const NIFTI = /\.nii(\.gz)?$/i;
const PAIR = /\.(hdr|img)(\.gz)?$/i;
const WEIGHTS = /\.(pth|pt|safetensors)$/i;

/** Scans in the order of their paths, numbers by value; a .hdr and its .img are one. What is no scan is left out. */
export function volumesOf(dropped: readonly DroppedFile[]): VolumeParts[] {
  const pairs = new Map<string, VolumeParts>();
  const volumes: VolumeParts[] = [];
  for (const { file, path } of dropped) {
    if (NIFTI.test(path)) volumes.push({ path, files: [file] });
    if (!PAIR.test(path)) continue;
    const stem = path.replace(PAIR, '');
    const half = pairs.get(stem);
    if (half) half.files.push(file);
    else {
      const begun = { path, files: [file] };
      pairs.set(stem, begun);
      volumes.push(begun);
    }
  }
  return volumes.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

export function weightsOf(dropped: readonly DroppedFile[]): File[] {
  return dropped.map(({ file }) => file).filter(({ name }) => WEIGHTS.test(name));
}

/** Whether a file's name says that it is of this contrast (a BIDS suffix). */
export function isOfContrast(path: string, contrast: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = contrastOfName(name);
  if (known) return known.toLowerCase() === contrast.toLowerCase();
  const suffix = name.replace(NIFTI, '').replace(PAIR, '').split('_').at(-1);
  return suffix?.toLowerCase() === contrast.toLowerCase();
}

/** Of a folder with several contrasts those of one; all where no name tells. */
export function ofContrast(volumes: readonly VolumeParts[], contrast: string): VolumeParts[] {
  const told = volumes.filter(({ path }) => isOfContrast(path, contrast));
  return told.length > 0 ? told : [...volumes];
}
