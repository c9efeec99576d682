/** Runs a suite's cells one after the other: what is kept is not computed again, and what fails does not stop the others. */
import { Aborted } from '../../errors';
import type { Baselines } from '../evaluation/baselines/fitBaselines';
import { pairWarnings } from '../evaluation/pairWarnings';
import { loadTranslator, type Translator } from '../methods/translator';
import { inPieces } from '../pieces';
import type { TranslateHooks } from '../translateSlices';
import {
  type Bench,
  type BenchModel,
  type BenchPair,
  type LoadedPair,
  scaleKey,
  type TaskBaselines,
  taskKey,
} from './bench';
import { type PairOnBench, pairOnBench } from './lab';
import type { Cell, CellResult, Lab, Suite, Work } from './suite';
import type { SuiteReport } from './suiteReport';

/** Where results are kept between runs; in memory where nothing is to be kept. */
export interface CellStore {
  /** Null where there is none of this key. */
  get(key: string): CellResult<unknown> | null;
  put(key: string, result: CellResult<unknown>): Promise<void>;
}

export interface SuiteProgress {
  /** Of the cell that is computed. */
  label: string;
  /** Cells that are. */
  done: number;
  cells: number;
  /** By forward passes, each kind by its own; null until one of those that are left has been timed. */
  msLeft: number | null;
  /** There are passes left of a kind that has not been timed: it takes longer. */
  isLeast: boolean;
}

export interface SuiteHooks extends TranslateHooks {
  now(): number;
  /** Told when a cell begins, and after every step of its chains. */
  onProgress?: (progress: SuiteProgress) => void;
  /** A cell that failed, and why. */
  onFailure?: (label: string, reason: string) => void;
  /** What is odd about a pair's scans for a model: a sentence that is told once. */
  onRemark?: (text: string) => void;
  onSlice?: Lab['onSlice'];
  resident?: Lab['resident'];
}

/**
 * @throws BadRequest where the bench has not what the suite needs; Aborted within one reverse step of the signal: what was done is
 *         kept; whatever `hooks.pause` throws, for a device that has failed
 */
export async function runSuite<R>(
  suite: Suite<R>,
  bench: Bench,
  store: CellStore,
  hooks: SuiteHooks,
): Promise<SuiteReport> {
  const cells = suite.cells(bench);
  const results = new Map<string, CellResult<R>>();
  const pace = new Pace(cells, store, bench.options.slices === null, hooks);
  const lab = new OneModelLab(
    bench,
    {
      ...hooks,
      onStep: (slices) => {
        hooks.onStep?.(slices);
        pace.step(slices);
      },
    },
    pace,
  );
  try {
    for (const cell of cells) {
      const kept = store.get(cell.key) as CellResult<R> | null;
      if (kept && 'value' in kept) {
        results.set(cell.key, kept);
        continue;
      }
      if (hooks.signal?.aborted) throw new Aborted('bench: cancelled');
      pace.begin(cell);
      const result = await resultOf(cell, lab);
      pace.end();
      // Of a copy of the model, the first reason is that of both; what one of them has made is good for both.
      if ('value' in result || !results.has(cell.key)) results.set(cell.key, result);
      await store.put(cell.key, result);
      if ('failed' in result) hooks.onFailure?.(cell.label, result.failed);
      await hooks.pause?.();
    }
  } finally {
    lab.dispose();
  }
  const report = suite.report(bench, results);
  return suite.slices ? { ...report, slices: suite.slices(bench, results) } : report;
}

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

const partsOf = (cell: Cell<unknown>): readonly Work[] => ('parts' in cell ? cell.parts : [cell]);

/** How far it is: forward passes, those of cells that are kept left out. A thousand of one model may take as long as one of another. */
class Pace {
  private readonly left: Cell<unknown>[];
  private cell: Cell<unknown> | null = null;
  /** When its last pass was done, or it began. */
  private at = 0;
  /** Of this cell, by kind. */
  private readonly passes = new Map<string, number>();
  /** Of these it has no more. */
  private readonly ended = new Set<string>();
  private readonly past = { passes: 0, planned: 0 };
  /** By kind. */
  private readonly timed = new Map<string, { passes: number; ms: number }>();

  /** @param isGuessed what cells without parts say of their work is in proportion only */
  constructor(
    private readonly cells: readonly Cell<unknown>[],
    store: CellStore,
    private readonly isGuessed: boolean,
    private readonly hooks: Pick<SuiteHooks, 'now' | 'onProgress'>,
  ) {
    this.left = cells.filter(({ key }) => {
      const kept = store.get(key);
      return kept === null || 'failed' in kept;
    });
  }

  begin(cell: Cell<unknown>): void {
    this.left.splice(0, this.left.indexOf(cell) + 1);
    this.cell = cell;
    this.passes.clear();
    this.ended.clear();
    this.at = this.hooks.now();
    this.tell();
  }

  step(slices: number, kind = partsOf(this.cell!)[0].kind): void {
    this.passes.set(kind, this.passesOf(kind) + slices);
    this.takeTime(kind, slices);
    this.tell();
  }

  noMore(kind: string): void {
    this.ended.add(kind);
    this.at = this.hooks.now();
    this.tell();
  }

  end(): void {
    const cell = this.cell!;
    if ('parts' in cell) return;
    const passes = this.passesOf(cell.kind);
    // What takes no pass tells nothing of their pace.
    if (passes === 0) return;
    this.takeTime(cell.kind, 0);
    this.past.passes += passes;
    this.past.planned += cell.work;
  }

  private passesOf(kind: string): number {
    return this.passes.get(kind) ?? 0;
  }

  /** What has passed since the last one was these passes'. */
  private takeTime(kind: string, passes: number): void {
    const before = this.timed.get(kind) ?? { passes: 0, ms: 0 };
    const at = this.hooks.now();
    this.timed.set(kind, { passes: before.passes + passes, ms: before.ms + at - this.at });
    this.at = at;
  }

  private tell(): void {
    this.hooks.onProgress?.({
      label: this.cell!.label,
      done: this.cells.length - this.left.length - 1,
      cells: this.cells.length,
      ...this.remaining(),
    });
  }

  private remaining(): Pick<SuiteProgress, 'msLeft' | 'isLeast'> {
    const { past, timed } = this;
    const guessed = this.isGuessed && past.planned > 0 ? past.passes / past.planned : 1;
    const planned = (cell: Cell<unknown>) => {
      const ratio = 'parts' in cell ? 1 : guessed;
      return partsOf(cell).map(({ kind, work }) => ({ kind, work: ratio * work }));
    };
    const works = [
      ...planned(this.cell!)
        .filter(({ kind }) => !this.ended.has(kind))
        .map(({ kind, work }) => ({ kind, work: work - this.passesOf(kind) })),
      ...this.left.flatMap(planned),
    ].filter(({ work }) => work > 0);
    const times = works.flatMap(({ kind, work }) => {
      const known = timed.get(kind);
      return known ? [(work * known.ms) / known.passes] : [];
    });
    const isKnown = timed.size > 0 && (times.length > 0 || works.length === 0);
    return {
      msLeft: isKnown ? times.reduce((sum, ms) => sum + ms, 0) : null,
      isLeast: times.length < works.length,
    };
  }
}

/** One model on the backend, and the pairs that were last asked for in memory. */
class OneModelLab implements Lab {
  private held: { model: BenchModel; translator: Translator } | null = null;
  /** A model that could not be loaded: it is not tried again for each of its cells. */
  private broken: { model: BenchModel; error: unknown } | null = null;
  private readonly pairs = new Map<BenchPair, LoadedPair>();
  /** Models in turn ask for the same pairs in the same order: those that were prepared first go first. */
  private readonly prepared: { pair: BenchPair; scale: string; on: PairOnBench }[] = [];
  private readonly fitted = new Map<string, Baselines>();
  private readonly looked = new Set<string>();
  private readonly remarks = new Set<string>();
  readonly onSlice: Lab['onSlice'];

  constructor(
    private readonly bench: Bench,
    readonly hooks: SuiteHooks,
    private readonly pace: Pick<Pace, 'step' | 'noMore'>,
  ) {
    this.onSlice = hooks.onSlice;
  }

  now(): number {
    return this.hooks.now();
  }

  pass(kind: string): void {
    this.pace.step(1, kind);
  }

  noMore(kind: string): void {
    this.pace.noMore(kind);
  }

  resident(): number | null {
    return this.hooks.resident?.() ?? null;
  }

  async translator(model: BenchModel) {
    if (this.broken?.model === model) throw this.broken.error;
    if (this.held?.model !== model) {
      this.dispose();
      try {
        this.held = { model, translator: await loadTranslator(model.card, await model.weights()) };
      } catch (error) {
        this.broken = { model, error };
        throw error;
      }
    }
    return { card: model.card, translator: this.held!.translator };
  }

  async pair(pair: BenchPair, model: BenchModel) {
    const scale = scaleKey(model.card);
    const known = this.prepared.find((one) => one.pair === pair && one.scale === scale);
    if (known) return this.told(known.on, pair, model);
    const loaded = await this.loaded(pair);
    const room = PREPARED_VOXELS - loaded.target.image.voxels.length;
    const held = () => this.prepared.reduce((sum, { on }) => sum + on.prepared.target.voxels.length, 0);
    while (this.prepared.length > 0 && held() > room) this.prepared.shift();
    const on = await inPieces(pairOnBench(this.bench, pair, loaded, model.card), this.hooks, this.hooks.now);
    this.prepared.push({ pair, scale, on });
    return this.told(on, pair, model);
  }

  /** Models of one scale may have been trained on other scans. */
  private told(on: PairOnBench, pair: BenchPair, model: BenchModel): PairOnBench {
    const key = `${model.id} ${taskKey(pair.task)} ${pair.subject}`;
    if (!this.hooks.onRemark || this.looked.has(key)) return on;
    this.looked.add(key);
    for (const text of pairWarnings(on.prepared, model.card)) {
      const remark = `${pair.subject}: ${text}`;
      if (!this.remarks.has(remark)) this.hooks.onRemark(remark);
      this.remarks.add(remark);
    }
    return on;
  }

  private async loaded(pair: BenchPair): Promise<LoadedPair> {
    const known = this.pairs.get(pair);
    if (known) return known;
    const loaded = await pair.load();
    if (this.pairs.size >= PAIRS_IN_MEMORY) this.pairs.delete(this.pairs.keys().next().value!);
    this.pairs.set(pair, loaded);
    return loaded;
  }

  async baselines(of: TaskBaselines, card: Parameters<TaskBaselines['fit']>[0]) {
    const key = `${taskKey(of.task)}/${of.data}/${scaleKey(card)}`;
    const found = this.fitted.get(key) ?? (await of.fit(card, this.hooks));
    this.fitted.set(key, found);
    return found;
  }

  dispose(): void {
    this.held?.translator.dispose();
    this.held = null;
  }
}

/** A head of 256 x 256 x 180 twice is 94 MB. */
const PAIRS_IN_MEMORY = 8;
/** Of pairs that are prepared, of 14 bytes a voxel beside the scans themselves: one such head at a time, or a dozen of few slices. */
const PREPARED_VOXELS = 2e7;
