/**
 * The same reverse step on several engines, in one run and in random order: how long each takes, and how far its image lies from that
 * of the oracle. Clock and engines are passed in.
 */
import { Aborted } from '../../errors';
import { percentiles } from '../../volume/intensity';
import type { ModelCard } from '../cards/modelCard';
import { psnr } from '../evaluation/metrics/psnr';
import type { StateDict } from '../formats/namedTensor';
import type { LayerTime, Timing } from '../kernels/layer';
import type { Draws } from '../methods/translator';
import { normals, uniforms } from '../random';

export interface SpeedTask {
  card: ModelCard;
  weights: StateDict;
  /** A slice of the card's size, [-1, 1], x fastest. */
  source: Float32Array;
  draws: Draws;
}

/** An engine that takes part. */
export interface Contender {
  id: string;
  label: string;
  /** Absent: somebody else's. */
  isOurs?: boolean;
  /** Plain TensorFlow.js in float32, which images of the others are held against: of the first of these that makes one. */
  isOracle?: boolean;
  /** Puts a model where it computes. @throws where it cannot, in a sentence */
  start(task: SpeedTask): Promise<StartedContender>;
}

/** What a step takes; null where that is not known. */
export interface StepCounts {
  /** Kernels that are started. */
  dispatches: number | null;
  /** Bytes of memory that it holds at the most, weights too. */
  bytes: number | null;
}

/** Where a step's time goes. */
export interface LayerReport {
  /** Of one step, those that take longest first. */
  layers: readonly LayerTime[];
  /** FLOP a second of the same machine, measured where it multiplies and adds in registers alone. */
  peak: number;
  /** How it was timed, a sentence. */
  note: string;
}

export interface StartedContender {
  /** Before each step, and not timed: puts right what other engines have changed. */
  ready?(): Promise<void>;
  /** The model's first estimate of the clean image, and nothing of it is left to be computed. */
  step(): Promise<Float32Array>;
  /** Asked for when all has been timed. Absent: not known. */
  counts?(): Promise<StepCounts>;
  /** After a step. Absent: what it computes is not told apart. @throws where it cannot, in a sentence */
  layers?(timing: Timing): Promise<LayerReport>;
  dispose(): void | Promise<void>;
}

export interface SpeedOptions {
  /** Of each engine, not counted. */
  warmUps: number;
  runs: number;
  /** Decides the order. */
  seed: number;
}

export interface SpeedMachine {
  /** Milliseconds, monotonic. */
  now(): number;
  signal?: AbortSignal;
  /** Awaited after every step. */
  pause?: () => Promise<void>;
  /** Told before that what an engine has done: its first step, which compiles, one more, or the last that it does, as where it fails. */
  onPass?: (id: string, what: 'first' | 'step' | 'last') => void;
}

export interface SpeedResult {
  id: string;
  /** To the end of the first step: weights, compiling, computing. */
  firstMs: number;
  /** Of every step that counts. */
  ms: number[];
  /** dB against the oracle's image, data range 2; null for itself, where both are the same, and where there is none. */
  psnr: number | null;
  /** The oracle; null where none has made an image. */
  oracle: string | null;
  counts: StepCounts;
}

const UNKNOWN: StepCounts = { dispatches: null, bytes: null };

/** Milliseconds of a step: half of them, and nine of ten, took no longer. */
export function stepTimes({ ms }: Pick<SpeedResult, 'ms'>): { median: number; p90: number } {
  const [median, p90] = percentiles(Float32Array.from(ms), [50, 90]);
  return { median, p90 };
}

/**
 * @returns of each contender, in their order; for those that cannot run this model, why
 * @throws Aborted between steps
 */
export async function measureSpeed(
  contenders: readonly Contender[],
  task: SpeedTask,
  { warmUps, runs, seed }: SpeedOptions,
  { now, signal, pause, onPass }: SpeedMachine,
): Promise<(SpeedResult | { id: string; failed: string })[]> {
  const started = new Map<Contender, StartedContender>();
  const failed = new Map<Contender, string>();
  const firstMs = new Map<Contender, number>();
  const images = new Map<Contender, Float32Array>();
  const ms = new Map<Contender, number[]>(contenders.map((one) => [one, []]));
  const counts = new Map<Contender, StepCounts>();
  const attempt = async (contender: Contender, what: 'first' | 'step', work: () => Promise<void>) => {
    if (signal?.aborted) throw new Aborted('bench: cancelled');
    try {
      await work();
      onPass?.(contender.id, what);
    } catch (error) {
      failed.set(contender, (error as Error).message);
      onPass?.(contender.id, 'last');
    }
    await pause?.();
  };
  try {
    for (const contender of contenders)
      await attempt(contender, 'first', async () => {
        const begin = now();
        const runner = await contender.start(task);
        started.set(contender, runner);
        images.set(contender, await runner.step());
        firstMs.set(contender, now() - begin);
      });
    for (let round = 0; round < warmUps + runs; round++)
      for (const contender of shuffled([...started.keys()], seed, round)) {
        if (failed.has(contender)) continue;
        await attempt(contender, 'step', async () => {
          const runner = started.get(contender)!;
          await runner.ready?.();
          const begin = now();
          await runner.step();
          if (round >= warmUps) ms.get(contender)!.push(now() - begin);
        });
      }
    for (const [contender, runner] of started) {
      if (runner.counts && !failed.has(contender))
        await attempt(contender, 'step', async () => {
          await runner.ready?.();
          counts.set(contender, await runner.counts!());
        });
      onPass?.(contender.id, 'last');
    }
  } finally {
    for (const runner of started.values()) await runner.dispose();
  }
  const reference = contenders.find((one) => one.isOracle && images.has(one));
  const right = reference && images.get(reference)!;
  return contenders.map((contender) => {
    const { id } = contender;
    const why = failed.get(contender);
    if (why !== undefined) return { id, failed: why };
    const found = contender === reference || !right ? null : psnr(images.get(contender)!, right, 2);
    return {
      id,
      firstMs: firstMs.get(contender)!,
      ms: ms.get(contender)!,
      psnr: found !== null && Number.isFinite(found) ? found : null,
      oracle: reference?.id ?? null,
      counts: counts.get(contender) ?? UNKNOWN,
    };
  });
}

/** Another order in every round, so that none always follows the same one. */
function shuffled<T>(things: readonly T[], seed: number, round: number): T[] {
  const places = uniforms({ seed, sample: 0, slice: 0, step: round, stream: 'noise' }, things.length);
  return things
    .map((thing, n) => ({ thing, at: places[n] }))
    .sort((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
}

/** A made-up slice: what it shows does not matter to time. */
export function madeUpTask(card: ModelCard, weights: StateDict): SpeedTask {
  const { size } = card.preprocessing;
  const key = { seed: 1, sample: 0, slice: 0 } as const;
  return {
    ...{ card, weights },
    source: uniforms({ ...key, step: 0, stream: 'noise' }, size * size).map((u) => 2 * u - 1),
    draws: {
      noise: (step) => normals({ ...key, step, stream: 'noise' }, size * size),
      latent: (step, length) => normals({ ...key, step, stream: 'latent' }, length),
      keys: [key],
    },
  };
}

/** In labels. */
export const threadsText = (count: number): string => (count === 1 ? '1 thread' : `${count} threads`);
