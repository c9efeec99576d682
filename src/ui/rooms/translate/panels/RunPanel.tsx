import { RunFrame } from '../../../components/RunFrame';
import { useApp } from '../../../state/StoreContext';
import { missingSlices, translateBlock } from '../state/selectors';
import { readingWords, runWords } from './runWords';

/** The one big button; while it works, how far it is, how long it takes, and Cancel. */
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
  return (
    <RunFrame
      label="Run"
      testIds={{ start: 'translate-button', cancel: 'cancel-button' }}
      isGoing={run !== null}
      meter={words}
      hint={
        block ?? (isDone ? 'Done. Choose more slices.' : `${todo} ${todo === 1 ? 'slice' : 'slices'} to do`)
      }
      isOff={isOff}
      isCancelling={run?.isCancelling}
      startText={
        <>
          Translate <kbd>T</kbd>
        </>
      }
      onStart={() => void translate()}
      onCancel={cancel}
    />
  );
}
