/** What the Bench room knows: it lives with the room's code, so that a run goes on in other rooms and the page's first load has nothing of it. */
import { createStore, type StoreApi } from 'zustand';
import type { BenchClient } from '../../../workers/bench/client';
import type { SpeedEvent, SuiteProgress } from '../../../workers/bench/protocol';
import type { KeptCell, LoadProgress, SuiteReport } from '../../../workers/translate/protocol';
import type { BackendChoice } from '../../state/types';
import type { Comparable } from '../compare/state/types';

export interface BenchRun {
  loading: LoadProgress | null;
  progress: SuiteProgress | null;
  /** Milliseconds since 1970. */
  begun: number;
  /** Share of the work that is done, by the time that it takes; null: not known yet. */
  part: number | null;
}

export interface Asked {
  model: Pick<Comparable, 'id' | 'name' | 'card'>;
  quick: boolean;
  backend: BackendChoice;
  /** When it was begun, milliseconds since 1970. */
  begun: number;
}

/** Tells what makes times too long, as half a sentence, until what it returns is called. */
export type Watch = (tell: (what: string) => void) => () => void;

export interface BenchState {
  /** The user's choice; null: the first model. */
  modelId: string | null;
  quick: boolean;
  run: BenchRun | null;
  /** What the results are of; null: there are none. */
  asked: Asked | null;
  machine: string | null;
  report: SuiteReport | null;
  /** By key, of runs that did not come to their end: the next one goes on from there. After a whole one, Start measures anew. */
  kept: ReadonlyMap<string, KeptCell>;
  /** How the last run ended, where not well. */
  ended: { kind: 'cancelled' | 'failed'; text: string } | null;
  /** What made times of these results too long, as half sentences. */
  disturbed: readonly string[];
  choose(choice: Partial<Pick<BenchState, 'modelId' | 'quick'>>): void;
  start(model: Comparable, backend: BackendChoice, watch?: Watch): Promise<void>;
  cancel(): void;
}

export function createBenchStore(client: BenchClient, now: () => number): StoreApi<BenchState> {
  let abort: AbortController | null = null;
  return createStore<BenchState>()((set, get) => ({
    modelId: null,
    quick: true,
    run: null,
    asked: null,
    machine: null,
    report: null,
    kept: new Map(),
    ended: null,
    disturbed: [],

    choose: (choice) => set(choice),

    start: async ({ id, name, card, source }, backend, watch = () => () => {}) => {
      if (get().run) return;
      const { quick, kept } = get();
      const controller = new AbortController();
      abort = controller;
      const begun = now();
      const run = { loading: null, progress: null, begun, part: null };
      set({ run, asked: { model: { id, name, card }, quick, backend, begun }, report: null, ended: null });
      // What is taken over was disturbed, too.
      if (kept.size === 0) set({ disturbed: [] });
      const unwatch = watch((what) =>
        set(({ disturbed }) => ({ disturbed: [...new Set([...disturbed, what])] })),
      );
      try {
        await client.speed(
          { backend, quick, model: { id, name, card, source }, kept: [...kept.values()] },
          { signal: controller.signal, onEvent: (event) => set((state) => withEvent(state, event, now())) },
        );
        set({ kept: new Map() });
      } catch (error) {
        set({
          ended: controller.signal.aborted
            ? {
                kind: 'cancelled',
                text: 'Cancelled: what is measured is kept, and Start goes on from there.',
              }
            : { kind: 'failed', text: (error as Error).message },
        });
      } finally {
        unwatch();
        if (abort === controller) abort = null;
        set({ run: null });
      }
    },

    cancel: () => abort?.abort(),
  }));
}

function withEvent(state: BenchState, event: SpeedEvent, at: number): Partial<BenchState> {
  const { run, kept } = state;
  if ('machine' in event) return { machine: event.machine };
  if ('report' in event) return { report: event.report };
  if ('cell' in event) return { kept: new Map(kept).set(event.cell.key, event.cell) };
  if (!run) return {};
  if ('loading' in event) {
    const { receivedBytes, totalBytes } = event.loading;
    return { run: { ...run, loading: receivedBytes < totalBytes ? event.loading : null } };
  }
  const { progress } = event;
  return { run: { ...run, loading: null, progress, part: partOf(run, progress, at) } };
}

/** Never less than before: an estimate may grow. */
function partOf(
  { begun, part }: BenchRun,
  { done, cells, msLeft, isLeast }: SuiteProgress,
  at: number,
): number {
  const elapsed = at - begun;
  const isKnown = msLeft !== null && !isLeast;
  return Math.max(part ?? 0, isKnown ? elapsed / Math.max(1, elapsed + msLeft) : done / Math.max(1, cells));
}
