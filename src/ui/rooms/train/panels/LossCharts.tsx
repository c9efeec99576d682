import { useMemo } from 'react';
import type { LossName, StepReport } from '../../../../workers/train/protocol';
import { LineChart } from '../../../components/LineChart';
import { useApp } from '../../../state/StoreContext';
import { lossCurves } from '../state/series';
import { useThrottled } from './useThrottled';

const NAMES: Record<LossName, string> = {
  generator: 'total',
  gDiffusive: 'adversarial, diffusive',
  gPatch: 'adversarial, R',
  cycle: 'cycle',
  l1: 'L1',
  dDiffusiveReal: 'diffusive, real',
  dDiffusiveFake: 'diffusive, fake',
  r1: 'R1',
  dPatchReal: 'R, real',
  dPatchFake: 'R, fake',
};
const GENERATORS: readonly LossName[] = ['generator', 'gDiffusive', 'gPatch', 'cycle', 'l1'];
const DISCRIMINATORS: readonly LossName[] = [
  'dDiffusiveReal',
  'dDiffusiveFake',
  'dPatchReal',
  'dPatchFake',
  'r1',
];
const NO_STEPS: readonly StepReport[] = [];
/** Redrawing at every iteration would take time from the page and show nothing more. */
const REDRAW_MS = 300;

/** Losses before their weights: faint as they are, strong as a moving average. */
export function LossCharts() {
  const steps = useThrottled(
    useApp((s) => s.train.run?.steps ?? NO_STEPS),
    REDRAW_MS,
  );
  const isAdversarial = useApp((s) => s.train.run?.settings.variant.adversarial ?? true);
  return (
    <section
      className={isAdversarial ? 'charts' : 'charts single'}
      data-testid="train-loss-chart"
      aria-label="Losses"
    >
      <LossChart title="Generators" steps={steps} names={GENERATORS} />
      {isAdversarial && <LossChart title="Discriminators" steps={steps} names={DISCRIMINATORS} />}
    </section>
  );
}

function LossChart({
  title,
  steps,
  names,
}: {
  title: string;
  steps: readonly StepReport[];
  names: readonly LossName[];
}) {
  const { x, curves } = useMemo(() => {
    const found = lossCurves(steps, names);
    return {
      x: found.x,
      curves: found.curves.map(({ name, raw, smoothed }) => ({
        name: NAMES[name],
        colour: names.indexOf(name),
        values: smoothed,
        raw,
      })),
    };
  }, [steps, names]);
  return <LineChart title={title} x={x} curves={curves} height={168} digits={3} />;
}
