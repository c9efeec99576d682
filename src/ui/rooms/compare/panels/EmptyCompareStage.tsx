import { useApp } from '../../../state/StoreContext';

/** The centre before anything is compared. */
export function EmptyCompareStage() {
  const opening = useApp((s) => s.compare.opening);
  const phase = useApp((s) => s.engine.phase);
  const { tryIt } = useApp((s) => s.actions.compare);
  return (
    <div className="empty-stage">
      <h1>Which model is better, and where?</h1>
      <p>
        Choose models of one task, drop scans with the contrast that was really scanned, and press Start:
        scores with the best marked, and every image beside the real one.
      </p>
      <button
        type="button"
        className="button primary large"
        data-testid="compare-try"
        disabled={opening !== null || phase === 'failed'}
        onClick={() => void tryIt()}
      >
        {opening ? 'Opening the scans…' : 'Try it with the demo scans'}
      </button>
      <p className="dim">
        Every table holds the source as it is beside the models: what is not better than that is worth
        nothing. Nothing leaves this machine.
      </p>
    </div>
  );
}
