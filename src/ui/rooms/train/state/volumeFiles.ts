/** What dropped files are to the Train room, by their names only. */
import { groupScans } from '../../../../volume/formats/names';
import { isOfContrast, readName } from '../../../../volume/names';
import { plainScans } from '../../../../volume/plainScans';
import type { Side } from '../../../../workers/train/protocol';
import { SIDES } from '../../../../workers/train/settings';
import { isWeightsName } from '../../../state/files';

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

/** Scans in the order of their paths, numbers by value. What is no scan is left out. */
export function volumesOf(dropped: readonly DroppedFile[]): VolumeParts[] {
  const { scans } = groupScans(dropped.map(({ file, path }) => ({ file, name: path })));
  const volumes = scans.map((parts) => ({ path: parts[0].name, files: parts.map(({ file }) => file) }));
  return volumes.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

export function weightsOf(dropped: readonly DroppedFile[]): File[] {
  return dropped.map(({ file }) => file).filter(({ name }) => isWeightsName(name));
}

/** Of a folder with several contrasts those of one; all images where no name tells. */
export function ofContrast(volumes: readonly VolumeParts[], contrast: string): VolumeParts[] {
  const told = volumes.filter(({ path }) => isOfContrast(path, contrast));
  if (told.length > 0) return plainScans(told, ({ path }) => path).plain;
  return volumes.filter(({ path }) => !readName(path).isLabel);
}

export interface SortedVolumes {
  /** In the order in which they came. */
  wanted: { side: Side; parts: VolumeParts }[];
  /** Names tell of neither contrast. */
  unknown: VolumeParts[];
  /** Masks and segmentations. */
  labels: VolumeParts[];
  /** Taken with a contrast agent, where there are others of their contrast. */
  enhanced: VolumeParts[];
}

/** What was dropped without saying on which contrast. */
export function byContrast(volumes: readonly VolumeParts[], contrasts: Record<Side, string>): SortedVolumes {
  const images = volumes.filter(({ path }) => !readName(path).isLabel);
  const sideOf = ({ path }: VolumeParts) => SIDES.find((side) => isOfContrast(path, contrasts[side]));
  const choices = SIDES.map((side) =>
    plainScans(
      images.filter((parts) => sideOf(parts) === side),
      ({ path }) => path,
    ),
  );
  const enhanced = choices.flatMap(({ left }) => left);
  return {
    wanted: images.flatMap((parts) => {
      const side = sideOf(parts);
      return side && !enhanced.includes(parts) ? [{ side, parts }] : [];
    }),
    unknown: images.filter((parts) => !sideOf(parts)),
    labels: volumes.filter((parts) => !images.includes(parts)),
    enhanced,
  };
}
