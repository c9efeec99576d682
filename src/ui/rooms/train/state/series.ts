/** Curves of a run, ready to be drawn: columns of numbers over the iterations, null where there is none. */
import type { Direction, StepReport, Validation } from '../../../../workers/train/protocol';

/** More points than this are more than a chart has pixels. */
const MOST_POINTS = 800;

export type Column = (number | null)[];

/** Exponential moving average, corrected for its start (as Adam's moments); a gap stays a gap and weighs nothing. */
export function smooth(values: Column, weight = 0.9): Column {
  let sum = 0;
  let total = 0;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

export interface LossCurves {
  /** Iterations. */
  x: number[];
  curves: { name: string; raw: Column; smoothed: Column }[];
}

/** The curves of those of `names` that the run has; a long run is averaged down to as many points as can be seen. */
export function lossCurves(
  steps: readonly StepReport[],
  names: readonly string[],
  most = MOST_POINTS,
): LossCurves {
  const group = Math.max(1, Math.ceil(steps.length / most));
  const starts = Array.from({ length: Math.ceil(steps.length / group) }, (_, n) => n * group);
  const bins = starts.map((at) => steps.slice(at, at + group));
  const present = names.filter((name) => steps.some(({ losses }) => losses[name] !== undefined));
  return {
    x: bins.map((bin) => bin.at(-1)!.step),
    curves: present.map((name) => {
      const raw = bins.map((bin) => mean(bin.flatMap(({ losses }) => losses[name] ?? [])));
      return { name, raw, smoothed: smooth(raw) };
    }),
  };
}

function mean(values: readonly number[]): number | null {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((sum, v) => sum + v, 0) / finite.length;
}

export interface ScoreCurves {
  x: number[];
  curves: { direction: Direction; values: Column; copy: Column }[];
}

/** PSNR in dB or SSIM in % over the iterations, and what a plain copy of the source scores. */
export function scoreCurves(
  validations: readonly Validation[],
  score: 'psnr' | 'ssim',
  region: 'whole' | 'foreground',
): ScoreCurves {
  const scale = score === 'ssim' ? 100 : 1;
  const directions = [...new Set(validations.flatMap((v) => v.directions.map((d) => d.direction)))];
  return {
    x: validations.map(({ step }) => step),
    curves: directions.map((direction) => {
      const column = (of: (d: Validation['directions'][number]) => number | null | undefined): Column =>
        validations.map((validation) => {
          const found = validation.directions.find((d) => d.direction === direction);
          const value = found && of(found);
          return typeof value === 'number' && Number.isFinite(value) ? scale * value : null;
        });
      return {
        direction,
        values: column((d) => d[region]?.[score]),
        copy: column((d) => d.copy[region]?.[score]),
      };
    }),
  };
}
