/** What the parts of the speed suite share: who takes part, keys, and results of which some are reasons. */
import { Aborted } from '../../../errors';
import * as tf from '../../tf';
import { isUnconditionalModel } from '../../unconditional';
import type { Bench, BenchModel } from '../bench';
import { AWAITED } from '../rows';
import type { CellResult, Lab } from '../suite';

export type Failed = { id: string; failed: string };
export type Results<R> = ReadonlyMap<string, CellResult<R>>;

export const GIGA = 1e9;

/** What the column of that name holds. */
export const TIMES_OURS = 'how many times as long as the fastest of our kernels here';

export const enginesOf = ({ contenders = [] }: Bench) => contenders;

export const labelOf = (bench: Bench, id: string): string =>
  [...enginesOf(bench), ...(bench.trainers ?? [])].find((one) => one.id === id)?.label ?? id;

export const deviceOf = ({ device = 'this machine' }: Bench): string => device;

/** Networks of the same shape take the same time: the first of each, of those that translate. */
export function modelsOf({ models }: Bench): BenchModel[] {
  const shapeOf = ({ card }: BenchModel) => JSON.stringify([card.network, card.preprocessing.size]);
  return models
    .filter(({ card }) => !isUnconditionalModel(card))
    .filter((model, n, all) => all.findIndex((other) => shapeOf(other) === shapeOf(model)) === n);
}

/** What a key says of all that is measured here. */
export const keyBegin = (bench: Bench, what: string, engines: readonly { id: string }[]): string =>
  `${what}/${deviceOf(bench)}/${engines.map(({ id }) => id).join()}`;

/** Of a cell's result, or for each engine why there is none. */
export function foundOf<R>(
  results: Results<readonly (R | Failed)[]>,
  key: string,
  engines: readonly { id: string }[],
): readonly (R | Failed)[] {
  const cell = results.get(key) ?? { failed: AWAITED };
  return 'value' in cell ? cell.value : engines.map(({ id }) => ({ id, failed: cell.failed }));
}

/** Engines change which backend computes: afterwards it is the one from before. */
export async function onAnyBackend<T>(work: () => Promise<T>): Promise<T> {
  const before: string | undefined = tf.getBackend();
  try {
    return await work();
  } finally {
    if (before) await tf.setBackend(before);
  }
}

/** After every step, run of layers and iteration. */
export const pauseOf =
  ({ hooks }: Lab) =>
  async () => {
    await hooks.pause?.();
    if (hooks.signal?.aborted) throw new Aborted('bench: cancelled');
  };

export const sizeText = ({ card }: BenchModel): string => {
  const { size } = card.preprocessing;
  return `${size} x ${size}`;
};

export const isAborted = (error: unknown): boolean => (error as Error).name === 'Aborted';
