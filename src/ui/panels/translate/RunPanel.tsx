import { Meter } from '../../components/Meter';
import { useApp } from '../../state/StoreContext';
import { missingSlices, translateBlock } from '../../state/selectors';
import { runWords } from './runWords';

/** The one big button; while it works, how far it is, how long it takes, and Cancel. */
export function RunPanel() {
  const run = useApp((s) => s.run);
  const block = useApp(translateBlock);
  const todo = useApp((s) => missingSlices(s).length);
  const { translate, cancel } = useApp((s) => s.actions);
  if (run) {
    const { label, value, detail } = runWords(run);
    return (
      <section className="run-panel" aria-label="Run">
        <Meter label={label} value={value} detail={detail} />
        <button
          type="button"
          className="button wide"
          data-testid="cancel-button"
          disabled={run.isCancelling}
          onClick={cancel}
        >
          {run.isCancelling ? (
            'Stopping after this step…'
          ) : (
            <>
              Cancel <kbd>Esc</kbd>
            </>
          )}
        </button>
      </section>
    );
  }
  const isDone = !block && todo === 0;
  return (
    <section className="run-panel" aria-label="Run">
      <p className="run-hint dim num" aria-live="polite">
        {block ?? (isDone ? 'Done. Choose more slices.' : `${todo} ${todo === 1 ? 'slice' : 'slices'} to do`)}
      </p>
      <button
        type="button"
        className="button primary wide"
        data-testid="translate-button"
        disabled={block !== null || isDone}
        onClick={() => void translate()}
      >
        Translate <kbd>T</kbd>
      </button>
    </section>
  );
}
