/**
 * The scans that a training is given by name, several names separated by commas:
 *   FOLDER         all scans in it and below, of one contrast
 *   FOLDER:SUFFIX  those of one suffix in a BIDS data set, e.g. data:T1w for sub-*_T1w.nii.gz below data/sub-*
 *   SCAN           one scan's file
 *   LIST           a text file of paths, one a line, seen from its own folder; empty lines and those that begin with # do not count
 * A `participants.tsv` in the folder with a column `split` says who is for training; without it, and for files named one by one, all are.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BadRequest } from '../../errors';
import { type Infer, object, oneOf, text } from '../../schema';
import { groupScans, isScanName, isWholeScan, SCAN_EXTENSIONS, scanStem } from '../../volume/formats/names';

export const SPLITS = ['train', 'val', 'test'] as const;
/** train: to learn from; val: to choose by; test: to be left alone. */
export type Split = (typeof SPLITS)[number];

export const TRAINING_SCAN = object({
  split: oneOf(SPLITS),
  /** "sub-XX" of a BIDS name, else the file's name without extension. */
  subject: text(),
  path: text(),
});
export type TrainingScan = Infer<typeof TRAINING_SCAN>;

/** In the order of the names; a folder's sorted by path. @throws BadRequest for a name that leads to no scans, in one sentence */
export async function trainingScans(names: string): Promise<TrainingScan[]> {
  const scans: TrainingScan[] = [];
  for (const name of names.split(',')) scans.push(...(await scansOf(name.trim())));
  return scans;
}

/**
 * Scans of the same subject, session and split, in the order of `a`; the n-th of several with the n-th. Whoever lacks one
 * contrast is left out.
 */
export function pairBySubject(
  a: readonly TrainingScan[],
  b: readonly TrainingScan[],
): { a: TrainingScan; b: TrainingScan }[] {
  const waiting = [...b];
  return a.flatMap((scan) => {
    const place = waiting.findIndex((other) => pairKey(other) === pairKey(scan));
    return place < 0 ? [] : [{ a: scan, b: waiting.splice(place, 1)[0] }];
  });
}

function pairKey({ split, subject, path }: TrainingScan): string {
  const session = /_(ses-[^_]+)_/.exec(basename(path))?.[1];
  return [split, subject, session].join(' ');
}

/** The name of the folder that holds the subjects, or the scan itself. */
export function setOf(path: string): string {
  const parts = path.split(/[\\/]/);
  const subject = parts.findIndex((part, n) => n > 0 && n < parts.length - 1 && part.startsWith('sub-'));
  return (subject > 0 ? parts[subject - 1] : parts[parts.length - 2]) || 'scans';
}

async function scansOf(name: string): Promise<TrainingScan[]> {
  const kind = await kindOf(name);
  if (kind === 'folder') return folderScans(name);
  if (kind === 'file')
    return isScanName(name) ? [{ split: 'train', subject: subjectOf(name), path: name }] : listedScans(name);
  const colon = name.lastIndexOf(':');
  if (colon < 0) throw new BadRequest(`${name || '""'}: no such folder or list of scans; correct the name`);
  const folder = name.slice(0, colon);
  if ((await kindOf(folder)) !== 'folder')
    throw new BadRequest(`${folder}: no such folder; correct the name`);
  return bidsScans(folder, name.slice(colon + 1));
}

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  return found.isDirectory() ? 'folder' : 'file';
}

async function folderScans(folder: string): Promise<TrainingScan[]> {
  const paths = await scansUnder(folder);
  if (paths.length === 0)
    throw new BadRequest(
      `${folder}: must hold scans (${SCAN_EXTENSIONS.join(', ')}), got none; choose another folder`,
    );
  const suffixes = suffixesOf(paths);
  if (suffixes.length > 1) {
    throw new BadRequest(
      `${folder}: must hold scans of one contrast, got ${suffixes.join(', ')}; choose one, as ${folder}:${suffixes[0]}`,
    );
  }
  return withSplits(folder, paths);
}

/** Whether a BIDS data set has scans of a suffix. @throws BadRequest where there is no such folder */
export async function hasSuffix(folder: string, suffix: string): Promise<boolean> {
  if ((await kindOf(folder)) !== 'folder')
    throw new BadRequest(`${folder}: no such folder; correct the name`);
  return (await bidsFiles(folder)).some((path) => bidsName(path)?.suffix === suffix);
}

/** Not those of derivatives and sourcedata, which lie beside the subjects. */
async function bidsFiles(folder: string): Promise<string[]> {
  return (await scansUnder(folder)).filter((path) => relative(folder, path).startsWith('sub-'));
}

async function bidsScans(folder: string, suffix: string): Promise<TrainingScan[]> {
  const files = await bidsFiles(folder);
  const paths = files.filter((path) => bidsName(path)?.suffix === suffix);
  if (paths.length === 0) {
    const there = suffixesOf(files).join(', ') || 'no scans of a BIDS data set at all';
    throw new BadRequest(
      `${folder}: must hold scans sub-*_${suffix}, got ${there}; choose a suffix that is there`,
    );
  }
  return withSplits(folder, paths);
}

async function listedScans(list: string): Promise<TrainingScan[]> {
  const lines = textLines(await readFile(list, 'utf8'));
  const scans: TrainingScan[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const path = resolve(dirname(list), line);
    if ((await kindOf(path)) !== 'file')
      throw new BadRequest(`${list}, line ${index + 1}: must name a scan, got no such file as ${line}`);
    scans.push({ split: 'train', subject: subjectOf(path), path });
  }
  if (scans.length === 0) throw new BadRequest(`${list}: must name a scan a line, got none`);
  return scans;
}

async function withSplits(folder: string, paths: readonly string[]): Promise<TrainingScan[]> {
  const file = join(folder, 'participants.tsv');
  const splits = (await kindOf(file)) === 'file' ? readSplits(file, await readFile(file, 'utf8')) : null;
  return paths.map((path) => {
    const subject = subjectOf(path);
    const split = splits ? splits.get(subject) : 'train';
    if (!split)
      throw new BadRequest(`${file}: must give every subject a split, got no row for ${subject}; add one`);
    return { split, subject, path };
  });
}

/** Each participant's split; null where the table has no such column. */
function readSplits(file: string, text: string): Map<string, Split> | null {
  const [header, ...rows] = textLines(text).map((line) => line.split('\t').map((cell) => cell.trim()));
  const [id, column] = [header.indexOf('participant_id'), header.indexOf('split')];
  if (column < 0) return null;
  if (id < 0) throw new BadRequest(`${file}: must have a column participant_id, got ${header.join(', ')}`);
  const filled = rows.filter(([first]) => first !== '');
  return new Map(
    filled.map((row) => {
      const split = SPLITS.find((word) => word === row[column]);
      if (!split) {
        throw new BadRequest(
          `${file}: split must be ${SPLITS.join(', ')}, got ${row[column] || 'nothing'} for ${row[id]}`,
        );
      }
      return [row[id], split];
    }),
  );
}

/** One file of each whole scan in the folder and below, sorted, without regard to the language of the machine. */
async function scansUnder(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort(byCode);
  const { scans } = groupScans(names.map((name) => ({ name })));
  return scans
    .filter(isWholeScan)
    .map(([{ name }]) => join(folder, name))
    .sort(byCode);
}

const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Entity and suffix of a name such as sub-01_ses-2_T1w.nii.gz. */
function bidsName(path: string): { subject: string; suffix: string } | null {
  const match = /^(sub-[^_]+)_(?:.+_)?([^_.]+)$/.exec(scanStem(basename(path)));
  return match && { subject: match[1], suffix: match[2] };
}

function subjectOf(path: string): string {
  return bidsName(path)?.subject ?? scanStem(basename(path));
}

function suffixesOf(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => bidsName(path)?.suffix ?? []))].sort(byCode);
}

/** Without the byte order mark and line ends that spreadsheets write. */
function textLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trim());
}
