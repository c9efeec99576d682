import { useMemo } from 'react';
import type { StepReport, TrainSettings } from '../../../../workers/train/protocol';
import { hasDiscriminators, lossesOf } from '../../../../workers/train/settings';
import { LineChart } from '../../../components/LineChart';
import { useApp } from '../../../state/StoreContext';
import { lossCurves } from '../state/series';
import { useThrottled } from './useThrottled';

const NO_STEPS: readonly StepReport[] = [];
/** Redrawing at every iteration would take time from the page and show nothing more. */
const REDRAW_MS = 300;

/** Losses before their weights: faint as they are, strong as a moving average. */
export function LossCharts() {
  const steps = useThrottled(
    useApp((s) => s.train.run?.steps ?? NO_STEPS),
    REDRAW_MS,
  );
  const method = useApp((s) => (s.train.run?.settings ?? s.train.settings).method);
  const isAdversarial = useApp((s) => hasDiscriminators((s.train.run?.settings ?? s.train.settings).variant));
  const { generators, discriminators } = useMemo(() => chartsOf(method), [method]);
  const hasJudges = isAdversarial && discriminators.length > 0;
  return (
    <section
      className={hasJudges ? 'charts' : 'charts single'}
      data-testid="train-loss-chart"
      aria-label="Losses"
    >
      <LossChart title="Generators" steps={steps} losses={generators} />
      {hasJudges && <LossChart title="Discriminators" steps={steps} losses={discriminators} />}
    </section>
  );
}

type Losses = ReturnType<typeof lossesOf>;

function chartsOf(method: TrainSettings['method']) {
  const losses = lossesOf(method);
  const of = (chart: Losses[number]['chart']) => losses.filter((loss) => loss.chart === chart);
  return { generators: of('generators'), discriminators: of('discriminators') };
}

function LossChart({
  title,
  steps,
  losses,
}: {
  title: string;
  steps: readonly StepReport[];
  losses: Losses;
}) {
  const { x, curves } = useMemo(() => {
    const names = losses.map(({ name }) => name);
    const found = lossCurves(steps, names);
    return {
      x: found.x,
      curves: found.curves.map(({ name, raw, smoothed }) => ({
        name: losses.find((loss) => loss.name === name)!.label,
        colour: names.indexOf(name),
        values: smoothed,
        raw,
      })),
    };
  }, [steps, losses]);
  return <LineChart title={title} x={x} curves={curves} height={168} digits={3} />;
}
