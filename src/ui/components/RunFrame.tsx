import type { ComponentProps, ReactNode } from 'react';
import { runPanelHeight } from './heightProperty';
import { Meter } from './Meter';
import { RunButton } from './RunButton';

interface RunFrameProps {
  label: string;
  /** Test ids of its button. */
  testIds: { start: string; cancel: string };
  isGoing: boolean;
  /** How far it is, or what it waits for. */
  meter: ComponentProps<typeof Meter> | null;
  /** Said where there is no meter. */
  hint: string;
  isOff: boolean;
  isCancelling?: boolean;
  startText?: ReactNode;
  onStart: () => void;
  onCancel: () => void;
}

/** What goes on and the one button that starts and cancels it. */
export function RunFrame({
  label,
  testIds,
  isGoing,
  meter,
  hint,
  isOff,
  isCancelling = false,
  startText = 'Start',
  onStart,
  onCancel,
}: RunFrameProps) {
  return (
    <section ref={runPanelHeight} className="run-panel" aria-label={label}>
      {meter ? (
        <Meter {...meter} />
      ) : (
        <p className="run-hint dim num" aria-live="polite">
          {hint}
        </p>
      )}
      <RunButton
        className={isGoing ? 'button wide' : 'button primary wide'}
        data-testid={isGoing ? testIds.cancel : testIds.start}
        isOff={isOff}
        onPress={isGoing ? onCancel : onStart}
      >
        {isCancelling ? (
          'Stopping after this step…'
        ) : isGoing ? (
          <>
            Cancel <kbd>Esc</kbd>
          </>
        ) : (
          startText
        )}
      </RunButton>
    </section>
  );
}
