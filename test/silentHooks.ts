/** Hooks of a training for tests that look at what it leaves. */
import type { RunHooks } from '../src/engine/training/session';

/** What a run tells, told to nobody. */
export const silentHooks = (changes: Partial<RunHooks> = {}): RunHooks => ({
  signal: new AbortController().signal,
  now: () => 0,
  today: () => new Date(0),
  pause: async () => undefined,
  onReady: () => undefined,
  onStep: () => undefined,
  onScoring: () => undefined,
  onValidation: () => undefined,
  onPreview: () => undefined,
  onCheckpoint: () => undefined,
  ...changes,
});
