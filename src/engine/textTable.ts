/** Rows as text, for terminals and Markdown. */
import { shortName } from '../plainText';
import { largestOf } from '../volume/extremes';

/** Rows as columns of equal width; the first column to the left, the others to the right. */
export function tableText(whole: readonly (readonly string[])[]): string {
  const rows = whole.map((row) => row.map((cell) => shortName(cell)));
  const widths = rows[0].map((_, column) => largestOf(rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

/**
 * Rows as a table of Markdown, in columns of equal width; the first row is the head, the first column stands to the left.
 * @param columns letters of a line; where it is wider, its columns are in several tables, each with the first
 */
export function markdownTable(rows: readonly (readonly string[])[], columns = Infinity): string {
  const block = (from: number, to: number) =>
    oneTable(rows.map(([first, ...row]) => [first, ...row.slice(from, to)]));
  const count = rows[0].length - 1;
  const tables: string[] = [];
  for (let from = 0; from < count; ) {
    let to = count;
    while (to > from + 1 && widthOf(block(from, to)) > columns) to--;
    tables.push(block(from, to));
    from = to;
  }
  return tables.join('\n');
}

/** Letters of a table's line. */
export const widthOf = (table: string): number => table.indexOf('\n');

function oneTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  const bars = (row: readonly string[]) =>
    row.flatMap((cell, column) => (column === 0 ? [cell] : ['|', cell]));
  const lines = tableText([head, rule, ...body].map(bars))
    .trimEnd()
    .split('\n');
  const width = largestOf(lines.map((line) => line.length));
  return lines.map((line) => `| ${line.padEnd(width)} |\n`).join('');
}
