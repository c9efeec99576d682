/** What dropped files are to the Train room, by their names only. */
import { groupScans, scanStem } from '../../../../volume/formats/names';
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

const WEIGHTS = /\.(pth|pt|safetensors)$/i;

/** Scans in the order of their paths, numbers by value. What is no scan is left out. */
export function volumesOf(dropped: readonly DroppedFile[]): VolumeParts[] {
  const { scans } = groupScans(dropped.map(({ file, path }) => ({ file, name: path })));
  const volumes = scans.map((parts) => ({ path: parts[0].name, files: parts.map(({ file }) => file) }));
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
  const suffix = scanStem(name).split('_').at(-1);
  return suffix?.toLowerCase() === contrast.toLowerCase();
}

/** Of a folder with several contrasts those of one; all where no name tells. */
export function ofContrast(volumes: readonly VolumeParts[], contrast: string): VolumeParts[] {
  const told = volumes.filter(({ path }) => isOfContrast(path, contrast));
  return told.length > 0 ? told : [...volumes];
}
