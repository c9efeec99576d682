import { runPanelHeight } from '../../components/heightProperty';
import { Meter } from '../../components/Meter';
import { formatBytes, formatDuration } from '../../format';
import { useApp } from '../../state/StoreContext';
import type { Comparable } from '../compare/state/types';
import { benchBlock } from './benchBlock';
import type { BenchRun, BenchState } from './benchState';

/** One button from start to end, so that the keyboard's focus stays on it. */
export function BenchRunPanel({ bench, chosen }: { bench: BenchState; chosen: Comparable | null }) {
  const { run, kept, start, cancel } = bench;
  const block = useApp((state) => benchBlock(state, chosen));
  const backend = useApp((state) => state.engine.requested);
  const isOff = run === null && block !== null;
  return (
    <section ref={runPanelHeight} className="run-panel" aria-label="Measurement">
      {run ? (
        <Meter {...progressWords(run)} />
      ) : (
        <p className="run-hint dim num" aria-live="polite">
          {block ??
            (kept.size > 0
              ? 'What was measured on this machine is not measured again.'
              : 'Every engine in turn, in random order.')}
        </p>
      )}
      <button
        type="button"
        className={run ? 'button wide' : 'button primary wide'}
        data-testid={run ? 'bench-cancel' : 'bench-start'}
        aria-disabled={isOff}
        // A key held down would start and cancel in turn; so would a double click.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={(event) => {
          if (isOff || event.detail > 1) return;
          if (run) cancel();
          else if (chosen) void start(chosen, backend);
        }}
      >
        {run ? (
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

function progressWords({ loading, progress, part }: BenchRun): {
  label: string;
  value: number | null;
  detail?: string;
} {
  if (loading)
    return {
      label: 'Reading weights',
      value: loading.receivedBytes / Math.max(1, loading.totalBytes),
      detail: formatBytes(loading.receivedBytes),
    };
  if (!progress) return { label: 'Starting', value: null };
  const { label, msLeft, isLeast } = progress;
  return {
    label,
    value: part,
    detail:
      msLeft === null || msLeft < 1000
        ? undefined
        : `${isLeast ? 'at least ' : ''}${formatDuration(msLeft)} left`,
  };
}
