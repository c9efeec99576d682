/** The scores of a pair of scans, for people. */

import type { EvaluationReport, Spread } from '../../engine/evaluation/evaluateSlices';
import { type LesionMeasures, MEASURE_TEXT } from '../../engine/evaluation/lesions';
import { BONE_HU, type HounsfieldErrors } from '../../engine/evaluation/metrics/hounsfield';
import { tableText } from '../../engine/textTable';
import { factsText } from '../kit/report';

type Row = Partial<Record<'psnr' | 'ssim' | 'mae', Spread | null>>;

/** Means and standard deviations over `n` slices; PSNR over those that are not identical, whose number stands with it. */
export function scoresText({ mean }: EvaluationReport): string {
  const row = (label: string, scores: Row | null) => [
    label,
    String(scores?.ssim?.n ?? 0),
    scores ? psnrText(scores) : '-',
    spreadText(scores?.ssim, 4),
    spreadText(scores?.mae, 4),
  ];
  return tableText([
    ['', 'n', 'PSNR dB', 'SSIM', 'MAE of range'],
    row('whole slice', mean.whole),
    row('foreground', mean.foreground),
    row('inside the brain', mean.inside),
    row("paper's protocol", mean.paper),
  ]);
}

function psnrText({ psnr, ssim }: Row): string {
  if (!psnr) return 'identical';
  const text = spreadText(psnr, 2);
  return psnr.n === ssim?.n ? text : `${text} (${psnr.n}; ${ssim!.n - psnr.n} identical)`;
}

export function spreadText(spread: Spread | null | undefined, digits: number): string {
  if (!spread) return '-';
  return `${spread.mean.toFixed(digits)}${spread.std === null ? '' : ` ± ${spread.std.toFixed(digits)}`}`;
}

export function huText({ whole, head, bone }: HounsfieldErrors): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  return `mean error in HU: whole ${cell(whole)}, head ${cell(head)}, bone above ${BONE_HU} HU ${cell(bone)}\n`;
}

export function lesionText(lesion: LesionMeasures): string {
  const { realContrast, syntheticContrast, kept, dice, diceReal, falseBright, reason } = lesion;
  const number = (value: number | null) => value?.toFixed(3) ?? '-';
  const facts = factsText([
    ['lesion contrast, real', number(realContrast)],
    ['synthetic', number(syntheticContrast)],
    ['share kept', number(kept)],
    ['Dice', `${number(dice)} (real image: ${number(diceReal)})`],
    ['false bright', number(falseBright)],
  ]);
  return `\n${facts}${reason === undefined ? '' : `left out: ${reason}\n`}${MEASURE_TEXT}\n`;
}
