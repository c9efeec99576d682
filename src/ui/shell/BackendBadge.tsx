import { useEffect, useState } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { FailureNote } from '../components/FailureNote';
import { Sheet } from '../components/Sheet';
import { useApp } from '../state/StoreContext';
import { DiagnosticsSheet } from './DiagnosticsSheet';

/** The backend in one word; a press opens the diagnostics. */
export function BackendBadge() {
  const [isOpen, setOpen] = useState(false);
  const engine = useApp((s) => s.engine);
  // A link in the sheet leads to another room.
  useEffect(() => {
    if (!isOpen) return;
    const close = () => setOpen(false);
    window.addEventListener('hashchange', close);
    return () => window.removeEventListener('hashchange', close);
  }, [isOpen]);
  const words =
    engine.phase === 'starting' ? 'starting' : engine.phase === 'failed' ? 'no engine' : engine.info?.backend;
  return (
    <>
      <button
        type="button"
        className="backend-badge"
        data-testid="backend-badge"
        data-phase={engine.phase}
        title={engine.info?.reason ?? engine.failure ?? undefined}
        onClick={() => setOpen(true)}
      >
        <span className="visually-hidden">Engine: </span>
        {words}
      </button>
      {isOpen && (
        <ErrorBoundary
          fallback={(failure, tryAgain) => (
            <Sheet title="Diagnostics" onClose={() => setOpen(false)}>
              <FailureNote failure={failure} onTryAgain={tryAgain} />
            </Sheet>
          )}
        >
          <DiagnosticsSheet onClose={() => setOpen(false)} />
        </ErrorBoundary>
      )}
    </>
  );
}
