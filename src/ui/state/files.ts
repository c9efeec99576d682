/** What dropped files are, by their names only; the engine decides by their bytes. */
export interface SortedFiles {
  /** One entry a scan; a .hdr and its .img stay together. */
  scans: File[][];
  weights: File[];
  /** JSON that may tell of weights. What tells of scans, as BIDS lays it beside them, is in no list: the page needs none of it. */
  cards: File[];
  unknown: File[];
}

const WEIGHTS = /\.(pth|pt|safetensors)$/i;
const CARD = /\.json$/i;
const NIFTI = /\.nii(\.gz)?$/i;
const PAIR = /\.(hdr|img)(\.gz)?$/i;

export function sortFiles(files: readonly File[]): SortedFiles {
  const pairs = new Map<string, File[]>();
  const json: File[] = [];
  const sorted: SortedFiles = { scans: [], weights: [], cards: [], unknown: [] };
  for (const file of files) {
    if (WEIGHTS.test(file.name)) sorted.weights.push(file);
    else if (CARD.test(file.name)) json.push(file);
    else if (NIFTI.test(file.name)) sorted.scans.push([file]);
    else if (PAIR.test(file.name)) {
      const stem = file.name.replace(PAIR, '');
      const pair = pairs.get(stem);
      if (pair) pair.push(file);
      else {
        const begun = [file];
        pairs.set(stem, begun);
        sorted.scans.push(begun);
      }
    } else sorted.unknown.push(file);
  }
  const { scans, weights } = sorted;
  const scanStems = new Set(scans.flat().map(stemOf));
  if (scans.length === 0 || weights.length > 0)
    sorted.cards = json.filter((file) => !scanStems.has(stemOf(file)));
  return sorted;
}

/** What was dropped as one scan, without the .json that BIDS lays beside it; nothing but .json stays, to be refused by name. */
export function withoutJson(files: readonly File[]): File[] {
  const others = files.filter(({ name }) => !CARD.test(name));
  return others.length > 0 ? others : [...files];
}

/** The name without what tells its kind: "sub-01_T1w.nii.gz" and "sub-01_T1w.json" -> "sub-01_T1w". */
function stemOf({ name }: File): string {
  return [NIFTI, PAIR, CARD].reduce((stem, ending) => stem.replace(ending, ''), name);
}

/** The contrast that a file name claims, as a BIDS suffix, or null: "sub-01_T1w.nii.gz" -> "T1w". */
export function contrastOfName(name: string): string | null {
  const stem = name.replace(NIFTI, '').replace(PAIR, '');
  if (/flair/i.test(stem)) return 'FLAIR';
  if (/(^|[^a-z0-9])t1(w|ce|gd)?([^a-z0-9]|$)/i.test(stem)) return 'T1w';
  if (/(^|[^a-z0-9])t2(w)?([^a-z0-9]|$)/i.test(stem)) return 'T2w';
  return null;
}
