/** What dropped files are by their names, and by what they hold where no name tells; the engine decides by their bytes. */
import { scansByContent } from '../../volume/formats/content';
import { groupScans, isHidden, scanStem } from '../../volume/formats/names';

export interface SortedFiles {
  /** One entry a scan: all of its files. */
  scans: File[][];
  weights: File[];
  /** JSON that may tell of weights. What tells of scans, as BIDS lays it beside them, is in no list: the page needs none of it. */
  cards: File[];
  unknown: File[];
}

/** How names of files of weights end. */
export const WEIGHTS_ENDINGS = ['.pth', '.pt', '.safetensors'] as const;
/** What a dialog for a model takes: its weights, with their card. */
export const MODEL_ENDINGS = [...WEIGHTS_ENDINGS, '.json'] as const;

export const isWeightsName = (name: string): boolean =>
  WEIGHTS_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));

const CARD = /\.json$/i;

type PathOf = (file: File) => string;
const nameOf: PathOf = ({ name }) => name;

/** The same, with a look into files that no name claims. @param pathOf with the folders that were dropped */
export async function sortByContent(files: readonly File[], pathOf = nameOf): Promise<SortedFiles> {
  const { unknown } = sortFiles(files, undefined, pathOf);
  const found = await scansByContent(unknown, pathOf, (file) => file);
  return sortFiles(files, (file) => found.has(file), pathOf);
}

/** Hidden files are in no list. */
export function sortFiles(
  files: readonly File[],
  isScan?: (file: File) => boolean,
  pathOf = nameOf,
): SortedFiles {
  const seen = files.filter((file) => !isHidden(pathOf(file)));
  const weights = seen.filter(({ name }) => isWeightsName(name));
  const json = seen.filter(({ name }) => CARD.test(name));
  const rest = seen.filter((file) => !weights.includes(file) && !json.includes(file));
  const { scans, others } = groupScans(
    rest.map((file) => ({ file, name: pathOf(file) })),
    isScan && (({ file }) => isScan(file)),
  );
  const scanFiles = scans.map((parts) => parts.map(({ file }) => file));
  const scanStems = new Set(scanFiles.flat().map(stemOf));
  const isCardDrop = scans.length === 0 || weights.length > 0;
  const cards = isCardDrop ? json.filter((file) => !scanStems.has(stemOf(file))) : [];
  return { scans: scanFiles, weights, cards, unknown: others.map(({ file }) => file) };
}

/** What to say where there is nothing but files that a system lays beside others; null where there is anything else. */
export function onlyHiddenText(paths: readonly string[]): string | null {
  if (paths.length === 0 || !paths.every(isHidden)) return null;
  const [first, ...others] = paths.map((path) => path.split(/[\\/]/).at(-1)!);
  if (others.length > 0)
    return `${first} and ${others.length} more: hidden files, of which none is opened; drop the scans themselves.`;
  return first.startsWith('._')
    ? `${first}: only what macOS keeps beside ${first.slice(2)}, without an image; drop ${first.slice(2)} itself.`
    : `${first}: a hidden file, which is not opened; drop a scan.`;
}

/** What was dropped as one scan, without the .json that BIDS lays beside it; nothing but .json stays, to be refused by name. */
export function withoutJson(files: readonly File[]): File[] {
  const others = files.filter(({ name }) => !CARD.test(name));
  return others.length > 0 ? others : [...files];
}

/** The name without what tells its kind: "sub-01_T1w.nii.gz" and "sub-01_T1w.json" -> "sub-01_T1w". */
function stemOf({ name }: File): string {
  return scanStem(name).replace(CARD, '');
}
