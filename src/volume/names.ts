/**
 * What a scan's name tells: its BIDS entities and its contrast (bids-specification: appendices/entities). The one place that reads
 * names; what a file holds is told by its bytes.
 */
import { scanStem } from './formats/names';

export interface ScanName {
  /** The file's name without folders, format ending and a browser's " (1)". */
  readonly stem: string;
  /** The folder that holds the data set's subjects, without its derivatives; null where no folder is a subject's. */
  readonly dataset: string | null;
  /** By their short names: { sub: "01", ses: "2", run: "1" }. Empty for a name that does not begin with sub-. */
  readonly entities: Readonly<Record<string, string>>;
  /** "sub-01"; else the stem without the words that tell a contrast, or the folder's name where nothing else is left. */
  readonly subject: string;
  /** The last part of a BIDS name, as written; null for another name. */
  readonly suffix: string | null;
  /** BIDS suffix; null where the name tells none, or several. By the suffix, and by other words only where there is none. */
  readonly contrast: string | null;
  /** Taken with a contrast agent. */
  readonly enhanced: boolean;
  /** A mask or a segmentation, not an image of a contrast. */
  readonly isLabel: boolean;
}

/** Contrasts by the words for them, in lower case. */
const CONTRASTS: Readonly<Record<string, string>> = {
  t1: 'T1w',
  t1w: 'T1w',
  t2: 'T2w',
  t2w: 'T2w',
  pd: 'PDw',
  pdw: 'PDw',
  flair: 'FLAIR',
  t2flair: 'FLAIR',
  ct: 'CT',
};
const ENHANCED: ReadonlySet<string> = new Set(['t1ce', 't1c', 't1gd', 't1post']);
const AGENTS: ReadonlySet<string> = new Set(['ce', 'gd', 'gad', 'gadolinium', 'postcontrast']);
const LABELS: ReadonlySet<string> = new Set([
  ...['mask', 'brainmask', 'seg', 'dseg', 'probseg', 'aseg', 'segmentation', 'label', 'labels'],
]);

/** The BIDS suffix of a common word for a contrast, "t1" or "T1w"; null for another word. */
export function contrastOfWord(word: string): string | null {
  const lower = word.toLowerCase();
  if (ENHANCED.has(lower)) return CONTRASTS.t1;
  return Object.hasOwn(CONTRASTS, lower) ? CONTRASTS[lower] : null;
}

/** @param path with folders, where they are known: "data/sub-01/anat/sub-01_T1w.nii.gz" */
export function readName(path: string): ScanName {
  const folders = path.split(/[\\/]/);
  const stem = scanStem(folders.pop() ?? '').replace(/ ?\(\d+\)$/, '');
  const { entities, words } = partsOf(stem);
  const isBids = entities.sub !== undefined && words.length === 1 && /^[a-z0-9]+$/i.test(words[0]);
  const tokens = words.flatMap(tokensOf);
  return {
    stem,
    dataset: datasetOf(folders),
    entities,
    subject:
      entities.sub !== undefined ? `sub-${entities.sub}` : withoutContrast(stem) || folders.at(-1) || stem,
    suffix: isBids ? words[0] : null,
    contrast: isBids ? contrastOfWord(words[0]) : contrastOfTokens(tokens),
    enhanced: entities.ce !== undefined || tokens.some((token) => ENHANCED.has(token) || AGENTS.has(token)),
    isLabel: LABELS.has(tokens.at(-1) ?? ''),
  };
}

/** The contrast that a name claims as a BIDS suffix, or null: "sub-01_T1w.nii.gz" -> "T1w". */
export function contrastOfName(path: string): string | null {
  const { contrast, isLabel } = readName(path);
  return isLabel ? null : contrast;
}

/** Whether a file's name says that it is an image of this contrast (a BIDS suffix). */
export function isOfContrast(path: string, wanted: string): boolean {
  const { contrast, suffix, stem, isLabel } = readName(path);
  if (isLabel) return false;
  return (contrast ?? suffix ?? stem.split('_').at(-1))?.toLowerCase() === wanted.toLowerCase();
}

/** Scans taken with a contrast agent are another contrast: where there are others, these are the ones that are meant. */
export function plainScans<T>(scans: readonly T[], pathOf: (scan: T) => string): { plain: T[]; left: T[] } {
  const [plain, left] = [false, true].map((is) =>
    scans.filter((scan) => readName(pathOf(scan)).enhanced === is),
  );
  return plain.length > 0 ? { plain, left } : { plain: left, left: [] };
}

/** Below the folders of a BIDS data set that hold no raw scans; `path` as seen from it. */
export function isDerived(path: string): boolean {
  return path
    .split(/[\\/]/)
    .slice(0, -1)
    .some((folder) => folder === 'derivatives' || folder === 'sourcedata');
}

/** The stem without the contrast at its end: "sub-01_UNIT1" -> "sub-01", "old_PDw" -> "old"; "ch2" stays. */
export function stemWithoutContrast(path: string): string {
  const { stem, suffix } = readName(path);
  const last = stem.split('_').at(-1) ?? '';
  const isContrast = suffix !== null || (last !== stem && contrastOfWord(last) !== null);
  return isContrast ? stem.slice(0, -last.length - 1) : stem;
}

/** Entities of a name that begins with sub-, and its other parts. */
function partsOf(stem: string): Pick<ScanName, 'entities'> & { words: string[] } {
  const parts = stem.split('_');
  if (!/^sub-[a-z0-9]+$/i.test(parts[0])) return { entities: {}, words: parts };
  const entities: Record<string, string> = {};
  const words: string[] = [];
  for (const part of parts) {
    const [, key, value] = /^([a-z]+)-([a-z0-9+]+)$/i.exec(part) ?? [];
    if (key) entities[key.toLowerCase()] = value;
    else words.push(part);
  }
  return { entities, words };
}

const tokensOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

function contrastOfTokens(tokens: readonly string[]): string | null {
  const found = new Set(
    tokens.flatMap((token) => contrastOfWord(token) ?? (/flair/.test(token) ? 'FLAIR' : [])),
  );
  // A FLAIR is weighted by T2, and often says so.
  if (found.has('FLAIR')) found.delete('T2w');
  return found.size === 1 ? [...found][0] : null;
}

function withoutContrast(stem: string): string {
  const parts = stem.split(/([^a-zA-Z0-9]+)/);
  const kept = parts.filter((part, n) => n % 2 === 1 || !tellsContrast(part.toLowerCase()));
  return kept
    .join('')
    .replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, '')
    .replace(/([^a-zA-Z0-9])[^a-zA-Z0-9]+/g, '$1');
}

const tellsContrast = (token: string): boolean =>
  contrastOfWord(token) !== null || AGENTS.has(token) || LABELS.has(token);

function datasetOf(folders: readonly string[]): string | null {
  const subject = folders.findIndex((folder) => /^sub-[a-z0-9]+$/i.test(folder));
  if (subject < 0) return null;
  const derived = folders.indexOf('derivatives');
  return folders.slice(0, derived >= 0 && derived < subject ? derived : subject).join('/');
}
