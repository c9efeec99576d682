/**
 * One training iteration of a baseline with given draws against the official code's: losses, gradients, and what Adam made of the
 * weights.
 *
 * One step of Adam moves a weight by nearly the learning rate whatever its gradient, so weights alone tell little: what is compared is
 * each weight's move in units of the rate, of which a gradient near rounding noise may turn a few round (golden/baselines, "Updates").
 */
import type { StateDict } from '../engine/formats/namedTensor';
import { toAuthors } from '../engine/networks/table';
import { atOnce } from '../engine/pieces';
import * as tf from '../engine/tf';
import type { GradientHook, TrainingState, TrainStep } from '../engine/training/iteration';
import { disposeNetworks, loadNetworks, networksOf, parametersOf } from '../engine/training/networks';
import type { TrainSettings } from '../engine/training/settings';
import type { Side } from '../engine/training/sides';
import { attempt, type ParityResult, relativeError } from './compare';
import type { GoldenReader } from './golden';
import { type Golden, image, parseGolden } from './kit';

type LossesOfFile = Readonly<Record<string, number>>;

export interface Rehearsal {
  settings(golden: Golden): TrainSettings;
  /** The file's network of each of ours: { "g.b": "netG_A" }. */
  networks: Readonly<Record<string, string>>;
  /** The file's real images of each contrast. */
  images: Readonly<Record<Side, string>>;
  step(golden: Golden): TrainStep;
  /** Numbers of ours, of which the sum is what the file's losses say. */
  losses: readonly (readonly [ours: readonly string[], theirs: (losses: LossesOfFile) => number])[];
  /** Images that are made before the iteration, or others of its values: the largest error. */
  values(golden: Golden, state: TrainingState, images: Record<Side, tf.Tensor4D>): Promise<number>;
  tolerances: { losses: number; values: number; gradients: number };
}

/** Share of a network's weights whose move may differ by more than `MOVE` learning rates. */
const MOVED = 0.01;
const MOVE = 0.05;
/** Of a gradient that is 0 but for rounding, of the network's largest one. */
const ROUNDING = 1e-4;

/** A result for each kind of number. */
export async function rehearse(
  name: string,
  rehearsal: Rehearsal,
  read: GoldenReader,
): Promise<ParityResult[]> {
  const worst = read(name).then((bytes) => worstErrors(parseGolden(bytes), rehearsal));
  const { losses, values, gradients } = rehearsal.tolerances;
  const kinds: [kind: keyof Errors, label: string, tolerance: number][] = [
    ['losses', 'losses', losses],
    ['values', 'images', values],
    ['gradients', 'gradients', gradients],
    ['zeros', 'gradients that are 0 up to rounding', ROUNDING],
    ['moved', 'weights that moved otherwise', MOVED],
  ];
  const results: ParityResult[] = [];
  for (const [kind, label, tolerance] of kinds)
    results.push(await attempt(`${name}: ${label}`, tolerance, async () => (await worst)[kind]));
  return results;
}

type Errors = Record<'losses' | 'values' | 'gradients' | 'zeros' | 'moved', number>;

async function worstErrors(golden: Golden, rehearsal: Rehearsal): Promise<Errors> {
  const settings = rehearsal.settings(golden);
  const read = <T>(key: string) => JSON.parse(golden.metadata[key]) as T;
  const rates = read<{ lr: number }>('hyper').lr;
  const nothing = new Set(read<string[]>('null_gradient'));
  const state: TrainingState = {
    settings,
    networks: loadNetworks(settings, (ours) => paramsOf(golden, rehearsal.networks[ours], ours, settings)),
    step: 0,
  };
  const images = { a: image(golden.tensor(rehearsal.images.a)), b: image(golden.tensor(rehearsal.images.b)) };
  const values = await rehearsal.values(golden, state, images);
  const gradients = new Map<string, tf.Tensor[]>();
  const keep: GradientHook = (network, of) =>
    gradients.set(
      network,
      of.map((one) => tf.keep(tf.clone(one))),
    );
  const step = rehearsal.step(golden);
  const got = atOnce(step(state, images, { generators: rates, discriminators: rates }, keep));
  const want = read<Record<string, number>>('losses');
  const losses: number[] = [];
  for (const [ours, theirs] of rehearsal.losses) {
    const sum = tf.tidy(() => tf.addN(ours.map((one) => got.get(one)!)));
    losses.push(relativeError(await sum.data(), [theirs(want)]));
    sum.dispose();
  }
  const ofGradients = await gradientErrors(golden, rehearsal, state, gradients, nothing);
  const moved = await movedShare(golden, rehearsal, state, rates, nothing);
  tf.dispose([images.a, images.b, ...got.values(), ...[...gradients.values()].flat()]);
  disposeNetworks(state.networks);
  return { losses: Math.max(...losses), values, ...ofGradients, moved };
}

/** Several of ours may be one of the file's. */
function paramsOf({ params }: Golden, theirs: string, ours: string, settings: TrainSettings): StateDict {
  const { table } = networksOf(settings).find(({ name }) => name === ours)!;
  const rows = table.map(({ name }) => [name, params.get(`${theirs}.${name}`)] as const);
  return new Map(rows.flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : [])));
}

/** Each tensor that the file has, and of the others their norms. */
async function gradientErrors(
  golden: Golden,
  { networks }: Rehearsal,
  state: TrainingState,
  gradients: ReadonlyMap<string, tf.Tensor[]>,
  nothing: ReadonlySet<string>,
): Promise<Pick<Errors, 'gradients' | 'zeros'>> {
  const norms = JSON.parse(golden.metadata.grad_norms) as Record<string, number>;
  const errors: number[] = [];
  const zeros: number[] = [0];
  for (const [ours, theirs] of Object.entries(networks)) {
    const { table } = state.networks.get(ours)!.spec;
    const found = gradients.get(ours)!;
    const all = await Promise.all(found.map(async (one) => (await one.data()) as Float32Array));
    const largest = Math.max(...all.map(largestOf));
    for (const [n, row] of table.entries()) {
      const name = `${theirs}.${row.name}`;
      const values = toAuthors(row, all[n]);
      if (nothing.has(name)) {
        zeros.push(largestOf(values) / largest);
        continue;
      }
      const want = golden.find(`grad.${name}`);
      if (want) errors.push(relativeError(values, want.data));
      if (norms[name] === undefined) throw new Error(`parity: the file has no norm of ${name}`);
      errors.push(relativeError([Math.hypot(...values)], [norms[name]]));
    }
  }
  return { gradients: Math.max(...errors), zeros: Math.max(...zeros) };
}

/** The largest share of a network. */
async function movedShare(
  golden: Golden,
  { networks }: Rehearsal,
  state: TrainingState,
  rate: number,
  nothing: ReadonlySet<string>,
): Promise<number> {
  const shares: number[] = [];
  for (const [ours, theirs] of Object.entries(networks)) {
    const network = state.networks.get(ours)!;
    let [seen, other] = [0, 0];
    for (const [n, row] of network.spec.table.entries()) {
      const name = `${theirs}.${row.name}`;
      const after = golden.find(`after.${name}`);
      if (!after || nothing.has(name)) continue;
      const before = golden.tensor(`param.${name}`).data;
      const got = toAuthors(row, (await parametersOf(network)[n].data()) as Float32Array);
      const move = (values: ArrayLike<number>, at: number) => (values[at] - before[at]) / rate;
      for (let at = 0; at < got.length; at++) {
        seen++;
        if (!(Math.abs(move(got, at) - move(after.data, at)) <= MOVE)) other++;
      }
    }
    if (seen === 0) throw new Error(`parity: the file has no weights of ${theirs} after the iteration`);
    shares.push(other / seen);
  }
  return Math.max(...shares);
}

const largestOf = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
