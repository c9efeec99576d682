import type { TrainSettings } from '../../../../workers/train/protocol';
import { isUnconditional, methodLabel, trainedDirections } from '../../../../workers/train/settings';
import { useApp } from '../../../state/StoreContext';
import { runDate } from '../../train/panels/runWords';
import { directionName, runName } from '../../train/state/selectors';

const translatedDirections = (settings: TrainSettings) =>
  isUnconditional(settings.variant) ? [] : trainedDirections(settings);

/** Models of the trainings that this browser keeps. They are listed when they are asked for: that takes the training's worker. */
export function RunsOfTrain() {
  const stored = useApp((s) => s.train.stored);
  const disabled = useApp(({ compare }) => compare.run !== null || compare.isReadingModels);
  const { enter } = useApp((s) => s.actions.train);
  const { addRun } = useApp((s) => s.actions.compare);
  return (
    <details className="disclosure" onToggle={({ currentTarget }) => currentTarget.open && void enter()}>
      <summary>
        <h3>Runs of Train</h3>
      </summary>
      {stored === null && <p className="dim">Looking for runs…</p>}
      {stored?.length === 0 && <p className="dim">None is kept in this browser yet.</p>}
      <ul className="compare-runs">
        {stored?.map((kept) => (
          <li key={kept.runId}>
            <p className="dim num">
              {runDate(kept)}, {methodLabel(kept.settings.method)}, {kept.step.toLocaleString('en')}{' '}
              iterations
              {isUnconditional(kept.settings.variant) &&
                `: ${runName(kept.settings)}, which translates nothing`}
            </p>
            {translatedDirections(kept.settings).map((direction) => (
              <button
                key={direction}
                type="button"
                className="button small"
                disabled={disabled || kept.inUse}
                onClick={() => void addRun(kept.runId, direction)}
              >
                Add {directionName(kept.settings, direction)}
                <span className="visually-hidden"> of {runDate(kept)}</span>
              </button>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
