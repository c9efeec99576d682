import { useMemo, useState } from 'react';
import type { Validation } from '../../../../workers/train/protocol';
import { isUnconditional } from '../../../../workers/train/settings';
import { LineChart } from '../../../components/LineChart';
import { RegionChoice, type ScoreRegion } from '../../../components/RegionChoice';
import { useApp } from '../../../state/StoreContext';
import { DIRECTIONS, directionName } from '../state/selectors';
import { scoreCurves } from '../state/series';
import type { TrainRun } from '../state/types';

const NO_SCORES: readonly Validation[] = [];

/** Scores on the validation pairs; dashed, what a plain copy of the source scores: the figure to beat. */
export function ValidationCharts() {
  const run = useApp((s) => s.train.run);
  const validations = useApp((s) => s.train.run?.validations ?? NO_SCORES);
  const isOff = useApp((s) => s.train.every.validation === 0);
  const [region, setRegion] = useState<ScoreRegion>('foreground');
  // Images that are made of nothing have no reference.
  if (!run || isUnconditional(run.settings.variant)) return null;
  const hasPairs = run.volumes.valA.length > 0;
  const n = validations.at(-1)?.directions[0]?.n;
  return (
    <section
      className="validation"
      data-testid="train-validation-chart"
      data-count={validations.length}
      aria-label="Validation"
    >
      <header className="panel-head">
        <h2>
          Validation{' '}
          <span className="dim num">{n ? `${n} ${n === 1 ? 'slice' : 'slices'}, EMA networks` : null}</span>
        </h2>
        <RegionChoice value={region} onChange={setRegion} />
      </header>
      {validations.length === 0 ? (
        <p className="chart-empty dim">
          {!hasPairs
            ? 'No validation pair was given, so there are no scores.'
            : isOff
              ? 'Validation is off: Course has how often scores are made.'
              : 'Scores come with the first validation.'}
        </p>
      ) : (
        <div className="charts">
          <ScoreChart run={run} validations={validations} score="psnr" region={region} />
          <ScoreChart run={run} validations={validations} score="ssim" region={region} />
        </div>
      )}
    </section>
  );
}

function ScoreChart({
  run: { settings },
  validations,
  score,
  region,
}: {
  run: TrainRun;
  validations: readonly Validation[];
  score: 'psnr' | 'ssim';
  region: ScoreRegion;
}) {
  const { x, curves } = useMemo(() => {
    const found = scoreCurves(validations, score, region);
    return {
      x: found.x,
      curves: found.curves.map(({ direction, values, copy }) => ({
        name: directionName(settings, direction),
        colour: DIRECTIONS.indexOf(direction),
        values,
        baseline: copy,
      })),
    };
  }, [settings, validations, score, region]);
  return (
    <LineChart
      title={score === 'psnr' ? 'PSNR, dB' : 'SSIM, %'}
      x={x}
      curves={curves}
      height={140}
      digits={score === 'psnr' ? 2 : 1}
      baselineName="source copied"
    />
  );
}
