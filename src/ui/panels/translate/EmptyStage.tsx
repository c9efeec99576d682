import { backendNote } from '../../state/backendNote';
import { useApp } from '../../state/StoreContext';

/** The centre before any scan is open: what this is and the two ways in. */
export function EmptyStage() {
  const opening = useApp((s) => s.opening);
  const engine = useApp((s) => s.engine);
  const { tryDemo } = useApp((s) => s.actions);
  return (
    <div className="empty-stage">
      <h1>See the contrast that was not scanned</h1>
      <p>
        Drop a T1w or FLAIR head scan (NIfTI) anywhere on this page. Four adversarial diffusion steps
        translate it on this machine.
      </p>
      <button
        type="button"
        className="button primary large"
        data-testid="demo-button"
        disabled={opening !== null || engine.phase === 'failed'}
        onClick={() => void tryDemo()}
      >
        {opening === 'source' ? 'Opening the scan…' : 'Try the demo scan'}
      </button>
      <p className="dim">A T1w head (Colin 27); its middle slices are translated to FLAIR.</p>
      <p className="dim empty-stage-engine">
        {engine.info
          ? backendNote(engine.requested, engine.info).text
          : (engine.failure ?? 'Looking for a GPU…')}
      </p>
    </div>
  );
}
