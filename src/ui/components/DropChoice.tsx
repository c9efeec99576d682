import { useEffect, useRef } from 'react';
import { otherSubject } from '../rooms/translate/state/selectors';
import { sourceLoss } from '../rooms/translate/state/unsaved';
import { useApp } from '../state/StoreContext';
import type { DropQuestion } from '../state/types';
import { Sheet } from './Sheet';
import './dropChoice.css';

/** What becomes of a scan that has been read while another one, its results or a run are there. */
export function DropChoice() {
  const question = useApp((s) => s.question);
  // One element a question, so that the keyboard begins anew.
  return question && <Choice key={question.scan.scanId} question={question} />;
}

function Choice({ question: { scan, isSaid, canBeReference, reference } }: { question: DropQuestion }) {
  const { answerDrop } = useApp((s) => s.actions);
  const old = useApp((s) => s.source?.name);
  const real = useApp((s) => s.reference?.scan.name);
  const loss = useApp(sourceLoss);
  const doubt = useApp((s) => (s.source && canBeReference ? otherSubject(s.source, scan) : null));
  const harmless = useRef<HTMLButtonElement>(null);
  // After the sheet has opened, which takes the focus to its first button.
  useEffect(() => harmless.current?.focus(), []);
  return (
    <Sheet title={isSaid ? 'Replace the source?' : 'What is this scan?'} onClose={() => answerDrop('cancel')}>
      <div className="drop-choice" data-testid="drop-choice">
        <p className="drop-choice-name">
          {scan.name}
          {reference && `, with ${reference} as reference`}
        </p>
        <p className="dim num">
          As the source it takes the place of {old ?? 'the former scan'}. {loss}
          {canBeReference && real && ` As the reference it takes that of ${real}.`}
          {doubt && ` ${doubt}.`}
        </p>
        <div className="drop-choice-buttons">
          <button type="button" className="button" onClick={() => answerDrop('source')}>
            {isSaid ? 'Replace' : reference ? 'Use as source and reference' : 'Use as source'}
          </button>
          {canBeReference && (
            <button
              ref={doubt ? undefined : harmless}
              type="button"
              className="button"
              onClick={() => answerDrop('reference')}
            >
              Use as reference
            </button>
          )}
          <button
            ref={canBeReference && !doubt ? undefined : harmless}
            type="button"
            className="button"
            onClick={() => answerDrop('cancel')}
          >
            Cancel
          </button>
        </div>
      </div>
    </Sheet>
  );
}
