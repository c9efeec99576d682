/** An evaluation in tables of Markdown, for people. */

import { outsideText } from '../../engine/evaluation/dataRange';
import { MEASURES, PARTS, type Part, type Spreads, spread } from '../../engine/evaluation/evaluateSlices';
import { MEASURE_TEXT } from '../../engine/evaluation/lesions';
import { METHODS, type Method } from '../../engine/evaluation/methods';
import { BONE_HU } from '../../engine/evaluation/metrics/hounsfield';
import { pText } from '../../engine/evaluation/pText';
import type { LesionTable, ModelReport } from '../../engine/evaluation/report';
import type { WilcoxonResult } from '../../engine/evaluation/wilcoxon';
import { markdownTable, widthOf } from '../../engine/textTable';
import { HEAD_SHARE } from '../../volume/headSlices';
import { counted } from '../kit/report';
import { spreadText } from './pairTable';

const LABELS: Record<Method, string> = {
  model: 'model',
  copy: 'copy of the source',
  histogram: 'copy, histogram matched',
  regression: 'mean-intensity regression',
  r: 'R alone',
};

const DIGITS = { psnr: 2, ssim: 3, mae: 4 } as const;

/** @param columns letters of a line, which tables fit */
export function evaluationText(report: ModelReport, split: string, columns: number): string {
  const { model, source, target, patients, slices, every, dataRange, broken } = report;
  const counting = every === 1 ? '' : `, every ${every} slices`;
  const parts = [
    `${model}: ${source} to ${target}, ${split}: ${counted(patients, 'patient')}, ${counted(slices, 'slice')} with at least ${100 * HEAD_SHARE.evaluation} % head${counting}; ${dataRange.text}\n`,
    methodsText(report, columns),
    patientsText(report, columns),
    hounsfieldText(report, columns),
    ...report.lesions.map((lesions) => lesionsText(lesions, columns)),
    tissueText(report),
    changeText(report),
    samplesText(report),
    outsideScansText(report),
    unscoredText(report),
    ...broken.map(({ subject, reason }) => `${subject}: left out: ${reason}\n`),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Over patients, with p of the PSNR of each part against the model's. */
function methodsText({ methods, wilcoxon, regressionSubjects }: ModelReport, columns: number): string {
  const cell = (found: Spreads | null, measure: (typeof MEASURES)[number]) =>
    found && !found[measure] ? 'identical' : spreadText(found?.[measure], DIGITS[measure]);
  const testOf = (method: Method, part: Part) => (method === 'model' ? null : wilcoxon[method]?.[part].psnr);
  const rowsOf = (parts: readonly Part[]) =>
    METHODS.flatMap((method) => {
      const found = methods[method];
      if (!found) return [];
      const cells = parts.flatMap((part) => [
        ...MEASURES.map((measure) => cell(found.overPatients[part], measure)),
        testText(testOf(method, part)),
      ]);
      return [[LABELS[method], ...cells]];
    });
  const head = PARTS.flatMap((part) => [`${part} PSNR dB`, 'SSIM', 'MAE', 'p (n)']);
  const whole = markdownTable([['mean ± SD over patients', ...head], ...rowsOf(PARTS)]);
  const tables =
    widthOf(whole) <= columns
      ? whole
      : PARTS.map((part) =>
          markdownTable(
            [[`${part}, mean ± SD over patients`, 'PSNR dB', 'SSIM', 'MAE', 'p (n)'], ...rowsOf([part])],
            columns,
          ),
        ).join('\n');
  const tests = METHODS.flatMap((method) => PARTS.flatMap((part) => testOf(method, part) ?? []));
  const n = Math.max(0, ...tests.map((test) => test.n));
  const least = Math.min(1, ...tests.map((test) => test.smallestP));
  return `${tables}p: Wilcoxon's signed-rank test, two-sided, of the model's PSNR against the row's over ${counted(n, "patient's mean", "patients' means")}, n of them differing; ${n} can give no p below ${pText(least)}. Regression fitted on ${counted(regressionSubjects, 'training subject')}. Inside: foreground eroded by 8 pixels.\n`;
}

function testText(test: WilcoxonResult | null | undefined): string {
  return test ? `${pText(test.p)} (${test.n})` : '';
}

/** PSNR a scan: the model's and, in brackets, those that it has to beat. */
function patientsText({ methods }: ModelReport, columns: number): string {
  const others = METHODS.filter((method) => method !== 'model' && methods[method]);
  const psnr = (method: Method, n: number, part: Part) => {
    const mean = methods[method]!.subjects[n].mean[part];
    return mean ? (mean.psnr?.toFixed(2) ?? 'identical') : '-';
  };
  const rows = methods.model!.subjects.map(({ subject, slices }, n) => [
    subject,
    String(slices.length),
    ...PARTS.map(
      (part) => `${psnr('model', n, part)} (${others.map((method) => psnr(method, n, part)).join(', ')})`,
    ),
  ]);
  const labels = others.map((method) => LABELS[method]).join('; ');
  return `PSNR in dB, of the model (${labels}):\n${markdownTable([['', 'slices', ...PARTS], ...rows], columns)}`;
}

/** Mean over scans. */
function hounsfieldText({ hounsfield }: ModelReport, columns: number): string {
  if (hounsfield.length === 0) return '';
  const rows = METHODS.flatMap((method) => {
    const found = hounsfield.flatMap(({ methods }) => methods[method] ?? []);
    if (found.length === 0) return [];
    const cell = (values: readonly number[]) => {
      const { mean, std } = spread(values);
      return values.length === 0 ? '-' : `${mean.toFixed(1)}${std === null ? '' : ` ± ${std.toFixed(1)}`}`;
    };
    const of = (part: 'whole' | 'head' | 'bone') => cell(found.flatMap((errors) => errors[part] ?? []));
    return [[LABELS[method], of('whole'), of('head'), of('bone')]];
  });
  return markdownTable(
    [['MAE in HU, mean ± SD over scans', 'whole', 'head', `bone > ${BONE_HU} HU`], ...rows],
    columns,
  );
}

function lesionsText({ rule, rows, shareKept }: LesionTable, columns: number): string {
  const number = (value: number | null | undefined, digits: number) => value?.toFixed(digits) ?? '-';
  const percent = (value: number | null, digits: number) =>
    value === null ? '-' : `${(100 * value).toFixed(digits)} %`;
  const table = rows.map(({ subject, methods }) => {
    const { realContrast, kept, dice, diceReal, falseBright } = methods.model!;
    return [
      subject,
      number(realContrast, 2),
      number(kept, 2),
      number(methods.copy?.kept, 2),
      number(dice, 2),
      number(diceReal, 2),
      percent(falseBright, 2),
    ];
  });
  const head = [
    'lesions',
    'real contrast',
    'kept',
    'kept by a copy',
    'Dice',
    'Dice of the real',
    'false bright',
  ];
  const reasons = rows.flatMap(({ subject, methods }) => {
    const reason = methods.model!.reason;
    return reason === undefined ? [] : [`${subject}: ${reason}\n`];
  });
  return `Lesions by ${rule}: median share kept ${number(shareKept.model, 2)}. ${MEASURE_TEXT}\n${markdownTable([head, ...table], columns)}${reasons.join('')}`;
}

function tissueText({ tissue }: ModelReport): string {
  if (tissue.length === 0) return '';
  const wrong = tissue.filter(({ same }) => !same);
  const named = wrong.map(
    ({ subject, orderReal, orderSynthetic }) => `${subject}: ${orderReal}, synthetic ${orderSynthetic}`,
  );
  return `Order of fluid, grey and white matter as in the real target: ${tissue.length - wrong.length} of ${counted(tissue.length, 'scan')}${named.length > 0 ? ` (${named.join('; ')})` : ''}\n`;
}

function changeText({ change }: ModelReport): string {
  const ratios = METHODS.flatMap((method) => {
    const found = change.flatMap(({ real, methods }) => {
      const made = methods[method];
      return real && made ? [made / real] : [];
    });
    return found.length > 0 ? [`${LABELS[method]} ${spread(found).mean.toFixed(2)}`] : [];
  });
  return ratios.length > 0
    ? `Change from one counted slice to the next, of the real target's: ${ratios.join(', ')}\n`
    : '';
}

function samplesText({ samples }: ModelReport): string {
  if (samples.length === 0) return '';
  const mean = (values: readonly (number | null)[], digits: number) => {
    const found = values.filter((value) => value !== null);
    return found.length > 0 ? spread(found).mean.toFixed(digits) : '-';
  };
  const slices = samples.reduce((sum, one) => sum + one.slices.length, 0);
  const voxels = samples.map(({ voxel }) => voxel);
  const psnrs = samples.map(({ psnr }) => psnr);
  return `Spread over ${samples[0].samples} samples of ${counted(slices, 'slice')}: ${mean(voxels, 4)} of the data range a foreground voxel, ${mean(psnrs, 2)} dB of foreground PSNR\n`;
}

function outsideScansText({ outside }: ModelReport): string {
  const lines = outside.map((one) => `${one.subject} ${outsideText(one, { low: 0, high: 1 })}`);
  return lines.length > 0
    ? `Voxels of the real target outside of the data range, which count as they are: ${lines.join('; ')}\n`
    : '';
}

function unscoredText({ unscored, methodsUnscored }: ModelReport): string {
  const ofMethods = METHODS.flatMap((method) => {
    const text = methodsUnscored[method];
    return text === undefined ? [] : [`${LABELS[method]}: ${text}\n`];
  });
  return [...unscored.map(({ subject, reason }) => `${subject}: ${reason}\n`), ...ofMethods].join('');
}
