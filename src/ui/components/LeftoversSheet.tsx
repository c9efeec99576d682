import { formatBytes } from '../format';
import { useApp } from '../state/StoreContext';
import { Sheet } from './Sheet';
import './pickScans.css';

/** What was open before a reload and cannot be brought back: its files can be had, and are deleted when that is said. */
export function LeftoversSheet() {
  const leftovers = useApp((s) => s.leftovers);
  const { answerLeftovers } = useApp((s) => s.actions);
  if (!leftovers) return null;
  const { why, count, bytes } = leftovers;
  return (
    <Sheet title="What was open cannot be brought back" onClose={() => void answerLeftovers('close')}>
      <div className="pick-scans" data-testid="leftovers">
        <p className="num">
          The list of what this tab had open cannot be read ({why}); {count} {count === 1 ? 'file' : 'files'}{' '}
          of it, {formatBytes(bytes)}, can be downloaded until the page is loaded again.
        </p>
        <div className="pick-scans-buttons">
          <button type="button" className="button primary" onClick={() => void answerLeftovers('download')}>
            Download
          </button>
          <button type="button" className="button" onClick={() => void answerLeftovers('delete')}>
            Delete
          </button>
        </div>
      </div>
    </Sheet>
  );
}
