/**
 * A suite: an experiment of the paper as cells, each computed by itself and kept, and what it makes of them. A cell that fails is a gap
 * with a reason in the tables; a suite that is begun again computes only what is not kept yet.
 */

import type { ModelCard } from '../cards/modelCard';
import type { Baselines } from '../evaluation/baselines/fitBaselines';
import type { CardTranslator } from '../evaluation/evaluateScan';
import type { TranslateHooks } from '../translateSlices';
import type { Bench, BenchModel, BenchPair, TaskBaselines } from './bench';
import type { PairOnBench } from './lab';
import type { SuiteReport } from './suiteReport';

/** What a cell may ask for while it computes. */
export interface Lab {
  /** On the backend until another one is asked for. */
  translator(model: BenchModel): Promise<CardTranslator>;
  /** A pair as the model's card prepares it, and the slices of it that count. */
  pair(pair: BenchPair, model: BenchModel): Promise<PairOnBench>;
  /** Fitted once for the cells that follow each other. */
  baselines(of: TaskBaselines, card: Pick<ModelCard, 'preprocessing'>): Promise<Baselines>;
  hooks: TranslateHooks;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Bytes of memory that the process holds; null where that is not told. */
  resident(): number | null;
  /** Of a cell with parts: another pass of this kind is done. */
  pass(kind: string): void;
  /** Of a cell with parts: no more passes of this kind come, though more were planned. */
  noMore(kind: string): void;
  /** Told after every slice that a model has made of a pair as it is. */
  onSlice?: (made: MadeSlice) => void;
}

/** For who shows pictures of what is scored. */
export interface MadeSlice {
  model: BenchModel;
  pair: BenchPair;
  /** Canonical axial slice of the pair, and its pixels, i fastest, in the units of the target's frame. */
  index: number;
  image: Float32Array;
}

interface ComputedCell<R> {
  /** Says all that decides the result, for it is kept under it; cells of the same key, of other suites too, have the same result. */
  key: string;
  /** For progress: "cGAN, sub-01". */
  label: string;
  /** @returns plain data. @throws Aborted within one reverse step of the signal; any other error is the cell's */
  compute(lab: Lab): Promise<R>;
}

export interface Work {
  /** Forward passes that it takes, as far as is known beforehand (`passesOf`): for the time left. */
  work: number;
  /** Passes of one kind take about as long, with what is scored after them; those of another tell nothing of them (`kindOf`). */
  kind: string;
}

/** With parts: its passes are of several kinds, such as those of each engine, in exact numbers, and told by `Lab.pass`. */
export type Cell<R> = ComputedCell<R> & (Work | { parts: readonly Work[] });

/** Of a cell: what it came to, or why it did not, in a sentence. */
export type CellResult<R> = { value: R } | { failed: string };

export interface Suite<R = unknown> {
  readonly id: string;
  readonly title: string;
  /** What it measures, for help and page: a sentence. */
  readonly text: string;
  /** models: works on them alone; real slices: on models of noise alone, beside `Bench.real`; absent: on models that translate and pairs. */
  readonly needs?: 'models' | 'real slices';
  /** Not of the paper: run where it is asked for by its name alone. */
  readonly isApart?: boolean;
  /** What `options` are where none are given, and samples of a quick look. */
  readonly usual: {
    readonly slices: number | null;
    readonly samples: number;
    readonly quickSamples?: number;
  };
  /** In the order of work: one model after the other. @throws BadRequest where the bench has not what it needs */
  cells(bench: Bench): Cell<R>[];
  /** @param results of the cells, by key; those that are missing were not reached */
  report(bench: Bench, results: ReadonlyMap<string, CellResult<R>>): SuiteReport;
  /** What the tables are means of, slice by slice. */
  slices?(bench: Bench, results: ReadonlyMap<string, CellResult<R>>): object[];
}
