import { plainJson, shortName, shortSentence } from '../../plainText';
import { largestOf } from '../../volume/extremes';
import type { OptionSpec } from './command';

export const JSON_OPTION: OptionSpec = { text: 'results as JSON' };

/**
 * JSON for `--json`, indented, lists of plain values on one line. JSON knows no infinity: it is written as the string "Infinity", which `Number()` and
 * Python's `float()` read back (an error of `parity`; scores have none); what is not a number becomes null.
 */
export function jsonText(value: unknown): string {
  const safe = (_key: string, item: unknown) => {
    if (typeof item !== 'number' || Number.isFinite(item)) return item;
    return Number.isNaN(item) ? null : String(item);
  };
  const text = JSON.stringify(value, safe, 2);
  // Inside a string JSON has no line ends, so only lists of plain values match.
  const compact = text.replace(/\[\n\s*([^[\]{}\n]+(?:\n[^[\]{}\n]+)*)\n\s*\]/g, (_, items: string) => {
    return `[${items.replace(/\n\s*/g, ' ')}]`;
  });
  return `${plainJson(compact)}\n`;
}

/** Labels and what they stand for, one a line. */
export function factsText(facts: readonly (readonly [label: string, text: string])[]): string {
  const width = largestOf(facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${shortSentence(text)}\n`).join('');
}

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

/** "1 slice", "3 slices". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** "45 s", "12 min", "3 h 20 min". */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
