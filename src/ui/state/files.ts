/** What dropped files are, by their names only; the engine decides by their bytes. */
import { groupScans, scanStem } from '../../volume/formats/names';

export interface SortedFiles {
  /** One entry a scan: all of its files. */
  scans: File[][];
  weights: File[];
  /** JSON that may tell of weights. What tells of scans, as BIDS lays it beside them, is in no list: the page needs none of it. */
  cards: File[];
  unknown: File[];
}

const WEIGHTS = /\.(pth|pt|safetensors)$/i;
const CARD = /\.json$/i;

export function sortFiles(files: readonly File[]): SortedFiles {
  const named = (pattern: RegExp) => files.filter(({ name }) => pattern.test(name));
  const [weights, json] = [named(WEIGHTS), named(CARD)];
  const rest = files.filter(({ name }) => !WEIGHTS.test(name) && !CARD.test(name));
  const { scans, others } = groupScans(rest);
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
