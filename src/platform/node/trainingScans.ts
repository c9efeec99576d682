/**
 * The scans that a training is given by name, several names separated by commas (one that holds a comma itself is taken whole where it is there):
 *   FOLDER         all scans in it and below, of one contrast; no masks and segmentations, nothing of derivatives and hidden folders
 *   FOLDER:SUFFIX  those of one contrast, e.g. data:T1w for sub-*_T1w.nii.gz below data/sub-*
 *   SCAN           one scan's file, told by its name or else by what it holds
 *   LIST           a text file of paths, one a line, in quotes or not, seen from its own folder; empty lines and those that begin with # do not count
 * A `participants.tsv` in the folder with a column `split` says who is for training; without it, and for files named one by one, all are.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BadRequest } from '../../errors';
import { type Infer, object, optional, text, whole } from '../../schema';
import { linesOf } from '../../text';
import type { EntityFilter } from '../../volume/entityFilter';
import { mayHoldScan } from '../../volume/formats/content';
import { groupScans, isWholeScan, SCAN_EXTENSIONS } from '../../volume/formats/names';
import { contrastsOf, isDerived, isOfContrast, readName } from '../../volume/names';
import { aloneTexts, pairScans } from '../../volume/pairing';
import { plainScans, someOf } from '../../volume/plainScans';
import { readText } from './files';
import { namesIn } from './nameList';
import { inTwoSplits, readSplits, SPLIT, SPLITS, type Split, unquoted } from './participants';
import { isScanFile } from './scans';

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

/**
 * In the order of the names, each once; a folder's sorted by path.
 * @param say a sentence on scans that are left out
 * @param filter which is applied afterwards (scanChoice.ts): what it decides is not decided here
 * @throws BadRequest for a name that leads to no scans, in one sentence
 */
export async function trainingScans(
  names: string,
  say: Say = () => {},
  filter: EntityFilter = {},
): Promise<TrainingScan[]> {
  const scans = new Map<string, TrainingScan>();
  const again: string[] = [];
  for (const name of namesIn(names))
    for (const scan of await scansOf(name, { say, filter })) {
      const path = resolve(scan.path);
      if (scans.has(path)) again.push(scan.path);
      else scans.set(path, scan);
    }
  if (again.length > 0) say(`${someOf(again)}: named more than once; taken once`);
  return [...scans.values()];
}

/** Scans of one person, visit and repetition (volume/pairing.ts). @param say sentences on those that are in no pair */
export function pairedScans(
  a: readonly TrainingScan[],
  b: readonly TrainingScan[],
  say: Say = () => {},
): { a: TrainingScan; b: TrainingScan }[] {
  const { pairs, alone } = pairScans(a, b, ({ path }) => path);
  const names = alone.map(({ scan }) => basename(scan.path));
  const isOnly = new Set(names).size === names.length;
  const told = alone.map(({ scan, why }) => ({ scan: isOnly ? basename(scan.path) : scan.path, why }));
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
}

async function scansOf(name: string, choice: Choice): Promise<TrainingScan[]> {
  const kind = await kindOf(name);
  if (kind === 'folder') return folderScans(name, choice);
  if (kind === 'file')
    return (await isScanFile(name))
      ? [{ split: 'train', subject: subjectOf(name), path: name }]
      : listedScans(name);
  const colon = name.lastIndexOf(':');
  if (colon < 0) throw new BadRequest(`${name || '""'}: no such folder or list of scans; correct the name`);
  const folder = name.slice(0, colon);
  if ((await kindOf(folder)) !== 'folder')
    throw new BadRequest(`${folder}: no such folder; correct the name`);
  return contrastScans(folder, name.slice(colon + 1), choice);
}

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  return found.isDirectory() ? 'folder' : 'file';
}

async function folderScans(folder: string, choice: Choice): Promise<TrainingScan[]> {
  const paths = await scansUnder(folder);
  if (paths.length === 0)
    throw new BadRequest(
      `${folder}: must hold scans (${SCAN_EXTENSIONS.join(', ')}), got none; choose another folder`,
    );
  const contrasts = contrastsOf(paths);
  if (contrasts.length > 1) {
    throw new BadRequest(
      `${folder}: must hold scans of one contrast, got ${contrasts.join(', ')}; choose one, as ${folder}:${contrasts[0]}`,
    );
  }
  const untold = paths.filter((path) => contrastsOf([path]).length === 0);
  if (contrasts.length === 1 && untold.length > 0)
    choice.say(
      `${someOf(untold.map((path) => relative(folder, path)))}: no contrast in the name; taken as ${contrasts[0]}, as the others are`,
    );
  return withSplits(folder, plainOnes(folder, paths, choice));
}

/** Whether a data set has scans of a contrast. @throws BadRequest where there is no such folder */
export async function hasContrast(folder: string, contrast: string): Promise<boolean> {
  if ((await kindOf(folder)) !== 'folder')
    throw new BadRequest(`${folder}: no such folder; correct the name`);
  return (await setScans(folder)).some((path) => isOfContrast(path, contrast));
}

/** Of a BIDS data set those of its subjects. */
async function setScans(folder: string): Promise<string[]> {
  const paths = await scansUnder(folder);
  const ofSubjects = paths.filter((path) => relative(folder, path).startsWith('sub-'));
  return ofSubjects.length > 0 ? ofSubjects : paths;
}

async function contrastScans(folder: string, contrast: string, choice: Choice): Promise<TrainingScan[]> {
  const scans = await setScans(folder);
  const paths = scans.filter((path) => isOfContrast(path, contrast));
  if (paths.length === 0) {
    const there = contrastsOf(scans).join(', ') || 'none whose name tells a contrast';
    throw new BadRequest(
      `${folder}: must hold scans named sub-*_${contrast}, got ${there}; choose a contrast that is there`,
    );
  }
  return withSplits(folder, plainOnes(folder, paths, choice));
}

function plainOnes(folder: string, paths: readonly string[], { say, filter }: Choice): string[] {
  const inFolder = paths.map((path) => relative(folder, path));
  const { plain, texts } = plainScans(inFolder, (path) => path, filter);
  for (const text of texts) say(text);
  return plain.map((path) => join(folder, path));
}

async function listedScans(list: string): Promise<TrainingScan[]> {
  const lines = linesOf(await readText(list, 'a scan, or a text file that names a scan a line'));
  const scans: TrainingScan[] = [];
  for (const [index, line] of lines.entries()) {
    const name = unquoted(line);
    if (name === '' || name.startsWith('#')) continue;
    const path = resolve(dirname(list), name);
    const kind = await kindOf(path);
    if (kind !== 'file') {
      const got = kind === 'folder' ? `the folder ${name}` : `no such file as ${name}`;
      throw new BadRequest(`${list}, line ${index + 1}: must name a scan, got ${got}; correct the line`);
    }
    scans.push({ split: 'train', subject: subjectOf(path), path });
  }
  if (scans.length === 0)
    throw new BadRequest(`${list}: must name a scan a line, got none; write paths into it`);
  return scans;
}

async function withSplits(folder: string, paths: readonly string[]): Promise<TrainingScan[]> {
  const file = join(folder, 'participants.tsv');
  const splits = (await kindOf(file)) === 'file' ? await readSplits(file) : null;
  const before = new Map<string, Split>();
  return paths.map((path) => {
    const subject = subjectOf(path);
    const split = splits ? (splits.get(subject) ?? splits.get(readName(path).stem)) : 'train';
    if (!split)
      throw new BadRequest(`${file}: must give every subject a split, got no row for ${subject}; add one`);
    const other = before.get(subject);
    // Rows may name files, and with them a subject twice.
    if (other !== undefined && other !== split) throw inTwoSplits(file, subject, other, split);
    before.set(subject, split);
    return { split, subject, path };
  });
}

/** One file of each image of a contrast in the folder and below, sorted, without regard to the language of the machine. */
async function scansUnder(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort(byCode);
  const files = names.map((name) => ({ name }));
  const found = new Set<string>();
  for (const { name } of groupScans(files).others)
    if (mayHoldScan(name, false) && (await isScanFile(join(folder, name)))) found.add(name);
  const { scans } = groupScans(files, ({ name }) => found.has(name));
  return scans
    .filter(isWholeScan)
    .map(([{ name }]) => name)
    .filter((name) => !isDerived(name) && !readName(name).isLabel)
    .map((name) => join(folder, name))
    .sort(byCode);
}

const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const subjectOf = (path: string): string => readName(path).subject;
