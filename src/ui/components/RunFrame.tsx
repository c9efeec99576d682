import type { ComponentProps, ReactNode } from 'react';
import { runPanelHeight } from './heightProperty';
import { Meter } from './Meter';

interface RunFrameProps {
  label: string;
  /** Begins the test ids of its button. */
  testId: string;
  /** How far a run is; null: none goes on. */
  meter: ComponentProps<typeof Meter> | null;
  /** Said while none goes on. */
  hint: string;
  isOff: boolean;
  /** On the button while a run goes on. */
  cancelText: ReactNode;
  onStart: () => void;
  onCancel: () => void;
}

/** What goes on and the one button that starts and cancels it. */
export function RunFrame({
  label,
  testId,
  meter,
  hint,
  isOff,
  cancelText,
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
      <button
        type="button"
        className={meter ? 'button wide' : 'button primary wide'}
        data-testid={`${testId}-${meter ? 'cancel' : 'start'}`}
        aria-disabled={isOff}
        // A key held down would start and cancel in turn; so would a double click.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={(event) => {
          if (isOff || event.detail > 1) return;
          if (meter) onCancel();
          else onStart();
        }}
      >
        {meter ? cancelText : 'Start'}
      </button>
    </section>
  );
}
