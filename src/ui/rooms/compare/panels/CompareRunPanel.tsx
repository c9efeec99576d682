import { runPanelHeight } from '../../../components/heightProperty';
import { Meter } from '../../../components/Meter';
import { formatDuration } from '../../../format';
import { useApp } from '../../../state/StoreContext';
import { compareBlock, isOutdated } from '../state/selectors';
import type { Comparison } from '../state/types';

/** The one big button, one element from start to end, so that the keyboard's focus stays on it. */
export function CompareRunPanel() {
  const run = useApp((s) => s.compare.run);
  const block = useApp(compareBlock);
  const isOld = useApp(isOutdated);
  const isDone = useApp((s) => s.compare.asked !== null && !isOutdated(s));
  const { start, cancel } = useApp((s) => s.actions.compare);
  const isOff = run ? run.isCancelling : block !== null;
  const hint = isOld
    ? 'Something was changed: Start computes what is missing.'
    : isDone
      ? 'Start computes again only what is missing.'
      : 'Every model, one after the other.';
  return (
    <section ref={runPanelHeight} className="run-panel" aria-label="Comparison">
      {run ? (
        <Meter {...progressWords(run)} />
      ) : (
        <p className="run-hint dim num" aria-live="polite">
          {block ?? hint}
        </p>
      )}
      <button
        type="button"
        className={run ? 'button wide' : 'button primary wide'}
        data-testid={run ? 'compare-cancel' : 'compare-start'}
        aria-disabled={isOff}
        // A key held down would start and cancel in turn; so would a double click.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={(event) => {
          if (isOff || event.detail > 1) return;
          if (run) cancel();
          else void start();
        }}
      >
        {run?.isCancelling ? (
          'Stopping after this step…'
        ) : run ? (
          <>
            Cancel <kbd>Esc</kbd>
          </>
        ) : (
          'Start'
        )}
      </button>
    </section>
  );
}

export function progressWords({ progress, part }: Comparison): {
  label: string;
  value: number | null;
  detail?: string;
} {
  if (!progress) return { label: 'Starting', value: null };
  const { label, msLeft, isLeast } = progress;
  return {
    label,
    value: part,
    // An estimate of less tells nothing: the rest takes no forward pass.
    detail:
      msLeft === null || msLeft < 1000
        ? undefined
        : `${isLeast ? 'at least ' : ''}${formatDuration(msLeft)} left`,
  };
}
