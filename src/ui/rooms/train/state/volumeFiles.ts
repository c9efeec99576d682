/** What dropped files are to the Train room, by their names, and by what they hold where no name tells. */
import { scansByContent } from '../../../../volume/formats/content';
import { groupScans, isHidden } from '../../../../volume/formats/names';
import { contrastsOf, isLabelPath, isOfContrast, readName } from '../../../../volume/names';
import { plainScans, someOf } from '../../../../volume/plainScans';
import { realScans, syntheticText } from '../../../../volume/synthetic';
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
export async function volumesOf(dropped: readonly DroppedFile[]): Promise<VolumeParts[]> {
  const files = dropped.map(({ file, path }) => ({ file, name: path }));
  const found = await scansByContent(
    files,
    ({ name }) => name,
    ({ file }) => file,
  );
  const { scans } = groupScans(files, (file) => found.has(file));
  const volumes = scans.map((parts) => ({ path: parts[0].name, files: parts.map(({ file }) => file) }));
  return volumes.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

export function weightsOf(dropped: readonly DroppedFile[]): File[] {
  return dropped
    .filter(({ file, path }) => isWeightsName(file.name) && !isHidden(path))
    .map(({ file }) => file);
}

export interface ChosenVolumes {
  taken: VolumeParts[];
  /** Why none is taken. */
  problem: string | null;
  /** What to say of the choice. */
  texts: string[];
}

/** What dropped scans are: those of the user's own, those that this program has made, and masks or maps. */
function sorted(volumes: readonly VolumeParts[]) {
  const images = volumes.filter(({ path }) => !isLabelPath(path) && !readName(path).isMap);
  const labels = volumes.filter((parts) => !images.includes(parts));
  const { real, synthetic } = realScans(images, pathOf);
  const made = synthetic.map(pathOf);
  if (made.length === 0) return { images, labels, texts: [] };
  if (real.length > 0) return { images: real, labels, texts: sentences([syntheticText(made)]) };
  return { images, labels, texts: [`${syntheticText(made, 'taken, as they are given alone')}.`] };
}

/** Of a folder with several contrasts those of one; all images where names tell none, or of one alone. */
export function ofContrast(volumes: readonly VolumeParts[], contrast: string): ChosenVolumes {
  const { images, labels, texts: said } = sorted(volumes);
  const told = images.filter(({ path }) => isOfContrast(path, contrast));
  if (told.length > 0) {
    const { plain, texts } = plainScans(told, pathOf);
    const others = [...images.filter((volume) => !told.includes(volume)), ...labels];
    const left = `${plain.length} of ${volumes.length} scans are named ${contrast} and taken; left out: ${someOf(others.map(pathOf))}.`;
    return {
      taken: plain,
      problem: null,
      texts: [...said, ...sentences(texts), ...(others.length > 0 ? [left] : [])],
    };
  }
  const others = contrastsOf(images.map(pathOf));
  if (others.length > 1)
    return {
      taken: [],
      problem: `${images[0].path}: scans must be of one contrast, got ${others.join(', ')} and none named ${contrast}; choose those of one, or name the contrast that is meant.`,
      texts: [],
    };
  const [other] = others;
  const isOther =
    other === undefined ? [] : [`${someOf(images.map(pathOf))}: named ${other}, and taken as ${contrast}.`];
  return {
    taken: images,
    problem: null,
    texts: [...said, ...isOther, ...labelTexts(labels.length, volumes.length)],
  };
}

/** What to say of masks, segmentations and maps. */
export const labelTexts = (labels: number, all: number): string[] =>
  labels > 0 ? [`${labels} of ${all} scans are named as masks or maps and left out.`] : [];

const pathOf = ({ path }: VolumeParts) => path;

/** Where scans of a kind are left out they may be what is wanted. */
const sentences = (texts: readonly string[]): string[] =>
  texts.map((text) => (text.includes('left out') ? `${text}; give them alone to take them.` : `${text}.`));

export interface SortedVolumes {
  /** In the order in which they came. */
  wanted: { side: Side; parts: VolumeParts }[];
  /** Names tell of neither contrast. */
  unknown: VolumeParts[];
  /** Masks, segmentations and maps. */
  labels: VolumeParts[];
  /** What to say of scans that are another kind of their contrast (plainScans.ts). */
  texts: string[];
}

/** What was dropped without saying on which contrast. */
export function byContrast(volumes: readonly VolumeParts[], contrasts: Record<Side, string>): SortedVolumes {
  const { images, labels, texts: said } = sorted(volumes);
  const sideOf = ({ path }: VolumeParts) => SIDES.find((side) => isOfContrast(path, contrasts[side]));
  const choices = SIDES.map((side) =>
    plainScans(
      images.filter((parts) => sideOf(parts) === side),
      pathOf,
    ),
  );
  const left = choices.flatMap((choice) => choice.left);
  return {
    wanted: images.flatMap((parts) => {
      const side = sideOf(parts);
      return side && !left.includes(parts) ? [{ side, parts }] : [];
    }),
    unknown: images.filter((parts) => !sideOf(parts)),
    labels,
    texts: [...said, ...sentences(choices.flatMap(({ texts }) => texts))],
  };
}

/** What was dropped by itself and is no scan, where there are others; what lies in a folder nobody has chosen. */
export function strangeTexts(dropped: readonly DroppedFile[], volumes: readonly VolumeParts[]): string[] {
  const opened = new Set(volumes.flatMap(({ files }) => files));
  const strange = dropped.filter(
    ({ file, path }) => !opened.has(file) && !/[\\/]/.test(path) && !isBesideScans(path),
  );
  return volumes.length > 0 && strange.length > 0
    ? [`${someOf(strange.map(({ path }) => path))}: no scan, left out.`]
    : [];
}

/** Hidden, or the JSON that BIDS lays beside each scan. */
const isBesideScans = (path: string): boolean => isHidden(path) || /\.json$/i.test(path);
