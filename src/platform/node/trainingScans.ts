/**
 * The scans that a training is given by name, several names separated by commas (one that holds a comma itself is taken whole where it is there):
 *   FOLDER         all scans in it and below, of one contrast; no masks and segmentations, nothing of derivatives and hidden folders,
 *                  nothing that this program has made
 *   FOLDER:SUFFIX  those of one contrast, e.g. data:T1w for sub-*_T1w.nii.gz in data and below
 *   SCAN           one scan's file, told by its name or else by what it holds
 *   LIST           a text file of paths, one a line, in quotes or not, seen from its own folder; empty lines and those that begin with # do not count
 * A `participants.tsv` in the folder with a column `split` says who is for training; without it, and for files named one by one, all are.
 */
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BadRequest } from '../../errors';
import { type Infer, object, optional, text, whole } from '../../schema';
import { linesOf } from '../../text';
import type { EntityFilter } from '../../volume/entityFilter';
import { SCAN_EXTENSIONS } from '../../volume/formats/names';
import { contrastsOf, isOfContrast, readName } from '../../volume/names';
import { contrastOfWord, isEnhancedWord } from '../../volume/nameWords';
import { aloneTexts, bothNames, pairScans, samePerson } from '../../volume/pairing';
import { plainScans, someOf } from '../../volume/plainScans';
import { shortPaths } from '../../volume/shortPaths';
import { SYNTHETIC_FILTER, syntheticText } from '../../volume/synthetic';
import { readText } from './files';
import { namesIn } from './nameList';
import { inTwoSplits, readSplits, SPLIT, SPLITS, type Split, splitOf, TABLE, unquoted } from './participants';
import { isScanFile } from './scans';
import { type FoundScans, imagesAmong, leftTexts, scansUnder } from './scansUnder';

export { SPLITS, type Split };

export const TRAINING_SCAN = object({
  split: SPLIT,
  /** As `readName` tells it. */
  subject: text(),
  path: text(),
  /** Which volume of a file with several, from 0. */
  volume: optional(whole()),
});
export type TrainingScan = Infer<typeof TRAINING_SCAN>;

/** Lines of a list after which it is told how far it is. */
const LINES_A_WORD = 1000;

/**
 * In the order of the names, each file once, whatever links lead to it; a folder's sorted by path.
 * @param say a sentence on scans that are left out
 * @param filter which is applied afterwards (scanChoice.ts): what it decides is not decided here
 * @param show how far it is, of long lists
 * @throws BadRequest for a name that leads to no scans, in one sentence
 */
export async function trainingScans(
  names: string,
  say: Say = () => {},
  filter: EntityFilter = {},
  show: Say = () => {},
): Promise<TrainingScan[]> {
  const scans = new Map<string, TrainingScan>();
  const again: string[] = [];
  const linked: string[] = [];
  for (const name of namesIn(names))
    for (const scan of await scansOf(name, { say, filter, show })) {
      const file = realPath(scan.path);
      const before = scans.get(file);
      if (!before) scans.set(file, scan);
      else (resolve(before.path) === resolve(scan.path) ? again : linked).push(scan.path);
    }
  if (again.length > 0) say(`${someOf(again)}: named more than once; taken once`);
  if (linked.length > 0) say(`${someOf(linked)}: a link to a file that is named already; taken once`);
  return [...scans.values()];
}

/** Says each sentence once: A and B may be of one folder. */
export function sayOnce(say: Say): Say {
  const said = new Set<string>();
  return (sentence) => {
    if (!said.has(sentence)) say(sentence);
    said.add(sentence);
  };
}

/** Scans of one person, visit and repetition (volume/pairing.ts). @param say sentences on those that are in no pair */
export function pairedScans(
  a: readonly TrainingScan[],
  b: readonly TrainingScan[],
  say: Say = () => {},
): { a: TrainingScan; b: TrainingScan }[] {
  const { pairs, alone } = pairScans(a, b, ({ path }) => path);
  const nameOf = shortPaths([...a, ...b].map(({ path }) => path));
  const told = alone.map(({ scan, why }) => ({ scan: nameOf(scan.path), why }));
  for (const text of aloneTexts(told)) say(text);
  return pairs;
}

/** What the first scan's name tells; null where that is nothing. */
export function contrastOf([first]: readonly TrainingScan[]): string | null {
  if (!first) return null;
  const { contrast, suffix, stem } = readName(first.path);
  return contrast ?? suffix ?? /_([a-z0-9]+)$/i.exec(stem)?.[1] ?? null;
}

/** The name of the data set's folder, of other scans that of their own. */
export function setOf(path: string): string {
  const folder = readName(path).dataset ?? path.split(/[\\/]/).slice(0, -1).join('/');
  return folder.split(/[\\/]/).at(-1) || 'scans';
}

export type Say = (sentence: string) => void;

/** What is said of the choice in a folder, and what the user decides by entities. */
interface Choice {
  say: Say;
  filter: EntityFilter;
  show: Say;
}

async function scansOf(name: string, choice: Choice): Promise<TrainingScan[]> {
  const kind = kindOf(name);
  if (kind === 'folder') return folderScans(name, choice);
  if (kind === 'file') {
    if (!(await isScanFile(name))) return listedScans(name, choice);
    if (imagesAmong([name], choice.filter).synthetic.length > 0) throw new BadRequest(madeText(name, [name]));
    return [{ split: 'train', subject: subjectOf(name), path: name }];
  }
  const colon = name.lastIndexOf(':');
  if (colon < 0) throw new BadRequest(`${name || '""'}: no such folder or list of scans; correct the name`);
  const folder = name.slice(0, colon);
  if (kindOf(folder) !== 'folder') throw new BadRequest(`${folder}: no such folder; correct the name`);
  return contrastScans(folder, name.slice(colon + 1), choice);
}

// Of hundreds of thousands of scans calls that wait their turn take minutes.
function kindOf(path: string): 'folder' | 'file' | null {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

async function folderScans(folder: string, choice: Choice): Promise<TrainingScan[]> {
  const found = await scansUnder(folder, choice.filter);
  const { images, left } = found;
  if (images.length === 0) {
    if (found.synthetic.length > 0) throw new BadRequest(madeText(folder, found.synthetic));
    throw new BadRequest(
      `${folder}: must hold scans (${SCAN_EXTENSIONS.join(', ')}), got ${left.length > 0 ? `only ${leftTexts(left)}` : 'none'}; choose another folder`,
    );
  }
  const contrasts = contrastsOf(images);
  if (contrasts.length > 1) {
    throw new BadRequest(
      `${folder}: must hold scans of one contrast, got ${contrasts.join(', ')}; choose one, as ${folder}:${contrasts[0]}`,
    );
  }
  sayLeft(folder, found, choice);
  const untold = images.filter((path) => contrastsOf([path]).length === 0);
  if (contrasts.length === 1 && untold.length > 0)
    choice.say(`${someOf(untold)}: no contrast in the name; taken as ${contrasts[0]}, as the others are`);
  return withSplits(folder, plainOnes(images, choice));
}

/**
 * Whether a data set has scans of a contrast.
 * @param filter as of `trainingScans`
 * @throws BadRequest where there is no such folder
 */
export async function hasContrast(
  folder: string,
  contrast: string,
  filter: EntityFilter = {},
): Promise<boolean> {
  if (kindOf(folder) !== 'folder') throw new BadRequest(`${folder}: no such folder; correct the name`);
  return (await scansUnder(folder, filter)).images.some((path) => isOfContrast(path, contrast));
}

async function contrastScans(folder: string, contrast: string, choice: Choice): Promise<TrainingScan[]> {
  const found = await scansUnder(folder, choice.filter);
  const ofContrast = (names: readonly string[]) => names.filter((name) => isOfContrast(name, contrast));
  const images = ofContrast(found.images);
  if (images.length === 0) {
    const made = ofContrast(found.synthetic);
    if (made.length > 0) throw new BadRequest(madeText(folder, made));
    throw new BadRequest(
      `${folder}: must hold scans named sub-*_${contrast}, got ${contrastsOf(found.images).join(', ') || (found.images.length === 0 ? 'no scan at all' : 'none whose name tells a contrast')}; ${contrastAdvice(folder, contrast, found.images)}`,
    );
  }
  sayLeft(folder, found, choice);
  return withSplits(folder, plainOnes(images, choice));
}

/** Of a word for a contrast what scans of it are called here: "t1ce" are T1w scans with an agent. */
function contrastAdvice(folder: string, word: string, images: readonly string[]): string {
  if (contrastsOf(images).length === 0)
    return images.length === 0 ? 'choose another folder' : 'name the scans so, or choose another folder';
  const suffix = contrastOfWord(word);
  if (suffix === null || !images.some((path) => isOfContrast(path, suffix)))
    return 'choose a contrast that is there';
  const agent = isEnhancedWord(word) ? ' with --filter ce=yes for those with a contrast agent' : '';
  return `choose ${folder}:${suffix}${agent}`;
}

const madeText = (where: string, names: readonly string[]): string =>
  `${where}: must hold scans, got only images that this program has made, such as ${names[0]}; choose others, or these by --filter ${SYNTHETIC_FILTER}`;

function plainOnes(images: readonly string[], { say, filter }: Choice): string[] {
  const { plain, texts } = plainScans(images, (path) => path, filter);
  for (const text of texts) say(text);
  return plain;
}

function sayLeft(where: string, { left, synthetic }: FoundScans, { say }: Choice): void {
  if (left.length > 0) say(`${where}: left out ${leftTexts(left)}`);
  if (synthetic.length > 0)
    say(`${syntheticText(synthetic)}; choose such images by --filter ${SYNTHETIC_FILTER}`);
}

async function listedScans(list: string, choice: Choice): Promise<TrainingScan[]> {
  const lines = linesOf(await readText(list, 'a scan, or a text file that names a scan a line'));
  const paths: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0 && index % LINES_A_WORD === 0) choice.show(`${list}: line ${index} of ${lines.length}`);
    const name = unquoted(line);
    if (name === '' || name.startsWith('#')) continue;
    const path = resolve(dirname(list), name);
    const kind = kindOf(path);
    if (kind !== 'file') {
      const got = kind === 'folder' ? `the folder ${name}` : `no such file as ${name}`;
      throw new BadRequest(`${list}, line ${index + 1}: must name a scan, got ${got}; correct the line`);
    }
    paths.push(path);
  }
  if (paths.length === 0)
    throw new BadRequest(`${list}: must name a scan a line, got none; write paths into it`);
  // Of a file that is named one by one its own name counts, not where it lies.
  const found = imagesAmong([...new Set(paths.map((path) => basename(path)))], choice.filter);
  const images = new Set(found.images);
  const named = paths.filter((path) => images.has(basename(path)));
  if (named.length === 0 && found.synthetic.length > 0) throw new BadRequest(madeText(list, found.synthetic));
  if (named.length === 0)
    throw new BadRequest(`${list}: must name scans, got only ${leftTexts(found.left)}; write others into it`);
  sayLeft(list, found, choice);
  return named.map((path) => ({ split: 'train', subject: subjectOf(path), path }));
}

async function withSplits(folder: string, names: readonly string[]): Promise<TrainingScan[]> {
  const file = join(folder, TABLE);
  const splits = kindOf(file) === 'file' ? await readSplits(file) : null;
  const before = new Map<string, { subject: string; split: Split }>();
  return names.map((name) => {
    const path = join(folder, name);
    const subject = subjectOf(name);
    const split = splits ? splitOf(splits, [subject, readName(name).stem]) : 'train';
    if (!split)
      throw new BadRequest(`${file}: must give every subject a split, got no row for ${subject}; add one`);
    const other = before.get(samePerson(subject));
    // Rows may name files, and with them a subject twice.
    if (other !== undefined && other.split !== split)
      throw inTwoSplits(file, bothNames(other.subject, subject), other.split, split);
    before.set(samePerson(subject), { subject, split });
    return { split, subject, path };
  });
}

const subjectOf = (path: string): string => readName(path).subject;
