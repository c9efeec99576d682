import { RunFrame } from '../../components/RunFrame';
import { formatBytes, formatDuration } from '../../format';
import { useApp, useAppStore } from '../../state/StoreContext';
import type { Comparable } from '../compare/state/types';
import { benchBlock } from './benchBlock';
import type { BenchRun, BenchState } from './benchState';
import { watchDisturbances } from './disturbances';

/** One button from start to end, so that the keyboard's focus stays on it. */
export function BenchRunPanel({ bench, chosen }: { bench: BenchState; chosen: Comparable | null }) {
  const { run, kept, report, start, cancel } = bench;
  const app = useAppStore();
  const block = useApp((state) => benchBlock(state, chosen));
  const backend = useApp((state) => state.engine.requested);
  const isOff = run === null && block !== null;
  return (
    <RunFrame
      label="Measurement"
      testIds={{ start: 'bench-start', cancel: 'bench-cancel' }}
      isGoing={run !== null}
      meter={run && progressWords(run)}
      hint={
        block ??
        (kept.size > 0
          ? 'What was measured before is not measured again.'
          : report
            ? 'Start measures all anew.'
            : 'Every engine in turn, in random order.')
      }
      isOff={isOff}
      onStart={() => {
        if (chosen) void start(chosen, backend, (tell) => watchDisturbances(app, tell));
      }}
      onCancel={cancel}
    />
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
