/** participants.tsv of a data set: who is for training. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BadRequest } from '../../errors';
import { oneOf } from '../../schema';
import { linesOf } from '../../text';
import { readName } from '../../volume/names';
import { bothNames, samePerson } from '../../volume/pairing';
import { someOf } from '../../volume/plainScans';
import { readText } from './files';

/** In the folder of a data set. */
export const TABLE = 'participants.tsv';

export const SPLITS = ['train', 'val', 'test'] as const;
/** train: to learn from; val: to choose by; test: to be left alone. */
export type Split = (typeof SPLITS)[number];
export const SPLIT = oneOf(SPLITS);

/**
 * Each participant's split; null where the table has no column `split`.
 * @throws BadRequest naming the row where the table is none, or tells no split or two of somebody
 */
export async function readSplits(file: string): Promise<Splits | null> {
  const [header = [], ...rows] = tableRows(await readText(file));
  const columns = header.map((name) => name.toLowerCase());
  const [id, column] = [columns.indexOf('participant_id'), columns.indexOf('split')];
  if (header.length === 1 && /\bsplit\b/.test(columns[0]))
    throw new BadRequest(
      `${file}: must have tabs between its columns, got the line ${header[0]}; save it with tabs`,
    );
  if (column < 0) return null;
  if (id < 0)
    throw new BadRequest(`${file}: must have a column participant_id, got ${header.join(', ')}; name it so`);
  const splits = new Map<string, Split>();
  const persons = new Map<string, { id: string; split: Split }>();
  for (const row of rows.filter((cells) => cells[id])) {
    const split = SPLITS.find((word) => word === row[column]);
    if (!split)
      throw new BadRequest(
        `${file}: split must be ${SPLITS.join(', ')}, got ${row[column] || 'nothing'} for ${row[id]}; correct the row`,
      );
    const before = persons.get(samePerson(row[id]));
    if (before !== undefined && before.split !== split)
      throw inTwoSplits(file, bothNames(before.id, row[id]), before.split, split);
    persons.set(samePerson(row[id]), { id: row[id], split });
    splits.set(row[id], split);
  }
  return { byName: splits, persons };
}

export interface Splits {
  /** As the table writes them. */
  readonly byName: ReadonlyMap<string, Split>;
  /** By `samePerson`. */
  readonly persons: ReadonlyMap<string, { split: Split }>;
}

/** Of somebody who may be called by any of these names, as they are written or else by another writing of the same person's. */
export function splitOf({ byName, persons }: Splits, names: readonly string[]): Split | undefined {
  const exact = names.find((name) => byName.has(name));
  if (exact !== undefined) return byName.get(exact);
  const other = names.map(samePerson).find((name) => persons.has(name));
  return other === undefined ? undefined : persons.get(other)?.split;
}

/**
 * What is said of scans that are trained on though the table of their data set has them in another split: they may be named one by one,
 * or by a folder below the table. A sentence a table and split; a table that cannot be read says nothing.
 * @param paths absolute
 */
export async function otherSplitTexts(paths: readonly string[]): Promise<string[]> {
  const tables = new Map<string, Splits | null>();
  const found = new Map<string, Set<string>>();
  for (const path of paths) {
    const { dataset, subject, stem } = readName(path);
    const [own, above] = [dirname(path), dirname(dirname(path))];
    const folder = [dataset ?? own, above].find((one) => existsSync(join(one, TABLE)));
    if (folder === undefined) continue;
    const file = join(folder, TABLE);
    if (!tables.has(file)) tables.set(file, await readSplits(file).catch(() => null));
    const splits = tables.get(file);
    const split = splits ? splitOf(splits, [subject, stem]) : undefined;
    if (split === undefined || split === 'train') continue;
    const text = `trained on, though ${file} has them for ${split}; leave them out unless that is meant`;
    found.set(text, (found.get(text) ?? new Set()).add(subject));
  }
  return [...found].map(([text, subjects]) => `${someOf([...subjects])}: ${text}`);
}

export const inTwoSplits = (file: string, subject: string, one: Split, other: Split): BadRequest =>
  new BadRequest(
    `${file}: a subject must be in one split, got ${one} and ${other} for ${subject}; correct a row`,
  );

/** Without empty lines and those that begin with #; quotes around a cell, as spreadsheets write them, are not part of it. */
export function tableRows(text: string): string[][] {
  return linesOf(text)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t').map(unquoted));
}

/** `"a ""b"""` -> `a "b"` */
export function unquoted(cell: string): string {
  const [, inside] = /^"((?:[^"]|"")*)"$/.exec(cell.trim()) ?? [];
  return inside === undefined ? cell.trim() : inside.replaceAll('""', '"').trim();
}
