/**
 * Three training iterations with given draws against what the authors' code computed: losses, gradients, weights, EMA.
 *
 * Two things float32 cannot tell, whoever computes (held against float64, docs/MEASUREMENTS.md "Training"):
 * - a gradient that is 0 in exact arithmetic (a bias before an instance norm, the attention's key bias): both sides hold
 *   rounding noise there, and what is asked is that it be as small;
 * - where Adam moves a weight whose gradient is of the size of rounding noise: by a whole learning rate, this way or that. One
 *   ReLU that takes the other side moves a thousand weights so. Weights are therefore compared as the whole tensor's change.
 */
import type { NamedTensor, StateDict } from '../engine/formats/namedTensor';
import { optionValues } from '../engine/methods/options';
import type { PhaseDraws, StepDraws } from '../engine/methods/syndiff/draws';
import { trainStepWith } from '../engine/methods/syndiff/train';
import type { GeneratorConfig } from '../engine/networks/ncsnpp/config';
import { toAuthors } from '../engine/networks/table';
import { atOnce } from '../engine/pieces';
import * as tf from '../engine/tf';
import type { GradientHook, Losses, TrainingState } from '../engine/training/iteration';
import { disposeNetworks, loadNetworks, parametersOf } from '../engine/training/networks';
import { presetSettings, type TrainSettings } from '../engine/training/settings';
import type { Side } from '../engine/training/sides';
import { PAPER_VARIANT } from '../engine/training/variant';
import type { GoldenTensors } from './golden';

/** Largest errors of each kind. */
export interface TrainingErrors {
  /** Relative. */
  losses: number;
  /** Of each tensor, relative to its largest value. */
  gradients: number;
  r1Gradients: number;
  /** Gradients that are 0 up to rounding, relative to the network's largest gradient. */
  zeroGradients: number;
  /** Root mean square of a tensor's difference, relative to that of its values. */
  weights: number;
  /** The same relative to the tensor's change over the iterations, by the network's kind: what a wrong optimizer shows in. */
  diffusiveDiscriminatorChange: number;
  diffusiveGeneratorChange: number;
  otherChange: number;
  /** Relative to each tensor's largest value. */
  averages: number;
}

/** Below this share of a network's largest gradient a tensor's gradients are rounding noise: the least real ones are 1e-4. */
const ROUNDING = 1e-5;

const THEIR_NETWORKS: Record<string, string> = {
  'g.a': 'gen_diffusive_1',
  'g.b': 'gen_diffusive_2',
  'r.a': 'gen_non_diffusive_2to1',
  'r.b': 'gen_non_diffusive_1to2',
  'd.a': 'disc_diffusive_1',
  'd.b': 'disc_diffusive_2',
  'p.a': 'disc_non_diffusive_cycle1',
  'p.b': 'disc_non_diffusive_cycle2',
};

/** Their sums of our losses; errG is ours after weighting. */
const THEIR_LOSSES: Record<string, string> = {
  errD_real: 'dDiffusiveReal',
  errD_fake: 'dDiffusiveFake',
  errD_cycle_real: 'dPatchReal',
  errD_cycle_fake: 'dPatchFake',
  errG_adv: 'gDiffusive',
  errG_cycle_adv: 'gPatch',
  errG_L1: 'l1',
  errG_cycle: 'cycle',
  errG: 'generator',
};

interface Hyper {
  lr_g: number;
  lr_d: number;
  r1_gamma: number;
  lazy_reg: number;
  lambda_l1: number;
  ema_decay: number;
  steps: number;
  batch: number;
  ngf_resnet: number;
  ndf_patch: number;
  ngf_disc: number;
  t_emb_dim: number;
}

/** @param error the measure: largest difference over largest wanted value */
export async function trainingErrors(
  golden: GoldenTensors,
  error: (got: ArrayLike<number>, want: ArrayLike<number>) => number,
  changes: Partial<TrainSettings> = {},
): Promise<TrainingErrors> {
  const hyper = JSON.parse(golden.metadata.hyper) as Hyper;
  const losses = JSON.parse(golden.metadata.losses) as Record<string, number>[];
  const settings = { ...goldenSettings(golden, hyper), ...changes };
  const state: TrainingState = {
    settings,
    networks: loadNetworks(settings, (name) => withPrefix(golden, `before.${THEIR_NETWORKS[name]}.`)),
    step: 0,
  };
  const worst: TrainingErrors = {
    losses: 0,
    gradients: 0,
    r1Gradients: 0,
    zeroGradients: 0,
    weights: 0,
    diffusiveDiscriminatorChange: 0,
    diffusiveGeneratorChange: 0,
    otherChange: 0,
    averages: 0,
  };
  const compared: Record<keyof TrainingErrors, number> = { ...worst };
  const see = (kind: keyof TrainingErrors, value: number) => {
    // Not Math.max alone: it would drop NaN's meaning in the wrong order.
    worst[kind] = value <= worst[kind] ? worst[kind] : value;
    compared[kind]++;
  };
  /** Those of a network's tensors that the file has under the prefix: ours, theirs, and the name. */
  const pairs = async (prefix: string, name: string, tensors: readonly tf.Tensor[]) => {
    const found: { got: Float32Array; want: Float32Array; row: string }[] = [];
    for (const [i, row] of state.networks.get(name)!.spec.table.entries()) {
      const want = golden.tensors.get(`${prefix}.${THEIR_NETWORKS[name]}.${row.name}`);
      if (!want) continue;
      const got = toAuthors(row, (await tensors[i].data()) as Float32Array);
      found.push({ got, want: want.data, row: row.name });
    }
    return found;
  };
  /** Biases whose gradient is rounding noise. By our gradients: the file does not hold those of every network. */
  const zeros = new Set<string>();
  const noteZeros = async (name: string, tensors: readonly tf.Tensor[]) => {
    const found = await Promise.all(tensors.map(async (t) => largestOf((await t.data()) as Float32Array)));
    const largest = Math.max(...found);
    for (const [i, row] of state.networks.get(name)!.spec.table.entries())
      if (row.shape.length === 1 && found[i] <= ROUNDING * largest) zeros.add(`${name} ${row.name}`);
  };
  const compareGradients = async (of: 'all' | 'r1', name: string, tensors: readonly tf.Tensor[]) => {
    const found = await pairs(of === 'r1' ? 'grad_r1.step0' : 'grad.step0', name, tensors);
    const largest = Math.max(0, ...found.map(({ want }) => largestOf(want)));
    for (const { got, want } of found) {
      if (largestOf(want) > ROUNDING * largest)
        see(of === 'r1' ? 'r1Gradients' : 'gradients', error(got, want));
      else see('zeroGradients', largestOf(got) / largest);
    }
  };
  for (let step = 0; step < hyper.steps; step++) {
    const kept: { name: string; of: 'all' | 'r1'; gradients: tf.Tensor[] }[] = [];
    const keep: GradientHook = (name, gradients, of) => {
      if (step === 0) kept.push({ name, of, gradients: gradients.map((g) => tf.keep(tf.clone(g))) });
    };
    const images = { a: image(golden, `in.step${step}.x1`), b: image(golden, `in.step${step}.x2`) };
    const rates = { generators: hyper.lr_g, discriminators: hyper.lr_d };
    const got = atOnce(trainStepWith(drawsOf(golden, step), state, images, rates, keep));
    state.step++;
    tf.dispose(images);
    await compareLosses(got, losses[step], settings.options['r1-gamma'] / 2, (g, w) =>
      see('losses', error([g], [w])),
    );
    for (const { name, of, gradients } of kept) {
      await compareGradients(of, name, gradients);
      if (of === 'all') await noteZeros(name, gradients);
      tf.dispose(gradients);
    }
  }
  for (const [name, network] of state.networks) {
    for (const { got, want, row } of await pairs('after', name, parametersOf(network))) {
      // Where the gradient is noise the change is, too, and nothing that the network computes depends on it.
      if (zeros.has(`${name} ${row}`)) continue;
      const before = golden.tensors.get(`before.${THEIR_NETWORKS[name]}.${row}`)!.data;
      const difference = rms(got.map((v, i) => v - want[i]));
      see('weights', difference / rms(want));
      see(CHANGE_OF[name[0]], difference / rms(want.map((v, i) => v - before[i])));
    }
    if (network.ema)
      for (const { got, want } of await pairs('ema', name, network.ema)) see('averages', error(got, want));
  }
  disposeNetworks(state.networks);
  for (const [kind, count] of Object.entries(compared))
    if (count === 0) throw new Error(`parity: the file has nothing to compare ${kind} with`);
  return worst;
}

const CHANGE_OF: Record<string, keyof TrainingErrors> = {
  d: 'diffusiveDiscriminatorChange',
  g: 'diffusiveGeneratorChange',
  r: 'otherChange',
  p: 'otherChange',
};

const largestOf = (values: Float32Array) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const rms = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

function goldenSettings({ metadata }: GoldenTensors, hyper: Hyper): TrainSettings {
  const config = JSON.parse(metadata.config) as GeneratorConfig & {
    num_timesteps: number;
    beta_min: number;
    beta_max: number;
  };
  const { num_timesteps: steps, beta_min: betaMin, beta_max: betaMax } = config;
  return {
    ...presetSettings('tiny', { a: 'T1w', b: 'T2w' }),
    size: config.image_size,
    generator: config,
    discriminator: 'large',
    widths: {
      r: hyper.ngf_resnet,
      patch: hyper.ndf_patch,
      diffusive: hyper.ngf_disc,
      timeEmbedding: hyper.t_emb_dim,
    },
    variant: PAPER_VARIANT,
    diffusion: { steps, betaMin, betaMax, schedule: 'vp' },
    batch: hyper.batch,
    options: optionValues('syndiff', {
      'weight-l1': hyper.lambda_l1,
      'weight-cycle': hyper.lambda_l1,
      'r1-gamma': hyper.r1_gamma,
      'r1-every': hyper.lazy_reg,
    }),
    ema: hyper.ema_decay,
    recompute: false,
  };
}

/** r1 is theirs after gamma/2, and only of the iterations that have it. */
async function compareLosses(
  got: Losses,
  want: Record<string, number>,
  r1Weight: number,
  error: (got: number, want: number) => void,
): Promise<void> {
  for (const [theirs, ours] of Object.entries(THEIR_LOSSES)) {
    error((await got.get(ours)!.data())[0], want[theirs]);
  }
  const penalty = got.get('r1');
  if ((penalty === undefined) !== (want.grad_penalty === undefined))
    throw new Error('parity: R1 must be in the same iterations as in the file');
  if (penalty) error(r1Weight * (await penalty.data())[0], want.grad_penalty);
  tf.dispose([...got.values()]);
}

function tensor({ tensors }: GoldenTensors, name: string): NamedTensor {
  const found = tensors.get(name);
  if (!found) throw new Error(`parity: the file has no tensor ${name}`);
  return found;
}

function withPrefix({ tensors }: GoldenTensors, prefix: string): StateDict {
  const found = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** One channel: [b, 1, h, w] and [b, h, w, 1] are the same numbers. */
function image(golden: GoldenTensors, name: string): tf.Tensor4D {
  const { shape, data } = tensor(golden, name);
  const [b, , h, w] = shape;
  return tf.tensor4d(data, [b, h, w, 1]);
}

function drawsOf(golden: GoldenTensors, step: number): StepDraws {
  const phase = (letter: 'd' | 'g', side: Side): PhaseDraws => {
    const number = side === 'a' ? 1 : 2;
    const of = (name: string) => tensor(golden, `in.step${step}.${letter}.${name}`).data;
    return {
      t: [...of(`t${number}`)],
      noise: of(`${number}.q_noise`),
      pairNoise: of(`${number}.pair_noise`),
      posteriorNoise: of(`${number}.posterior_noise`),
      z: of(`z${number}`),
    };
  };
  const both = (letter: 'd' | 'g') => ({ a: phase(letter, 'a'), b: phase(letter, 'b') });
  return { d: both('d'), g: both('g') };
}
