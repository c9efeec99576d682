/** What dropped files are by their names, and by what they hold where no name tells; the engine decides by their bytes. */
import { scansByContent } from '../../volume/formats/content';
import { groupScans, scanStem } from '../../volume/formats/names';

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

/** The same, with a look into files that no name claims. */
export async function sortByContent(files: readonly File[]): Promise<SortedFiles> {
  const unknown = await scansByContent(
    sortFiles(files).unknown,
    ({ name }) => name,
    (file) => file,
  );
  return sortFiles(files, (file) => unknown.has(file));
}

export function sortFiles(files: readonly File[], isScan?: (file: File) => boolean): SortedFiles {
  const weights = files.filter(({ name }) => isWeightsName(name));
  const json = files.filter(({ name }) => CARD.test(name));
  const rest = files.filter((file) => !weights.includes(file) && !json.includes(file));
  const { scans, others } = groupScans(rest, isScan);
  const scanStems = new Set(scans.flat().map(stemOf));
  const isCardDrop = scans.length === 0 || weights.length > 0;
  const cards = isCardDrop ? json.filter((file) => !scanStems.has(stemOf(file))) : [];
  return { scans, weights, cards, unknown: others };
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
