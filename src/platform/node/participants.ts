/** participants.tsv of a data set: who is for training. */
import { BadRequest } from '../../errors';
import { oneOf } from '../../schema';
import { linesOf } from '../../text';
import { readText } from './files';

export const SPLITS = ['train', 'val', 'test'] as const;
/** train: to learn from; val: to choose by; test: to be left alone. */
export type Split = (typeof SPLITS)[number];
export const SPLIT = oneOf(SPLITS);

/**
 * Each participant's split; null where the table has no column `split`.
 * @throws BadRequest naming the row where the table is none, or tells no split or two of somebody
 */
export async function readSplits(file: string): Promise<Map<string, Split> | null> {
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
  for (const row of rows.filter((cells) => cells[id])) {
    const split = SPLITS.find((word) => word === row[column]);
    if (!split)
      throw new BadRequest(
        `${file}: split must be ${SPLITS.join(', ')}, got ${row[column] || 'nothing'} for ${row[id]}; correct the row`,
      );
    const before = splits.get(row[id]);
    if (before !== undefined && before !== split) throw inTwoSplits(file, row[id], before, split);
    splits.set(row[id], split);
  }
  return splits;
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
