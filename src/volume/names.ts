/**
 * What a scan's name tells: its BIDS entities and its contrast (bids-specification: appendices/entities). The one place that reads
 * names; what a file holds is told by its bytes.
 */
import { scanStem } from './formats/names';
import {
  agentBeside,
  contrastOfWord,
  isEnhancedWord,
  isLabelFolder,
  isOfAgent,
  runAmong,
  sayLabel,
  sayLabelBeside,
  sayMapBeside,
  withoutSigns,
} from './nameWords';

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
  /** "sub-01", else `rest`, or the name of the folder that is no plain one where nothing is left: for people to read. */
  readonly subject: string;
  /** The last part of a BIDS name, as written; null for another name. */
  readonly suffix: string | null;
  /** BIDS suffix; null where the name tells none, or several. By the suffix, and by other words only where there is none. */
  readonly contrast: string | null;
  /** Taken with a contrast agent. */
  readonly enhanced: boolean;
  /** A mask, a segmentation or another map, not an image of a contrast. */
  readonly isLabel: boolean;
  /** Computed from images of a contrast, or a part of its signal: a bias field, a prediction, a phase. */
  readonly isMap: boolean;
}

/** "flair to t1" is a FLAIR in another's space, or nothing certain. */
const BETWEEN: ReadonlySet<string> = new Set(['to', 'in', 'on', '2']);
/** Of names of any form the one entity that is read as such: this program writes it (sidecar.ts). */
const DESC = /(?:^|_)(desc-[a-z0-9]+)(?=_)/i;

/** @param path with folders, where they are known: "data/sub-01/anat/sub-01_T1w.nii.gz" */
export function readName(path: string): ScanName {
  const folders = path.normalize('NFC').split(/[\\/]/);
  const whole = scanStem(folders.pop() ?? '');
  const stem = whole.replace(/ ?\(\d+\)$/, '');
  const inFolders = Object.fromEntries(
    folders.map((one) => entityOf(one, /^(sub|ses)$/i)).filter((entity) => entity !== null),
  );
  const hasSubject = /^sub-[^_]+_/i.test(stem);
  const { entities, words } = partsOf(hasSubject ? stem : (DESC.exec(whole)?.[1] ?? ''));
  const isBids = words.length === 1 && /^[a-z0-9]+$/i.test(words[0]) && hasSubject;
  const told = hasSubject ? lastContrast(words) : anyContrast(whole.replace(DESC, ''));
  const runs: Record<string, string> = told.run === undefined ? {} : { run: told.run };
  const all: Record<string, string> = { ...inFolders, ...runs, ...entities };
  return {
    stem,
    folders,
    dataset: datasetOf(folders),
    entities: all,
    rest: told.rest,
    subject: all.sub ? `sub-${all.sub}` : told.rest || folders.findLast((one) => !isPlainFolder(one)) || stem,
    suffix: isBids ? words[0] : null,
    contrast: told.contrast,
    enhanced: told.enhanced || (entities.ce ?? 'none') !== 'none',
    isLabel: told.isLabel,
    isMap: told.isMap,
  };
}

/** The contrast that a name claims as a BIDS suffix, or null: "sub-01_T1w.nii.gz" -> "T1w". */
export function contrastOfName(path: string): string | null {
  const { contrast, isLabel, isMap } = readName(path);
  return isLabel || isMap ? null : contrast;
}

/** Whether a file's name says that it is an image of this contrast (a BIDS suffix). */
export function isOfContrast(path: string, wanted: string): boolean {
  const { contrast, suffix, stem, isLabel, isMap } = readName(path);
  if (isLabel || isMap) return false;
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

const DERIVED_FOLDER = /^(derivatives|sourcedata|fmriprep|freesurfer)$/i;

/** Below the folders of a BIDS data set that hold no raw scans; `path` as seen from it. */
export function isDerived(path: string): boolean {
  return path
    .split(/[\\/]/)
    .slice(0, -1)
    .some((folder) => DERIVED_FOLDER.test(folder));
}

/** A mask or another map by its name, or by a folder that holds nothing else. @param path as seen from the folder that was chosen */
export function isLabelPath(path: string): boolean {
  const { isLabel, folders } = readName(path);
  return isLabel || folders.some(isLabelFolder);
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

type Told = Pick<ScanName, 'contrast' | 'enhanced' | 'isLabel' | 'isMap' | 'rest'> & { run?: string };

/**
 * Of a name with entities its last word tells: what stands behind a contrast makes another image of it. What is said of an agent may
 * stand there.
 */
function lastContrast(parts: readonly string[]): Told {
  const words = parts.flatMap((part) => withoutSigns(part).split(/[ _]+/)).filter((word) => word !== '');
  const lower = words.map((word) => word.toLowerCase());
  const last = lower.findLastIndex((word) => !isOfAgent(word));
  const contrast = contrastOfWord(lower[last] ?? '');
  const agent = contrast === null ? null : agentBeside(lower, last);
  const isSaid = (n: number) => agent === null || agent.places.includes(n);
  const rest = words.filter((_, n) =>
    contrast === null ? words.length > 1 || n < last : n < last && !isSaid(n),
  );
  const isLast = lower.every((_, n) => n <= last || isSaid(n));
  return {
    contrast: isLast ? contrast : null,
    enhanced: agent !== null && (agent.enhanced || isEnhancedWord(lower[last])),
    isLabel: sayLabel(lower),
    isMap: agent !== null && sayMapBeside(lower, placesOf(last, agent.places)),
    rest: rest.join('_'),
  };
}

/** Of any other name the word for a contrast, the last one where it ends the name. */
function anyContrast(whole: string): Told {
  // Words stand at even places, what is between them at odd ones.
  const parts = withoutSigns(whole).split(/([^a-zA-Z0-9]+)/);
  const words = parts.filter((_, n) => n % 2 === 0).map((word) => word.toLowerCase());
  const found = words.flatMap((word, n) => {
    const contrast = contrastOfWord(word) ?? (word.includes('flair') ? 'FLAIR' : null);
    return contrast === null ? [] : [{ n, contrast }];
  });
  const last = found.at(-1);
  if (!last) {
    const [isLabel, isMap] = [sayLabelBeside(words, null), sayMapBeside(words, null)];
    return { contrast: null, enhanced: false, isLabel, isMap, rest: whole };
  }
  const different = new Set(found.map(({ contrast }) => contrast));
  // A FLAIR is weighted by T2, and often says so.
  if (different.has('FLAIR')) different.delete('T2w');
  const agent = agentBeside(words, last.n);
  const run = runAmong(words);
  const at = placesOf(last.n, agent.places);
  const said = [last.n, ...agent.places, ...(run?.places ?? [])];
  const isEnd = words.every((word, n) => n <= last.n || word === '' || said.includes(n));
  const ends = isEnd && !BETWEEN.has(words[at[0] - 1] ?? '');
  return {
    contrast: ends || different.size === 1 ? last.contrast : null,
    enhanced: agent.enhanced || isEnhancedWord(words[last.n]),
    isLabel: sayLabelBeside(words, at),
    isMap: sayMapBeside(words, at),
    run: run?.run,
    rest: tidy(parts.filter((_, n) => n % 2 === 1 || !said.includes(n / 2)).join('')),
  };
}

/** The first and last place of what is said of a contrast. */
const placesOf = (contrast: number, agent: readonly number[]): [number, number] => [
  Math.min(contrast, ...agent),
  Math.max(contrast, ...agent),
];

/** Without what was between words that are gone. */
const tidy = (text: string): string =>
  text.replace(/^[^a-zA-Z0-9(]+|[^a-zA-Z0-9)]+$/g, '').replace(/([^a-zA-Z0-9 (])[^a-zA-Z0-9(]+/g, '$1');

function datasetOf(folders: readonly string[]): string | null {
  const subject = folders.findLastIndex((folder) => /^sub-./i.test(folder));
  if (subject < 0) return null;
  const above = folders.slice(0, subject);
  const derived = above.findLastIndex((folder) => folder.toLowerCase() === 'derivatives');
  return above.slice(0, derived < 0 ? subject : derived).join('/');
}
