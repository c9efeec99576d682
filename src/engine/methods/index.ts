/** All methods of translation, a row each; their code with tensors is opened by translator.ts and training. */
import type { ScheduleOptions } from '../diffusion/schedule';
import type { ParameterTable } from '../networks/table';
import type { TrainSettings } from '../training/settings';
import { attgan } from './attgan/method';
import { cgan } from './cgan/method';
import { ddpm } from './ddpm/method';
import type { Method, Training } from './method';
import { munit } from './munit/method';
import { resnet } from './resnet/method';
import { sagan } from './sagan/method';
import { syndiff } from './syndiff/method';
import { unit } from './unit/method';
import { unitDdpm } from './unit-ddpm/method';

/** In the order in which weights are tried: what R alone has in common with others' generators comes after these. */
export const METHODS = {
  syndiff,
  attgan,
  sagan,
  unit,
  munit,
  ddpm,
  'unit-ddpm': unitDdpm,
  cgan,
  resnet,
} as const;

export type MethodId = keyof typeof METHODS;
export const METHOD_IDS = Object.keys(METHODS) as MethodId[];

type NetworkOfRow<Row> = Row extends Method<infer C> ? C : never;
/** A card's `network`. */
export type Network = NetworkOfRow<(typeof METHODS)[MethodId]>;

/** The row of a network's method. */
export function methodOf({ method }: { method: MethodId }): Method<Network> {
  return METHODS[method];
}

/** The parameters that make an image, which is what a network's size and work are counted by. */
export function translatingTable(network: Network): ParameterTable {
  const { translating, table } = methodOf(network);
  return (translating ?? table)(network);
}

/** How the method of a network, or of a run's settings, trains. */
export const trainingOf = (of: { method: MethodId }): Training<Network> => methodOf(of).training;

/** The shorter chain of a run's pictures; null where a translation is short as it is. */
export const quickChain = (settings: TrainSettings): ScheduleOptions | null =>
  trainingOf(settings).quick(trainingOf(settings).diffusion(settings));
