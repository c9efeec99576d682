/**
 * What the phases of any method's iteration share: losses as they are noted, gradients of a term, updates.
 *
 * An iteration is work in pieces, so that a cancel is heard within it, and one that is stopped leaves the networks as they were
 * before it: it never was.
 */
import { type Vjp, valueAndGradients, vjp } from '../autodiff/vjp';
import type { Tied } from '../methods/method';
import { WEIGHT_DECAY } from '../methods/options';
import type { Pieces } from '../pieces';
import * as tf from '../tf';
import { updateByAdam } from './adam';
import {
  type NetworkBefore,
  type Networks,
  networkNow,
  parametersOf,
  restoreNetwork,
  type TrainedNetwork,
  tensorsIn,
  tensorsOf,
  updateAverage,
} from './networks';
import type { TrainSettings } from './settings';
import type { Side } from './sides';

export interface TrainingState {
  settings: TrainSettings;
  networks: Networks;
  /** Iterations done. */
  step: number;
}

export interface Rates {
  generators: number;
  discriminators: number;
}

/** The scalars of an iteration by the names of the method's losses, to be read and disposed by the caller. */
export type Losses = Map<string, tf.Scalar>;

/** Sees the gradients of a network before its update, and those of R1 alone; they are disposed after the call, and what is made in it is, but by `tf.keep`, after the iteration. */
export type GradientHook = (name: string, gradients: readonly tf.Tensor[], of: 'all' | 'r1') => void;

/**
 * One iteration of a method, as its train.ts exports it as `trainStep`: every network that learns is updated once. Where it is
 * not run to its end (`return`), none is. The state's counter is the caller's.
 * @param images one batch of each contrast, [b, h, w, 1], [-1, 1]; borrowed
 * @param rates learning rates of this iteration
 */
export type TrainStep = (
  state: TrainingState,
  images: Record<Side, tf.Tensor4D>,
  rates: Rates,
  onGradients?: GradientHook,
) => Pieces<Losses>;

/**
 * An iteration of these phases, which yield after every term. It may stop there as long as there is a way back. What they make and do
 * not keep is disposed at the end.
 */
export const iterationOf = (
  phases: (iteration: Iteration) => Pieces<unknown>,
  mostKept = MOST_KEPT,
): TrainStep =>
  function* (state, images, rates, onGradients) {
    const iteration = new Iteration(state, images, rates, onGradients, mostKept);
    const engine = tf.engine();
    engine.startScope();
    let isWhole = false;
    try {
      for (const _ of phases(iteration)) if (iteration.hasWayBack) yield;
      isWhole = true;
      return iteration.losses;
    } finally {
      if (!isWhole) iteration.undo();
      engine.endScope(tensorsOf(state.networks));
    }
  };

/**
 * Bytes that are kept of what is updated before the iteration ends, at the most: with larger networks a cancel waits for the end, as
 * memory is dearer than that.
 */
export const MOST_KEPT = 2 ** 28;

export class Iteration {
  readonly losses: Losses = new Map();
  /** Of what has changed, by name. */
  private readonly before = new Map<string, NetworkBefore>();
  private readonly recorded: Vjp<tf.Tensor>[] = [];
  /** Whether the iteration can still be undone. */
  hasWayBack = true;

  constructor(
    readonly state: TrainingState,
    /** The real images. */
    readonly x: Record<Side, tf.Tensor4D>,
    private readonly rates: Rates,
    readonly onGradients: GradientHook = () => undefined,
    private readonly mostKept = MOST_KEPT,
  ) {}

  network(name: string): TrainedNetwork {
    const found = this.state.networks.get(name);
    if (!found) throw new Error(`training: the variant has no network ${name}`);
    return found;
  }

  /** As `vjp`, of which nothing stays where the iteration is stopped. */
  record<T extends tf.Tensor>(f: () => T, xs: readonly tf.Tensor[]): Vjp<T> {
    const made = vjp(f, xs);
    this.recorded.push(made);
    return made;
  }

  /** Gradients of weight * loss for a network; the loss itself is noted. */
  term(name: string, weight: number, loss: () => tf.Scalar, network: TrainedNetwork): tf.Tensor[] {
    const weighted = () => tf.mul(this.note(name, loss()), weight) as tf.Scalar;
    const { value, gradients } = valueAndGradients(weighted, parametersOf(network));
    value.dispose();
    return gradients;
  }

  /** Gradients of one term of the generators' loss, which is noted as a part of `generator`. */
  generatorTerm(loss: () => tf.Scalar, xs: tf.Tensor[]): tf.Tensor[] {
    const { value, gradients } = valueAndGradients(loss, xs);
    this.note('generator', value).dispose();
    return gradients;
  }

  /** The same for all parameters of these networks, added to `sums`. */
  generatorTermOf(loss: () => tf.Scalar, names: readonly string[], sums: GradientSums): void {
    const networks = names.map((name) => this.network(name));
    const all = this.generatorTerm(loss, networks.flatMap(parametersOf));
    for (const [n, { spec }] of networks.entries()) sums.add(names[n], all.splice(0, spec.table.length));
  }

  /** Adds a loss to its sum for the log; it may be a part of a recorded function and outlives its tidy. */
  note(name: string, loss: tf.Scalar): tf.Scalar {
    const before = this.losses.get(name);
    this.losses.set(name, tf.keep(before ? tf.add(before, loss) : tf.clone(loss)));
    before?.dispose();
    return loss;
  }

  /** One step of the optimizer, and of the average where there is one. The gradients are disposed. */
  update(name: string, gradients: tf.Tensor[]): void {
    this.onGradients(name, gradients, 'all');
    this.changes(name);
    const network = this.network(name);
    const { role, averaged } = network.spec;
    const rate = role === 'generator' ? this.rates.generators : this.rates.discriminators;
    const decay = this.state.settings.options[WEIGHT_DECAY.id];
    updateByAdam(network.spec.table, network.tree, network.adam!, gradients, rate, decay);
    if (averaged) updateAverage(network, this.state.settings.ema);
  }

  /** To be told before a network changes. */
  changes(name: string): void {
    if (!this.hasWayBack || this.before.has(name)) return;
    this.before.set(name, networkNow(this.network(name)));
    const kept = [...this.before.values()].flatMap(tensorsIn);
    if (kept.reduce((sum, { size }) => sum + 4 * size, 0) > this.mostKept) this.ends();
  }

  /** From here on there is no way back, and nothing is kept for one. */
  ends(): void {
    this.hasWayBack = false;
    for (const before of this.before.values()) tf.dispose(tensorsIn(before));
    this.before.clear();
  }

  /** Back to what was before, with no losses. */
  undo(): void {
    for (const [name, before] of this.before) restoreNetwork(this.network(name), before);
    for (const { dispose } of this.recorded) dispose();
    tf.dispose([...this.losses.values()]);
  }
}

/** Gradients by network, as their terms come. */
export class GradientSums {
  private readonly sums = new Map<string, tf.Tensor[]>();

  /** The gradients are taken over. */
  add(name: string, gradients: tf.Tensor[]): void {
    const before = this.sums.get(name);
    this.sums.set(name, before ? sumOf([before, gradients]) : gradients);
  }

  get(name: string): tf.Tensor[] | undefined {
    return this.sums.get(name);
  }

  /** What networks have in common learns by the sum of what each of them is told. */
  tie({ networks, has }: Tied, iteration: Iteration): void {
    const all = networks.map((name) => this.sums.get(name)!);
    for (const [n, { name }] of iteration.network(networks[0]).spec.table.entries()) {
      if (!has(name)) continue;
      const sum = tf.addN(all.map((gradients) => gradients[n]));
      for (const gradients of all) {
        gradients[n].dispose();
        gradients[n] = tf.clone(sum);
      }
      sum.dispose();
    }
  }

  /** The end of an iteration, but for networks that are updated after these and at once. */
  updateAll(iteration: Iteration): void {
    iteration.ends();
    for (const [name, gradients] of this.sums) iteration.update(name, gradients);
  }
}

/** Element-wise sums of lists of tensors, which are disposed. */
export function sumOf(lists: tf.Tensor[][]): tf.Tensor[] {
  const [first, ...rest] = lists;
  if (rest.length === 0) return first;
  const sums = first.map((tensor, i) => tf.addN([tensor, ...rest.map((list) => list[i])]));
  tf.dispose(lists.flat());
  return sums;
}
