/** Runs a suite's cells one after the other: what is kept is not computed again, and what fails does not stop the others. */
import { loadTranslator, type Translator } from '../methods/translator';
import type { TranslateHooks } from '../translateSlices';
import type { Bench, BenchModel, BenchPair, LoadedPair } from './bench';
import { pairOnBench } from './lab';
import type { Cell, CellResult, Lab, Suite } from './suite';
import type { SuiteReport } from './suiteReport';

/** Where results are kept between runs; in memory where nothing is to be kept. */
export interface CellStore {
  /** Null where there is none of this key. */
  get(key: string): CellResult<unknown> | null;
  put(key: string, result: CellResult<unknown>): Promise<void>;
}

export interface SuiteProgress {
  /** Of the cell that begins. */
  label: string;
  done: number;
  cells: number;
  /** Null until a cell has been timed. */
  msLeft: number | null;
}

export interface SuiteHooks extends TranslateHooks {
  now(): number;
  onProgress?: (progress: SuiteProgress) => void;
  /** A cell that failed, and why. */
  onFailure?: (label: string, reason: string) => void;
  onSlice?: Lab['onSlice'];
}

/**
 * @throws Aborted within one reverse step of the signal: what was done is kept; whatever `hooks.pause` throws, for a device that has failed
 */
export async function runSuite<R>(
  suite: Suite<R>,
  bench: Bench,
  store: CellStore,
  hooks: SuiteHooks,
): Promise<SuiteReport> {
  const cells = suite.cells(bench);
  const results = new Map<string, CellResult<R>>();
  const lab = new OneModelLab(bench, hooks);
  const pace = { work: 0, ms: 0 };
  try {
    for (const [done, cell] of cells.entries()) {
      const kept = store.get(cell.key) as CellResult<R> | null;
      if (kept && 'value' in kept) {
        results.set(cell.key, kept);
        continue;
      }
      const left = cells.slice(done).filter(({ key }) => !hasValue(store.get(key)));
      const workLeft = left.reduce((sum, { work }) => sum + work, 0);
      const msLeft = pace.work > 0 ? (pace.ms / pace.work) * workLeft : null;
      hooks.onProgress?.({ label: cell.label, done, cells: cells.length, msLeft });
      const begin = hooks.now();
      const result = await resultOf(cell, lab);
      pace.work += cell.work;
      pace.ms += hooks.now() - begin;
      results.set(cell.key, result);
      await store.put(cell.key, result);
      if ('failed' in result) hooks.onFailure?.(cell.label, result.failed);
      await hooks.pause?.();
    }
  } finally {
    lab.dispose();
  }
  return suite.report(bench, results);
}

const hasValue = (result: CellResult<unknown> | null): boolean => result !== null && 'value' in result;

async function resultOf<R>(cell: Cell<R>, lab: Lab): Promise<CellResult<R>> {
  try {
    return { value: await cell.compute(lab) };
  } catch (error) {
    if ((error as Error).name === 'Aborted') throw error;
    // What the pause throws is the device's: nothing can be computed after it.
    await lab.hooks.pause?.();
    return { failed: (error as Error).message };
  }
}

/** One model on the backend, and the pairs that were last asked for in memory. */
class OneModelLab implements Lab {
  private held: { model: BenchModel; translator: Translator } | null = null;
  private readonly pairs = new Map<BenchPair, LoadedPair>();
  readonly onSlice: Lab['onSlice'];

  constructor(
    private readonly bench: Bench,
    readonly hooks: SuiteHooks,
  ) {
    this.onSlice = hooks.onSlice;
  }

  now(): number {
    return this.hooks.now();
  }

  async translator(model: BenchModel) {
    if (this.held?.model !== model) {
      this.dispose();
      this.held = { model, translator: await loadTranslator(model.card, await model.weights()) };
    }
    return { card: model.card, translator: this.held!.translator };
  }

  async pair(pair: BenchPair, model: BenchModel) {
    const known = this.pairs.get(pair);
    const loaded = known ?? (await pair.load());
    if (!known) {
      if (this.pairs.size >= PAIRS_IN_MEMORY) this.pairs.delete(this.pairs.keys().next().value!);
      this.pairs.set(pair, loaded);
    }
    return pairOnBench(this.bench, pair, loaded, model.card);
  }

  dispose(): void {
    this.held?.translator.dispose();
    this.held = null;
  }
}

/** A head of 256 x 256 x 180 twice is 94 MB. */
const PAIRS_IN_MEMORY = 8;
