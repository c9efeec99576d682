import type { StoredRun, Variant } from '../../../../workers/train/protocol';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { ErrorBoundary } from '../../../components/ErrorBoundary';
import { useApp } from '../../../state/StoreContext';
import { areRealScans, REAL_CONTRASTS } from '../state/realScans';
import { startBlock, unfinishedRun } from '../state/selectors';
import { RealScansNote } from './RealScansNote';
import { runDate } from './runWords';

const WANTED: Record<Variant['pairing'], string> = {
  unpaired: 'Drop volumes of two contrasts on A and B; they need not be of the same patients.',
  paired: 'Drop volumes of two contrasts on A and B, both of the same patients, aligned and named alike.',
  unconditional: 'Drop volumes of one contrast on A: images of it are learnt, and made of noise alone.',
};

/** The centre before a run: what this is, what to do next, and the ways in without data at hand. */
export function EmptyTrainStage() {
  const hasData = useApp((s) => s.train.volumes.length > 0);
  const pairing = useApp((s) => s.train.settings.variant.pairing);
  const adding = useApp((s) => s.train.adding);
  const block = useApp(startBlock);
  const open = useApp((s) => unfinishedRun(s.train));
  const hasModel = useApp((s) => s.models.some(isTunedHere));
  const isReal = useApp((s) => areRealScans(s.train.volumes.map(({ added }) => added.name)));
  const { tryPhantoms, tryRealScans } = useApp((s) => s.actions.train);
  return (
    <div className="empty-stage">
      <h1>Train a translation on your own scans</h1>
      <p>
        {WANTED[pairing]} The networks learn on this machine, and the model is yours to use here, to keep and
        to carry away.
      </p>
      {/* The list of stored runs says why a record cannot be shown. */}
      {open && (
        <ErrorBoundary fallback={() => null}>
          <ResumeOffer kept={open} />
        </ErrorBoundary>
      )}
      {hasData ? (
        <>
          <p className="dim" aria-live="polite">
            {block ?? 'All is there: press Start training.'}
          </p>
          {isReal && <RealScansNote />}
        </>
      ) : (
        <>
          <h2 className="empty-stage-try">No data at hand?</h2>
          <div className="demo-buttons">
            <button
              type="button"
              className={open ? 'button large' : 'button primary large'}
              data-testid="train-real-button"
              disabled={adding !== null || !hasModel}
              onClick={() => void tryRealScans()}
            >
              {adding && !adding.phantom ? 'Opening the scans…' : 'Try it with real scans'}
            </button>
            <button
              type="button"
              className="button large"
              data-testid="train-phantom-button"
              disabled={adding !== null}
              onClick={() => void tryPhantoms()}
            >
              {adding?.phantom ? 'Drawing phantoms…' : 'Try it with a digital phantom'}
            </button>
          </div>
          <RealScansNote />
          <p className="dim">
            The phantom: four heads drawn in T1w and FLAIR on the spot, for a training from nothing. Good to
            see how that goes, no good for scans.
          </p>
        </>
      )}
    </div>
  );
}

function ResumeOffer({ kept }: { kept: StoredRun }) {
  const { resume } = useApp((s) => s.actions.train);
  return (
    <button type="button" className="button primary large" onClick={() => void resume(kept.runId)}>
      Resume run of {runDate(kept)}, iteration {kept.step} of {kept.settings.iterations}
    </button>
  );
}

function isTunedHere({ source, target }: ModelCard): boolean {
  return source === REAL_CONTRASTS.source && target === REAL_CONTRASTS.target;
}
