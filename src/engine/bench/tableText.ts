/** Tables of a report as Markdown and CSV: the same for terminal and page. */
import { plainLine } from '../../plainText';
import { pText } from '../evaluation/pText';
import { markdownTable } from '../textTable';
import { bestRows, type Column, type SuiteReport, type Table, type TableValue } from './suiteReport';

const NONE = '–';

/** "24.31 ± 1.20", to the digits of its column. */
export function valueText(value: TableValue, { digits, isP }: Pick<Column, 'digits' | 'isP'>): string {
  if (value === null) return NONE;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return isP ? pText(value) : fixed(value, digits);
  return `${fixed(value.mean, digits)}${value.std === null ? '' : ` ± ${fixed(value.std, digits)}`}`;
}

/** Without the sign of a 0. */
const fixed = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(0(\.0+)?)$/, '$1');

/**
 * Best values bold; below it why rows lack something, and the notes.
 * @param columns letters of a line: a table that is wider is in several
 */
export function tableMarkdown(table: Table, columns = Infinity): string {
  const best = table.columns.map((column) => bestRows(table, column));
  const rows = table.rows.map(({ name, values }, row) => [
    escaped(name),
    ...table.columns.map((column, n) => {
      const text = escaped(valueText(values[column.id] ?? null, column));
      return best[n].has(row) ? `**${text}**` : text;
    }),
  ]);
  const head = [table.rowsAre, ...table.columns.map(({ label }) => label)].map(escaped);
  const below = [
    ...table.rows.flatMap(({ name, failed }) => (failed === null ? [] : [`${name}: ${failed}`])),
    ...table.notes,
  ];
  return [
    `## ${escaped(table.title)}\n`,
    table.rows.length > 0 ? markdownTable([head, ...rows], columns) : 'No rows.\n',
    ...(below.length > 0 ? [below.map((text) => `- ${escaped(text)}\n`).join('')] : []),
  ].join('\n');
}

/** @param pictureOf the file of a chart; none is named where it is left out @param head lines below the title: what it was made of */
export function reportMarkdown(
  { title, tables, charts }: SuiteReport,
  {
    columns,
    pictureOf,
    head = [],
  }: { columns?: number; pictureOf?: (chart: string) => string; head?: readonly string[] } = {},
): string {
  const pictures = pictureOf
    ? charts.map((chart) => `![${escaped(chart.title)}](${pictureOf(chart.id)})\n`)
    : [];
  const made = head.length > 0 ? [head.map((text) => `- ${escaped(text)}\n`).join('')] : [];
  return [
    `# ${escaped(title)}\n`,
    ...made,
    ...tables.map((table) => tableMarkdown(table, columns)),
    ...pictures,
  ].join('\n');
}

/** A `]` only where it would be a link's or a picture's, a `<` where it could open a tag: no tag begins with a digit. */
const escaped = (text: string): string =>
  plainLine(text).replace(/[\\|*`]|<(?!\d)|\](?=[[(])/g, (one) => `\\${one}`);

/** By RFC 4180, with all digits: of a mean also its standard deviation and number; last, why a row lacks something. */
export function tableCsv({ rowsAre, columns, rows }: Table): string {
  const isMeasured = columns.map(({ id }) =>
    rows.some(({ values }) => typeof values[id] === 'object' && values[id] !== null),
  );
  const cells = (value: TableValue, measured: boolean): string[] => {
    if (!measured) return [value === null ? '' : String(value)];
    if (value === null || typeof value !== 'object') return [value === null ? '' : String(value), '', ''];
    return [value.mean, value.std ?? '', value.n].map(String);
  };
  const head = columns.flatMap(({ label }, n) =>
    isMeasured[n] ? [label, `${label}, standard deviation`, `${label}, n`] : [label],
  );
  const lines = [
    [rowsAre, ...head, 'missing'],
    ...rows.map(({ name, values, failed }) => [
      name,
      ...columns.flatMap(({ id }, n) => cells(values[id] ?? null, isMeasured[n])),
      failed ?? '',
    ]),
  ];
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** Several tables each under its title. */
export function tablesCsv(tables: readonly Table[]): string {
  if (tables.length === 1) return tableCsv(tables[0]);
  return tables.map((table) => `${csvField(table.title)}\r\n${tableCsv(table)}`).join('\r\n');
}

/** A number stays one; a text that a table program would take for a formula begins with an apostrophe. */
function csvField(text: string): string {
  const plain = plainLine(text);
  const line = /^\s*[=+\-@]/.test(plain) && !Number.isFinite(Number(plain)) ? `'${plain}` : plain;
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
