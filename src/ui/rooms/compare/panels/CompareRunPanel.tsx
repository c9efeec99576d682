import { RunFrame } from '../../../components/RunFrame';
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
    <RunFrame
      label="Comparison"
      testIds={{ start: 'compare-start', cancel: 'compare-cancel' }}
      isGoing={run !== null}
      meter={run && progressWords(run)}
      hint={block ?? hint}
      isOff={isOff}
      isCancelling={run?.isCancelling}
      onStart={() => void start()}
      onCancel={cancel}
    />
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
