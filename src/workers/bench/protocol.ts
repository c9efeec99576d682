/**
 * What crosses the line between the page and the worker that measures speed: types only. Messages go as in translate/protocol.ts. The
 * worker lives as long as a run: everything worth keeping is told by events, so that a cancel ends it.
 */
import type { SuiteProgress } from '../../engine/bench/runSuite';
import type { SuiteReport } from '../../engine/bench/suiteReport';
import type { BackendName, ComparedModel, KeptCell, LoadProgress, ModelSource } from '../translate/protocol';

export type { SuiteProgress } from '../../engine/bench/runSuite';

export interface SpeedRequest<Source = ModelSource> {
  /** auto: a GPU that is one, and wasm. */
  backend: 'auto' | BackendName;
  model: ComparedModel<Source>;
  /** Fewer runs, and of trainings the smallest alone. */
  quick: boolean;
  /** What is not computed again. */
  kept: readonly KeptCell[];
}

export type SpeedEvent =
  /** What computes, in words. */
  | { machine: string }
  | { loading: LoadProgress }
  | { progress: SuiteProgress }
  | { cell: KeptCell }
  /** With what is there by now. */
  | { report: SuiteReport };

export interface BenchCalls {
  /** An engine that fails is a row with a reason. Aborted within one step; the events have told what is done. */
  speed: { params: SpeedRequest; event: SpeedEvent; result: null };
}
