import { runPanelHeight } from '../../../components/heightProperty';
import { RunButton } from '../../../components/RunButton';
import { useApp } from '../../../state/StoreContext';
import { startBlock } from '../state/selectors';
import type { TrainPhase } from '../state/types';
import { EstimateLine } from './EstimateLine';

const LABELS: Record<TrainPhase, string> = {
  idle: 'Start training',
  running: 'Pause',
  pausing: 'Writing a checkpoint…',
  paused: 'Resume',
  done: 'Start a new run',
};

/**
 * The one big button, one element in every phase so that the keyboard's focus stays on it, and Stop beside it. Over it what
 * the run will take, or why it cannot start.
 */
export function TrainRunPanel() {
  const phase = useApp((s) => s.train.phase);
  const isStarting = useApp((s) => s.train.isStarting);
  const runId = useApp((s) => s.train.run?.runId);
  const block = useApp(startBlock);
  const { start, pause, resume, stop } = useApp((s) => s.actions.train);
  const begins = phase === 'idle' || phase === 'done';
  const isOff = isStarting || phase === 'pausing' || (begins && block !== null);
  const press = () => {
    if (begins) void start();
    else if (phase === 'running') pause();
    else if (runId) void resume(runId);
  };
  return (
    <section ref={runPanelHeight} className="run-panel" aria-label="Training run">
      {begins && block ? (
        <p className="run-hint dim num" aria-live="polite">
          {block}
        </p>
      ) : null}
      <EstimateLine />
      <div className="train-buttons">
        <RunButton
          className={phase === 'idle' || phase === 'paused' ? 'button primary' : 'button'}
          data-testid="train-start-button"
          data-phase={phase}
          isOff={isOff}
          onPress={press}
        >
          {isStarting ? 'Starting…' : LABELS[phase]}
        </RunButton>
        {phase !== 'idle' && (
          <button
            type="button"
            className="button"
            data-testid="train-stop-button"
            disabled={phase === 'pausing'}
            title="Closes the run and gives its memory back; it stays stored in this browser"
            onClick={() => void stop()}
          >
            {phase === 'running' || phase === 'pausing' ? 'Stop' : 'Close'}
          </button>
        )}
      </div>
    </section>
  );
}
