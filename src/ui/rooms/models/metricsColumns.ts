/** A card's scores as a table: columns only for what some row has, and a mean under them. */
import type { ModelCard } from '../../../workers/translate/protocol';

type Row = ModelCard['metrics']['rows'][number];
type Value = number | null | undefined;

export interface MetricsColumn {
  name: string;
  /** One cell's text for each row, then for the mean over the rows that have the value. */
  cells: string[];
}

export function metricsColumns(rows: readonly Row[]): MetricsColumn[] {
  const column = (name: string, values: (row: Row) => Value[], text: (values: Value[]) => string) => {
    const all = rows.map(values);
    const mean = all[0].map((_, n) => meanOf(all.map((row) => row[n])));
    return { name, cells: [...all, mean].map(text) };
  };
  const psnr = (name: string, field: 'psnr' | 'psnrCopy' | 'psnrHistogram' | 'psnrRegression') =>
    rows.some((row) => row[field] !== undefined)
      ? [
          column(
            name,
            (row) => [row[field]],
            ([value]) => fixed(value, 2),
          ),
        ]
      : [];
  const part = (name: string, field: 'foreground' | 'inside') =>
    rows.some((row) => row[field])
      ? [column(name, (row) => [row[field]?.psnr, row[field]?.psnrCopy], besideCopy)]
      : [];
  return [
    ...psnr('PSNR dB', 'psnr'),
    column(
      'SSIM %',
      ({ ssim }) => [100 * ssim],
      ([value]) => fixed(value, 1),
    ),
    column(
      'MAE',
      ({ mae }) => [mae],
      ([value]) => fixed(value, 3),
    ),
    ...psnr('PSNR dB of the source', 'psnrCopy'),
    ...psnr('PSNR dB of the histogram-matched source', 'psnrHistogram'),
    ...psnr('PSNR dB of a regression', 'psnrRegression'),
    ...part('Foreground PSNR dB (of the source)', 'foreground'),
    ...part('Inside the brain PSNR dB (of the source)', 'inside'),
    ...(rows.some(({ maeHu }) => maeHu)
      ? [
          column(
            'MAE HU: whole, head, bone',
            ({ maeHu }) => [maeHu?.whole, maeHu?.head, maeHu?.bone],
            (values) => (values.every(isMissing) ? '–' : values.map((value) => fixed(value, 0)).join(', ')),
          ),
        ]
      : []),
  ];
}

const isMissing = (value: Value) => value === null || value === undefined;

const fixed = (value: Value, digits: number) => value?.toFixed(digits) ?? '–';

function besideCopy([own, copy]: Value[]): string {
  return isMissing(copy) ? fixed(own, 2) : `${fixed(own, 2)} (${fixed(copy, 2)})`;
}

function meanOf(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
