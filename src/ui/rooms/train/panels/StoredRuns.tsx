import type { ReactNode } from 'react';
import type { StoredRun } from '../../../../workers/train/protocol';
import { methodLabel } from '../../../../workers/train/settings';
import { ErrorBoundary } from '../../../components/ErrorBoundary';
import { formatBytes } from '../../../format';
import { sentenceOf } from '../../../state/notices';
import { useApp } from '../../../state/StoreContext';
import { isGoing, isPhantom, isUnfinished, networkName, runName } from '../state/selectors';
import { DeleteRun } from './DeleteRun';
import { runDate } from './runWords';
import { UnreadableRunRow } from './UnreadableRunRow';

/** Runs kept in this browser, latest first, and after them what cannot be opened. */
export function StoredRuns() {
  const stored = useApp((s) => s.train.stored);
  const unreadable = useApp((s) => s.train.unreadable);
  const isKept = useApp((s) => s.train.isKept);
  const going = useApp((s) => isGoing(s.train));
  const hasAny = stored !== null && stored.length + unreadable.length > 0;
  return (
    <section className="panel" aria-label="Stored runs">
      <h2>Stored runs</h2>
      {hasAny ? (
        <ul className="stored-runs">
          {stored.map((kept) => (
            <RowBoundary key={kept.runId} runId={kept.runId}>
              <StoredRunRow kept={kept} />
            </RowBoundary>
          ))}
          {unreadable.map((kept) => (
            <RowBoundary key={kept.runId} runId={kept.runId}>
              <UnreadableRunRow kept={kept} />
            </RowBoundary>
          ))}
        </ul>
      ) : (
        <p className="dim">
          {going
            ? 'The run that goes on is listed once it is paused or done.'
            : stored
              ? 'None yet. A run is kept in this browser from its first checkpoint on, and survives a reload or a crash.'
              : 'Looking for runs…'}
        </p>
      )}
      {hasAny && isKept !== null && (
        <p className="dim" data-testid="train-kept">
          {isKept
            ? 'The browser keeps them until you delete them.'
            : 'The browser may clear them when its disk is full: download what you need.'}
        </p>
      )}
    </section>
  );
}

/** A record that cannot be drawn is one more run that cannot be opened: its files can be kept, or deleted. */
function RowBoundary({ runId, children }: { runId: string; children: ReactNode }) {
  return (
    <ErrorBoundary
      fallback={({ error }) => (
        <UnreadableRunRow
          kept={{ runId, reason: `This run's record cannot be shown: ${sentenceOf(error)}`, bytes: null }}
        />
      )}
    >
      {children}
    </ErrorBoundary>
  );
}

function StoredRunRow({ kept }: { kept: StoredRun }) {
  const { runId, settings, step, bytes, inUse } = kept;
  const isOpen = useApp((s) => s.train.run?.runId === runId);
  const going = useApp((s) => isGoing(s.train));
  const { resume, open } = useApp((s) => s.actions.train);
  const name = `${runName(settings)}, ${runDate(kept)}`;
  const hidden = <span className="visually-hidden">: {name}</span>;
  return (
    <li data-testid="train-run" data-run={runId} data-open={isOpen}>
      <p>
        {runName(settings)}{' '}
        <span className="dim">
          {methodLabel(settings.method)}, {networkName(settings)}
        </span>{' '}
        {isPhantom(kept) && <strong className="tag">phantom</strong>}
      </p>
      <p className="dim num">
        {runDate(kept)}
        <br />
        Checkpoint at {step.toLocaleString('en')} of {settings.iterations.toLocaleString('en')} iterations,{' '}
        {formatBytes(bytes)}
      </p>
      {inUse && <p>In use in another tab.</p>}
      <DeleteRun runId={runId} name={name} isOff={inUse || (going && isOpen)}>
        {isUnfinished(kept) && (
          <button
            type="button"
            className="button small"
            data-testid="train-resume"
            disabled={going || inUse}
            onClick={() => void resume(runId)}
          >
            Resume{hidden}
          </button>
        )}
        <button
          type="button"
          className="button small"
          data-testid="train-open"
          disabled={going || isOpen || inUse}
          title="Shows its curves; then it can be used or downloaded"
          onClick={() => void open(runId)}
        >
          {isOpen ? 'Open now' : 'Open'}
          {hidden}
        </button>
      </DeleteRun>
    </li>
  );
}
