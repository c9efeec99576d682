import { HEAD_SHARE } from '../../volume/headSlices';
import { cardPsnr, identicalNote } from '../cards/cardPsnr';
import type { ModelCard, PartMetrics } from '../cards/modelCard';
import { type Measure, PARTS, type Part } from './evaluateSlices';
import { MEASURE_TEXT } from './lesions';
import { METHODS, type Method } from './methods';
import type { LesionTable, ModelReport } from './report';

type Metrics = ModelCard['metrics'];

/** PSNR in dB, SSIM, MAE in parts of the data range. */
const DIGITS: Record<Measure, number> = { psnr: 2, ssim: 4, mae: 4 };

/**
 * The card's tables: a row a scan.
 * @param data the data sets, for people
 * @param made what was scored, such as "After iteration 7, seed 0"
 */
export function cardMetrics(report: ModelReport, split: string, data: string, made: string): Metrics {
  const { model } = report.methods;
  const names = model!.subjects.map(({ subject }) => subject);
  const label = ({ subject, scan }: { subject: string; scan: string }) =>
    names.indexOf(subject) === names.lastIndexOf(subject) ? subject : scan;
  const rows = model!.subjects.flatMap((row, n) => {
    const [whole, foreground, inside] = PARTS.map((part) => partMetrics(report, n, part));
    if (!whole) return [];
    const parts = { ...(foreground && { foreground }), ...(inside && { inside }) };
    return [{ label: label(row), ...whole, ...parts, ...hounsfieldMetrics(report, n) }];
  });
  const slices =
    report.every === 1
      ? `all ${report.slices} slices`
      : `every ${ordinal(report.every)} slice, ${report.slices} in all,`;
  return {
    data,
    split,
    n: report.patients,
    rows,
    note: `${made}; ${slices} with at least ${100 * HEAD_SHARE.evaluation} % head on the scans' own grid, ${report.dataRange.text}: PSNR (dB) and SSIM (Gaussian window) of the whole slice, of the real target's foreground and of the inside of the brain (foreground eroded by 8 pixels); MAE (0..1). The copy is the untranslated source, scored as if it were the target; its histogram-matched form and a voxel-wise intensity regression were fitted on training slices.${missingNote(report)}${identicalNote(psnrs(report))}`,
    ...(report.lesions.length > 0 && {
      lesions: report.lesions.map((table) => lesionMetrics(table, split)),
    }),
  };
}

/** A card is short: the report names all. */
const NAMED = 3;

/** How many slices are not in the means; why is in the report. */
function missingNote({ unscored, methodsUnscored }: ModelReport): string {
  const all = [
    ...unscored.map(({ subject, reason }) => `${subject}: ${reason}`),
    ...(methodsUnscored.model === undefined ? [] : [methodsUnscored.model]),
  ];
  const more = all.length > NAMED ? `; and so in ${all.length - NAMED} more` : '';
  return all.length === 0 ? '' : ` Not in the means: ${all.slice(0, NAMED).join('; ')}${more}.`;
}

const psnrs = ({ methods }: ModelReport) =>
  METHODS.flatMap((method) => methods[method]?.subjects ?? []).flatMap(({ mean }) =>
    PARTS.map((part) => mean[part]?.psnr),
  );

function partMetrics({ methods }: ModelReport, n: number, part: Part): PartMetrics | null {
  const of = (method: Method) => methods[method]?.subjects[n].mean[part];
  const scores = of('model');
  if (!scores) return null;
  const psnr = (method: Method) => {
    const found = of(method);
    return found ? rounded(cardPsnr(found.psnr), DIGITS.psnr) : undefined;
  };
  const [psnrCopy, psnrHistogram, psnrRegression] = [psnr('copy'), psnr('histogram'), psnr('regression')];
  return {
    psnr: psnr('model')!,
    ssim: rounded(scores.ssim, DIGITS.ssim),
    mae: rounded(scores.mae, DIGITS.mae),
    ...(psnrCopy !== undefined && { psnrCopy }),
    ...(psnrHistogram !== undefined && { psnrHistogram }),
    ...(psnrRegression !== undefined && { psnrRegression }),
  };
}

function hounsfieldMetrics({ hounsfield }: ModelReport, n: number) {
  const errors = hounsfield[n]?.methods.model;
  if (!errors || errors.whole === null) return {};
  const short = (value: number | null) => value && rounded(value, 1);
  return { maeHu: { whole: rounded(errors.whole, 1), head: short(errors.head), bone: short(errors.bone) } };
}

/** What they are is the owner's to say on the card: an outline alone does not tell. */
const LESION_KINDS: Record<LesionTable['by'], string> = {
  outline: 'lesions',
  bright: 'small bright lesions',
};

function lesionMetrics({ by, rule, rows, shareKept }: LesionTable, split: string) {
  const short = (value: number | null) => value && rounded(value, 3);
  return {
    by,
    kind: LESION_KINDS[by],
    rule: `By ${rule}. ${MEASURE_TEXT}`,
    data: [...new Set(rows.map(({ data }) => data))].join(', '),
    split,
    rows: rows.map(({ subject, methods }) => {
      const { realContrast, kept, dice, diceReal, falseBright, reason } = methods.model!;
      return {
        label: subject,
        realContrast: short(realContrast),
        kept: short(kept),
        dice: short(dice),
        diceReal: short(diceReal),
        // Small shares are the rule: a thousandth of the brain is as large as a lesion.
        falseBright: falseBright && rounded(falseBright, 5),
        ...(reason === undefined ? {} : { reason }),
      };
    }),
    shareKept: short(shareKept.model ?? null),
  };
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
