/**
 * What a scan's name tells: its BIDS entities and its contrast (bids-specification: appendices/entities). The one place that reads
 * names; what a file holds is told by its bytes.
 */
import { scanStem } from './formats/names';

export interface ScanName {
  /** The file's name without folders, format ending and a browser's " (1)". */
  readonly stem: string;
  readonly folders: readonly string[];
  /** The folder that holds the data set's subjects, without its derivatives; null where no folder is a subject's. */
  readonly dataset: string | null;
  /**
   * By their short names: { sub: "01", ses: "2", run: "1" }. Subject and session also from the folders, where the name has none; all
   * others of a name that begins with sub-.
   */
  readonly entities: Readonly<Record<string, string>>;
  /** What the name holds beside entities and contrast: of a name that is not of BIDS what tells whose it is. */
  readonly rest: string;
  /** "sub-01", else `rest`, or the folder's name where nothing is left: for people to read. */
  readonly subject: string;
  /** The last part of a BIDS name, as written; null for another name. */
  readonly suffix: string | null;
  /** BIDS suffix; null where the name tells none, or several. By the suffix, and by other words only where there is none. */
  readonly contrast: string | null;
  /** Taken with a contrast agent. */
  readonly enhanced: boolean;
  /** A mask, a segmentation or another map, not an image of a contrast. */
  readonly isLabel: boolean;
}

/** Contrasts by the words for them, in lower case; BraTS has t1n and t2f. */
const CONTRASTS: Readonly<Record<string, string>> = {
  t1: 'T1w',
  t1w: 'T1w',
  t1n: 'T1w',
  t2: 'T2w',
  t2w: 'T2w',
  pd: 'PDw',
  pdw: 'PDw',
  flair: 'FLAIR',
  t2f: 'FLAIR',
  t2flair: 'FLAIR',
  ct: 'CT',
};
const ENHANCED: ReadonlySet<string> = new Set(['t1ce', 't1c', 't1gd', 't1post']);
/** They count beside a contrast only: alone they may be a site or a group. */
const AGENTS: ReadonlySet<string> = new Set(['ce', 'gd', 'gad', 'gadolinium', 'postcontrast']);
const LABEL = /^(\w*masks?\d*|(d|prob|a)?seg|segmentation|labels?|lesions?|rois?|pve\d*|wmh|a?parc)$/;
/** "flair to t1" is a FLAIR in another's space, or nothing certain. */
const BETWEEN: ReadonlySet<string> = new Set(['to', 'in', 'on', '2']);

/** The BIDS suffix of a common word for a contrast, "t1" or "T1w"; null for another word. */
export function contrastOfWord(word: string): string | null {
  const lower = word.toLowerCase();
  if (ENHANCED.has(lower)) return CONTRASTS.t1;
  return Object.hasOwn(CONTRASTS, lower) ? CONTRASTS[lower] : null;
}

/** @param path with folders, where they are known: "data/sub-01/anat/sub-01_T1w.nii.gz" */
export function readName(path: string): ScanName {
  const folders = path.normalize('NFC').split(/[\\/]/);
  const whole = scanStem(folders.pop() ?? '');
  const stem = whole.replace(/ ?\(\d+\)$/, '');
  const inFolders = Object.fromEntries(
    folders.map((one) => entityOf(one, /^(sub|ses)$/i)).filter((entity) => entity !== null),
  );
  const hasSubject = /^sub-[^_]+_/.test(stem);
  const { entities, words } = hasSubject ? partsOf(stem) : { entities: {}, words: [whole] };
  const isBids = words.length === 1 && /^[a-z0-9]+$/i.test(words[0]) && hasSubject;
  const told = hasSubject ? lastContrast(words) : anyContrast(whole);
  const all = { ...inFolders, ...entities };
  return {
    stem,
    folders,
    dataset: datasetOf(folders),
    entities: all,
    rest: told.rest,
    subject: all.sub ? `sub-${all.sub}` : told.rest || folders.at(-1) || stem,
    suffix: isBids ? words[0] : null,
    contrast: told.contrast,
    enhanced: told.enhanced || (entities.ce ?? 'none') !== 'none',
    isLabel: told.isLabel,
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

/** What names tell, and suffixes of other BIDS names; sorted, each once. */
export function contrastsOf(paths: readonly string[]): string[] {
  const told = paths.flatMap((path) => {
    const { contrast, suffix } = readName(path);
    return contrast ?? suffix ?? [];
  });
  return [...new Set(told)].sort();
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

/** A folder that tells nothing of whose the scan is. */
export const isPlainFolder = (folder: string): boolean =>
  /^(anat|nifti|nii|images?|mri?)$/i.test(folder) || contrastOfWord(folder) !== null;

function entityOf(part: string, keys = /^[a-z]+$/i): [key: string, value: string] | null {
  const [, key, value] = /^([a-z]+)-(.+)$/i.exec(part) ?? [];
  return key !== undefined && keys.test(key) ? [key.toLowerCase(), value] : null;
}

/** Entities of a name that begins with sub-, and its other parts. */
function partsOf(stem: string): { entities: Record<string, string>; words: string[] } {
  const entities: Record<string, string> = {};
  const words: string[] = [];
  for (const part of stem.split('_')) {
    const [key, value] = entityOf(part) ?? [];
    // "constructor-1" is no entity: every object has one.
    if (key !== undefined && value !== undefined && !(key in entities && !Object.hasOwn(entities, key)))
      entities[key] = value;
    else words.push(part);
  }
  return { entities, words };
}

type Told = Pick<ScanName, 'contrast' | 'enhanced' | 'isLabel' | 'rest'>;

/** Of a name with entities its last word tells: what stands behind a contrast makes another image of it. Agents may stand there. */
function lastContrast(words: readonly string[]): Told {
  const lower = words.map((word) => word.toLowerCase());
  const last = lower.findLastIndex((word) => !AGENTS.has(word));
  const contrast = contrastOfWord(lower[last] ?? '');
  const rest = contrast === null && words.length > 1 ? words : words.slice(0, Math.max(last, 0));
  return {
    contrast,
    enhanced: ENHANCED.has(lower[last] ?? '') || (contrast !== null && last < words.length - 1),
    isLabel: lower.some((word) => LABEL.test(word)),
    rest: rest.join('_'),
  };
}

/** Of any other name the word for a contrast, the last one where it ends the name. */
function anyContrast(whole: string): Told {
  // Words stand at even places, what is between them at odd ones.
  const parts = whole.split(/([^a-zA-Z0-9]+)/);
  const words = parts.map((part, n) => (n % 2 === 0 ? part.toLowerCase() : ''));
  const found = words.flatMap((word, n) => {
    const contrast = contrastOfWord(word) ?? (word.includes('flair') ? 'FLAIR' : null);
    return contrast === null ? [] : [{ n, contrast }];
  });
  const last = found.at(-1);
  if (!last) return { contrast: null, enhanced: false, isLabel: LABEL.test(words.at(-1) ?? ''), rest: whole };
  const different = new Set(found.map(({ contrast }) => contrast));
  // A FLAIR is weighted by T2, and often says so.
  if (different.has('FLAIR')) different.delete('T2w');
  const ends = last.n === parts.length - 1 && !BETWEEN.has(words[last.n - 2] ?? '');
  const agents = [last.n - 2, last.n + 2].filter((n) => AGENTS.has(words[n] ?? ''));
  const taken = new Set([last.n, ...agents]);
  return {
    contrast: ends || different.size === 1 ? last.contrast : null,
    enhanced: agents.length > 0 || ENHANCED.has(words[last.n]),
    isLabel: words.slice(last.n).some((word) => LABEL.test(word)),
    rest: tidy(parts.filter((_, n) => !taken.has(n)).join('')),
  };
}

/** Without what was between words that are gone. */
const tidy = (text: string): string =>
  text.replace(/^[^a-zA-Z0-9(]+|[^a-zA-Z0-9)]+$/g, '').replace(/([^a-zA-Z0-9 (])[^a-zA-Z0-9(]+/g, '$1');

function datasetOf(folders: readonly string[]): string | null {
  const subject = folders.findLastIndex((folder) => /^sub-./i.test(folder));
  if (subject < 0) return null;
  const above = folders.slice(0, subject);
  const derived = above.lastIndexOf('derivatives');
  return above.slice(0, derived < 0 ? subject : derived).join('/');
}
