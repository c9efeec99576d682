/** What a suite ends in: tables and charts as plain data, which terminal and page write as JSON, CSV, Markdown and pictures. */

export interface Column {
  id: string;
  /** With its unit: "PSNR (dB)". */
  label: string;
  /** Digits after the point. */
  digits: number;
  /** Of p values, whatever their digits: "<0.0001". */
  isP?: true;
  /** Which values of a column are the best; null where none is. */
  better: 'higher' | 'lower' | null;
}

/** A mean with its sample standard deviation over `n`; `std` is null for fewer than two. */
export interface Measured {
  mean: number;
  std: number | null;
  n: number;
}

/** Null: there is none, and the row's or the table's notes say why. */
export type TableValue = Measured | number | string | null;

export interface TableRow {
  name: string;
  values: Readonly<Record<string, TableValue>>;
  /** Why something of it is missing, in a sentence; null where nothing is. */
  failed: string | null;
}

export interface Table {
  id: string;
  title: string;
  /** What stands in the first column. */
  rowsAre: string;
  columns: readonly Column[];
  rows: readonly TableRow[];
  /** What a reader must know: sentences. */
  notes: readonly string[];
  /** The one of the notes that is told while the table is made, too: it is not what was expected. */
  remark?: string;
}

export interface ChartPoint {
  /** A number of a curve, the name of a bar. */
  x: number | string;
  y: number;
  /** Half the length of its error bar; null without one. */
  std: number | null;
}

export interface Chart {
  id: string;
  title: string;
  kind: 'bars' | 'curves';
  xLabel: string;
  yLabel: string;
  /** By powers of ten: of values above 0, some of which are many times others. */
  isLog?: true;
  /** No value can be below 0, as of a deviation: error bars end there. */
  isPositive?: true;
  series: readonly { name: string; points: readonly ChartPoint[] }[];
}

export interface SuiteReport {
  suite: string;
  title: string;
  tables: readonly Table[];
  charts: readonly Chart[];
  /** Scores of every slice, where the tables are means of them: plain data, of a run that has ended. */
  slices?: readonly object[];
}

/** Whether a row was computed, and has no value all the same: one that failed has no values to look at. */
export function isEmptyRow({ values }: Pick<TableRow, 'values'>): boolean {
  const all = Object.values(values);
  return all.length > 0 && all.every((value) => value === null);
}

export const meanOf = (value: TableValue): number | null => {
  if (value === null || typeof value === 'string') return null;
  return typeof value === 'number' ? value : value.mean;
};

/** The rows whose value of a column is the best, to the digits that are shown; empty where nothing is better than another. */
export function bestRows({ rows }: Pick<Table, 'rows'>, { id, better, digits }: Column): Set<number> {
  if (better === null) return new Set();
  const shown = rows.map(({ values }) => {
    const mean = meanOf(values[id] ?? null);
    return mean === null ? null : Number(mean.toFixed(digits));
  });
  const found = shown.filter((value) => value !== null);
  if (new Set(found).size < 2) return new Set();
  const best = better === 'higher' ? Math.max(...found) : Math.min(...found);
  return new Set(shown.flatMap((value, row) => (value === best ? [row] : [])));
}
