import { useState } from 'react';
import type { UnreadableRun } from '../../../../workers/train/protocol';
import { formatBytes } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { DeleteRun } from './DeleteRun';

/** A stored run that cannot be opened: why, and the two things that can be done with its files. */
export function UnreadableRunRow({ kept: { runId, reason, bytes } }: { kept: UnreadableRun }) {
  const { downloadRun } = useApp((s) => s.actions.train);
  const [isReading, setReading] = useState(false);
  const save = async () => {
    setReading(true);
    await downloadRun(runId);
    setReading(false);
  };
  return (
    <li data-testid="train-run-unreadable" data-run={runId}>
      <p className="run-folder">
        {runId} <strong className="tag">unreadable</strong>
      </p>
      {bytes !== null && <p className="dim num">{formatBytes(bytes)}</p>}
      <p className="warning">{reason}</p>
      <DeleteRun runId={runId} name={runId} isOff={isReading}>
        <button
          type="button"
          className="button small"
          data-testid="train-download-run"
          disabled={isReading}
          title="All its files as they are, in one .zip"
          onClick={() => void save()}
        >
          {isReading ? 'Reading…' : 'Download'}
          <span className="visually-hidden">: {runId}</span>
        </button>
      </DeleteRun>
    </li>
  );
}
