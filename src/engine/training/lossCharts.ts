/** The losses of a run as charts: what its training looked like. */
import type { Chart, ChartPoint } from '../bench/suiteReport';
import { spread } from '../evaluation/evaluateSlices';
import { trainingOf } from '../methods';
import { TOTAL } from '../methods/resnet/training';
import type { StepReport } from './reports';
import { type TrainSettings, variantText } from './settings';

/** Points of a curve: of longer runs each is the mean over as many iterations as it takes. */
const POINTS = 100;

export type LossChart = Chart & { id: 'generators' | 'discriminators' };

const TITLES = { generators: 'Generators', discriminators: 'Discriminators' } as const;

/**
 * A chart of the generators' terms, each before its weight and without their sum, and one of the discriminators'; none where the run has no
 * such loss. A point is the mean of its iterations, at the middle of them.
 */
export function lossCharts(settings: TrainSettings, steps: readonly StepReport[]): LossChart[] {
  const { losses } = trainingOf(settings);
  return (['generators', 'discriminators'] as const).flatMap((id): LossChart[] => {
    const series = losses
      .filter(({ chart, name }) => chart === id && name !== TOTAL.name)
      .map(({ name, label }) => ({ name: label, points: pointsOf(name, steps) }))
      .filter(({ points }) => points.length > 0);
    if (series.length === 0) return [];
    const title = `${TITLES[id]}: ${variantText(settings)}`;
    return [{ id, title, kind: 'curves', xLabel: 'iteration', yLabel: 'loss', series }];
  });
}

function pointsOf(name: string, steps: readonly StepReport[]): ChartPoint[] {
  const told = steps.flatMap(({ step, losses }) => (name in losses ? [{ step, value: losses[name] }] : []));
  const each = Math.ceil(told.length / POINTS);
  const mean = (values: readonly number[]) => spread(values).mean;
  return Array.from({ length: Math.ceil(told.length / each) || 0 }, (_, n) => {
    const some = told.slice(n * each, (n + 1) * each);
    return { x: mean(some.map(({ step }) => step)), y: mean(some.map(({ value }) => value)), std: null };
  });
}
