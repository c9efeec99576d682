import { expect, it } from 'vitest';
import { lossCharts } from './lossCharts';
import { presetSettings } from './settings';

const settings = presetSettings('tiny', { a: 'T1w', b: 'FLAIR' });
const step = (n: number, losses: Record<string, number>) => ({ step: n, losses, rate: 1e-3, ms: 1 });

it('draws each term by its name, the sum left out, and of a term that comes now and then what there is', () => {
  const steps = [
    step(1, { generator: 9, l1: 4, r1: 1, dPatchReal: 2 }),
    step(2, { generator: 7, l1: 2, dPatchReal: 1 }),
  ];
  const [generators, discriminators] = lossCharts(settings, steps);
  expect(generators.series).toEqual([
    {
      name: 'mean difference (L1)',
      points: [
        { x: 1, y: 4, std: null },
        { x: 2, y: 2, std: null },
      ],
    },
  ]);
  expect(discriminators.series.map(({ points }) => points.map(({ y }) => y))).toEqual([[2, 1], [1]]);
});

it('takes means over a long run', () => {
  const [{ series }] = lossCharts(
    settings,
    Array.from({ length: 250 }, (_, n) => step(n + 1, { l1: n + 1 })),
  );
  expect(series[0].points).toHaveLength(84);
  expect(series[0].points[0]).toEqual({ x: 2, y: 2, std: null });
  expect(series[0].points.at(-1)).toEqual({ x: 250, y: 250, std: null });
});

it('is nothing of a run without an iteration', () => expect(lossCharts(settings, [])).toEqual([]));
