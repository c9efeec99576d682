import { useApp } from '../../../state/StoreContext';
import { isPhantom, runName } from '../state/selectors';
import { phaseText, runFigures, scoringPlace } from './runWords';

/** How far the run is, how fast, how long still, and what it holds. */
export function RunHeader() {
  const run = useApp((s) => s.train.run);
  const phase = useApp((s) => s.train.phase);
  if (!run) return null;
  const { iterations } = run.settings;
  const words = phaseText(phase, run);
  const place = scoringPlace(phase, run);
  return (
    <section className="run-header" data-testid="train-progress" data-step={run.step} aria-label="Progress">
      <div className="run-title">
        <h2>{runName(run.settings)}</h2>
        <p className="num">
          <span aria-live="polite">{words}</span>
          {place && `: ${place}`}
        </p>
        {isPhantom(run) && <strong className="tag">digital phantom, no patients</strong>}
      </div>
      <div className="run-place">
        <p className="num">
          <strong>{run.step.toLocaleString('en')}</strong>{' '}
          <span className="dim">of {iterations.toLocaleString('en')} iterations</span>
        </p>
        <progress aria-label="Iterations done" value={run.step} max={iterations} />
      </div>
      <dl className="run-figures num">
        {runFigures(phase, run).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
