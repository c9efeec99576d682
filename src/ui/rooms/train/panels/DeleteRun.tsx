import type { ReactNode } from 'react';
import { AskFirst } from '../../../components/AskFirst';
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
  return (
    <AskFirst
      question="For good?"
      yes="Delete"
      subject={name}
      testId="train-delete-confirm"
      onYes={() => void deleteRun(runId)}
    >
      {(press) => (
        <div className="zone-buttons">
          {children}
          <button
            type="button"
            className="button small"
            data-testid="train-delete"
            disabled={isOff}
            onClick={press}
          >
            Delete…<span className="visually-hidden">: {name}</span>
          </button>
        </div>
      )}
    </AskFirst>
  );
}
