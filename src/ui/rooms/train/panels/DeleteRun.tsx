import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useApp } from '../../../state/StoreContext';

/** A stored run's buttons, Delete the last of them, whose question takes their place. */
export function DeleteRun({
  runId,
  name,
  isOff,
  children,
}: {
  runId: string;
  /** As the run is called where the buttons are read without it. */
  name: string;
  isOff: boolean;
  children: ReactNode;
}) {
  const { deleteRun } = useApp((s) => s.actions.train);
  const [isAsking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone: the keyboard goes on from the harmless one.
  useEffect(() => {
    if (isAsking) keep.current?.focus();
  }, [isAsking]);
  const hidden = <span className="visually-hidden">: {name}</span>;
  if (isAsking)
    return (
      <div className="zone-buttons">
        <span>For good?</span>
        <button
          type="button"
          className="button small"
          data-testid="train-delete-confirm"
          onClick={() => {
            // It stays where another tab uses it.
            void deleteRun(runId).then(() => setAsking(false));
          }}
        >
          Delete{hidden}
        </button>
        <button ref={keep} type="button" className="button small" onClick={() => setAsking(false)}>
          Keep{hidden}
        </button>
      </div>
    );
  return (
    <div className="zone-buttons">
      {children}
      <button
        type="button"
        className="button small"
        data-testid="train-delete"
        disabled={isOff}
        onClick={() => setAsking(true)}
      >
        Delete…{hidden}
      </button>
    </div>
  );
}
