import type { KeyboardEvent, MouseEvent } from 'react';
import { runPanelHeight } from '../../../components/heightProperty';
import { Meter } from '../../../components/Meter';
import { useApp } from '../../../state/StoreContext';
import { missingSlices, translateBlock } from '../state/selectors';
import { readingWords, runWords } from './runWords';

/**
 * The one big button; while it works, how far it is, how long it takes, and Cancel. Both are one element, never `disabled`
 * but `aria-disabled`, so that the keyboard's focus stays on it from the start of a run to its end.
 */
export function RunPanel() {
  const run = useApp((s) => s.run);
  const block = useApp(translateBlock);
  const todo = useApp((s) => missingSlices(s).length);
  const { translate, cancel } = useApp((s) => s.actions);
  const opening = useApp((s) => s.opening);
  const read = useApp((s) => s.read);
  const words = run ? runWords(run) : readingWords(opening, read);
  const isDone = !block && todo === 0;
  const isOff = run ? run.isCancelling : block !== null || isDone;
  const press = () => {
    if (isOff) return;
    if (run) cancel();
    else void translate();
  };
  return (
    <section ref={runPanelHeight} className="run-panel" aria-label="Run">
      {words ? (
        <Meter {...words} />
      ) : (
        <p className="run-hint dim num" aria-live="polite">
          {block ??
            (isDone ? 'Done. Choose more slices.' : `${todo} ${todo === 1 ? 'slice' : 'slices'} to do`)}
        </p>
      )}
      <button
        type="button"
        className={run ? 'button wide' : 'button primary wide'}
        data-testid={run ? 'cancel-button' : 'translate-button'}
        aria-disabled={isOff}
        onKeyDown={keepFromRepeating}
        onClick={(event) => isFirstClick(event) && press()}
      >
        {run?.isCancelling ? (
          'Stopping after this step…'
        ) : run ? (
          <>
            Cancel <kbd>Esc</kbd>
          </>
        ) : (
          <>
            Translate <kbd>T</kbd>
          </>
        )}
      </button>
    </section>
  );
}

/** A key held down would start and cancel in turn. */
function keepFromRepeating(event: KeyboardEvent): void {
  if (event.repeat) event.preventDefault();
}

/** The second click of a double click would cancel what the first one has started. */
function isFirstClick(event: MouseEvent): boolean {
  return event.detail <= 1;
}
