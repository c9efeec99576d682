/** Holds the networks, their parts and the training against what the authors' code computed; the worst tensor of a file counts. */
import { sampleChain } from '../engine/diffusion/sampler';
import { makeSchedule } from '../engine/diffusion/schedule';
import type { NamedTensor, StateDict } from '../engine/formats/namedTensor';
import { hashNormals, hashWeights } from '../engine/hash';
import {
  type DiffusiveDiscriminatorWeights,
  runDiffusiveDiscriminator,
} from '../engine/networks/diffusiveDiscriminator/run';
import { diffusiveDiscriminatorTable } from '../engine/networks/diffusiveDiscriminator/table';
import { type Attention, attention, timestepEmbedding } from '../engine/networks/layers';
import type { GeneratorConfig } from '../engine/networks/ncsnpp/config';
import {
  denoiserOf,
  disposeGenerator,
  loadGenerator,
  pyramidDown,
  type ResidualBlock,
  residualBlock,
  runGenerator,
} from '../engine/networks/ncsnpp/run';
import { attentionTable, ncsnppTable, residualBlockTable } from '../engine/networks/ncsnpp/table';
import type { Conv } from '../engine/networks/parameters';
import {
  type PatchDiscriminatorWeights,
  runPatchDiscriminator,
} from '../engine/networks/patchDiscriminator/run';
import { patchDiscriminatorTable } from '../engine/networks/patchDiscriminator/table';
import { firDown, firSmooth, firUp, naiveDown, naiveUp } from '../engine/networks/resample';
import { type ResnetGeneratorWeights, runResnetGenerator } from '../engine/networks/resnetGenerator/run';
import { resnetGeneratorTable } from '../engine/networks/resnetGenerator/table';
import type { ParameterTable } from '../engine/networks/table';
import * as tf from '../engine/tf';
import { BASELINE_CASES } from './baselines';
import { REHEARSALS } from './baselineTraining';
import { attempt, type ParityResult, relativeError } from './compare';
import { DDPM_CASES } from './ddpm';
import { type GoldenReader, goldenTensors } from './golden';
import {
  type Case,
  compareImage,
  type Golden,
  image,
  matrix,
  NETWORK_TOLERANCE,
  parseGolden,
  withGolden,
  withTree,
} from './kit';
import { rehearse } from './rehearsal';
import { type TrainingErrors, trainingErrors } from './training';

/** Tables are float64 arithmetic rounded once or twice to float32. */
const SCHEDULE_TOLERANCE = 1e-6;

/** True if `runNetworkGolden` knows what to do with a file of this name. */
export function isNetworkGolden(name: string): boolean {
  return (
    TRAINING.test(name) || fileOf(name) in REHEARSALS || CASES.some(([pattern]) => pattern.test(fileOf(name)))
  );
}

/** Runs one golden file on the current backend; training gives a result for each kind of number. */
export async function runNetworkGolden(name: string, read: GoldenReader): Promise<ParityResult[]> {
  if (TRAINING.test(name)) return trainingResults(name, read);
  const rehearsal = REHEARSALS[fileOf(name)];
  if (rehearsal) return rehearse(name, rehearsal, read);
  const [, tolerance, run] = CASES.find(([pattern]) => pattern.test(fileOf(name)))!;
  return [await attempt(name, tolerance, () => run(name, read))];
}

const CASES: [pattern: RegExp, tolerance: number, run: Case][] = [
  [/^schedule\.json$/, SCHEDULE_TOLERANCE, scheduleCase],
  [/^resampling\.safetensors$/, NETWORK_TOLERANCE, withGolden(resamplingCase)],
  [/^block_resnet_biggan.*\.safetensors$/, NETWORK_TOLERANCE, residualBlockCase],
  [/^block_attention\.safetensors$/, NETWORK_TOLERANCE, withGolden(attentionCase)],
  [/^block_pyramid_downsample\.safetensors$/, NETWORK_TOLERANCE, withGolden(pyramidCase)],
  [/^net_ncsnpp_.*\.safetensors$/, NETWORK_TOLERANCE, withGolden(generatorCase)],
  [/^ncsnpp_readme_256\.safetensors$/, NETWORK_TOLERANCE, fullSizeCase],
  [/^net_resnet_generator\.safetensors$/, NETWORK_TOLERANCE, withGolden(resnetCase)],
  [/^net_diffusive_discriminator_(large|small)\.safetensors$/, NETWORK_TOLERANCE, discriminatorCase],
  [/^net_patch_discriminator\.safetensors$/, NETWORK_TOLERANCE, withGolden(patchCase)],
  [/^sampling\.safetensors$/, NETWORK_TOLERANCE, withGolden(samplingCase)],
  ...BASELINE_CASES,
  ...DDPM_CASES,
];

/** Those of the baselines may lie in a folder of their own. */
const fileOf = (name: string) => name.replace(/^baselines\//, '');

const TRAINING = /^training\.safetensors$/;

/**
 * What three iterations may differ by (training.ts says of what). The limits of the changes stand between what
 * rounding does to float64 (0.0009, 0.025 and 0.1 at most) and what mistakes in the optimizer do (0.04 of the discriminators'
 * change at least: docs/MEASUREMENTS.md, "Training").
 */
const TRAINING_TOLERANCES: Record<keyof TrainingErrors, [label: string, tolerance: number]> = {
  losses: ['losses', 1e-4],
  gradients: ['gradients', 1e-3],
  r1Gradients: ['gradients of R1 alone', 1e-3],
  zeroGradients: ['gradients that are 0 up to rounding', 1e-5],
  weights: ['weights after three iterations', 1e-3],
  diffusiveDiscriminatorChange: ['change of diffusive discriminators', 0.01],
  diffusiveGeneratorChange: ['change of diffusive generators', 0.05],
  otherChange: ['change of R and PatchGAN', 0.15],
  averages: ['EMA after three iterations', 1e-3],
};

async function trainingResults(name: string, read: GoldenReader): Promise<ParityResult[]> {
  const errors = read(name).then((bytes) => trainingErrors(goldenTensors(bytes), relativeError));
  const results: ParityResult[] = [];
  for (const [kind, [label, tolerance]] of Object.entries(TRAINING_TOLERANCES))
    results.push(
      await attempt(`${name}: ${label}`, tolerance, async () => (await errors)[kind as keyof TrainingErrors]),
    );
  return results;
}

interface GoldenSchedule {
  beta_min: number;
  beta_max: number;
  sigmas: number[];
  a_s: number[];
  a_s_cum: number[];
  sigmas_cum: number[];
  betas: number[];
  posterior_variance: number[];
  posterior_mean_coef1: number[];
  posterior_mean_coef2: number[];
  posterior_log_variance_clipped: number[];
}

async function scheduleCase(name: string, read: GoldenReader): Promise<number> {
  const all: Record<string, GoldenSchedule> = JSON.parse(new TextDecoder().decode(await read(name)));
  let worst = 0;
  for (const [key, want] of Object.entries(all)) {
    const [, steps, kind] = key.match(/^T(\d+)_(vp|geometric)$/)!;
    const got = makeSchedule({
      steps: Number(steps),
      betaMin: want.beta_min,
      betaMax: want.beta_max,
      schedule: kind as 'vp' | 'geometric',
    });
    const pairs: [Float32Array, number[]][] = [
      [got.sigma, want.sigmas],
      [got.a, want.a_s],
      [got.aCum, want.a_s_cum],
      [got.sigmaCum, want.sigmas_cum],
      [got.beta, want.betas],
      [got.posteriorVariance, want.posterior_variance],
      [got.c1, want.posterior_mean_coef1],
      [got.c2, want.posterior_mean_coef2],
      [got.posteriorLogVarianceClipped, want.posterior_log_variance_clipped],
    ];
    for (const [a, b] of pairs) worst = Math.max(worst, relativeError(a, b));
  }
  return worst;
}

async function resamplingCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('x'));
  const w = golden.tensor('w');
  const convWeight = tf.tidy(() =>
    tf.transpose(tf.tensor4d(w.data, w.shape as [number, number, number, number]), [2, 3, 1, 0]),
  );
  const errors = [
    await compareImage(() => firUp(x), golden.tensor('upsample_2d')),
    await compareImage(() => firDown(x), golden.tensor('downsample_2d')),
    await compareImage(() => naiveUp(x), golden.tensor('naive_upsample_2d')),
    await compareImage(() => naiveDown(x), golden.tensor('naive_downsample_2d')),
    await compareImage(() => tf.conv2d(firSmooth(x), convWeight, 2, 0), golden.tensor('conv_downsample_2d')),
  ];
  tf.dispose([x, convWeight]);
  for (const dim of [64, 256, 33]) {
    const embedding = timestepEmbedding([0, 1, 2, 3, 4, 5, 6, 7], dim);
    errors.push(relativeError(await embedding.data(), golden.tensor(`timestep_embedding_${dim}`).data));
    embedding.dispose();
  }
  return Math.max(...errors);
}

async function residualBlockCase(name: string, read: GoldenReader): Promise<number> {
  const golden = parseGolden(await read(name));
  const resample = name.includes('_up') ? 'up' : name.includes('_down') ? 'down' : null;
  const time = matrix(golden.tensor('in.temb'));
  const style = matrix(golden.tensor('in.zemb'));
  const x = image(golden.tensor('in.x'));
  const config = {
    num_channels_dae: time.shape[1] / 4,
    z_emb_dim: style.shape[1],
    resblock_type: 'biggan',
  } as const;
  const table = residualBlockTable(config, x.shape[3], golden.tensor('out').shape[1], resample !== null);
  const error = await withTree<ResidualBlock>(table, golden.params, (block) =>
    compareImage(() => residualBlock(block, x, time, style, resample, true), golden.tensor('out')),
  );
  tf.dispose([x, time, style]);
  return error;
}

async function attentionCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const error = await withTree<Attention>(attentionTable(x.shape[3]), golden.params, (weights) =>
    compareImage(() => attention(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function pyramidCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table: ParameterTable = ['weight', 'bias'].map((part) => ({
    path: part,
    name: `Conv2d_0.${part}`,
    kind: part === 'weight' ? 'conv' : 'asIs',
    shape: [...golden.params.get(`Conv2d_0.${part}`)!.shape],
    start: 'zero',
  }));
  const error = await withTree<Conv>(table, golden.params, (conv) =>
    compareImage(() => pyramidDown(conv, x, true), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function generatorCase(golden: Golden): Promise<number> {
  return generatorError(golden.config as unknown as GeneratorConfig, golden.params, {
    x: golden.tensor('in.x'),
    t: [...golden.tensor('in.t').data],
    z: golden.tensor('in.z'),
    out: golden.tensor('out'),
  });
}

async function generatorError(
  config: GeneratorConfig,
  params: StateDict,
  io: { x: NamedTensor; t: number[]; z: NamedTensor; out: NamedTensor },
): Promise<number> {
  const generator = loadGenerator(config, params);
  const x = image(io.x);
  const z = matrix(io.z);
  const error = await compareImage(() => runGenerator(generator, x, io.t, z), io.out);
  tf.dispose([x, z]);
  disposeGenerator(generator);
  return error;
}

/** The paper's network at full size; weights and inputs come from the hash, after checking the list of names and shapes. */
async function fullSizeCase(name: string, read: GoldenReader): Promise<number> {
  const golden = parseGolden(await read(name));
  const config = golden.config as unknown as GeneratorConfig;
  const table = ncsnppTable(config);
  const list = JSON.parse(new TextDecoder().decode(await read(name.replace('.safetensors', '.params.json'))));
  const ours = JSON.stringify(table.map((row) => [row.name, row.shape]));
  if (ours !== JSON.stringify(list)) throw new Error(`parity: ${name} lists other names or shapes than ours`);
  const state = hashWeights(Number(golden.metadata.seed_weights), table);
  // The first convolution's first weights: tells a wrong hash from a wrong network.
  const first = golden.tensor('first_weights').data;
  const firstError = relativeError(state.get('all_modules.2.weight')!.data.subarray(0, first.length), first);
  const side = config.image_size;
  const seed = (key: string) => Number(golden.metadata[key]);
  const error = await generatorError(config, state, {
    x: { shape: [1, 2, side, side], data: hashNormals(seed('seed_x'), 2 * side * side) },
    t: [Number(golden.metadata.t)],
    z: { shape: [1, config.nz], data: hashNormals(seed('seed_z'), config.nz) },
    out: golden.tensor('out'),
  });
  return Math.max(error, firstError);
}

async function resnetCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = resnetGeneratorTable(golden.config as { ngf: number; n_blocks: number });
  const error = await withTree<ResnetGeneratorWeights>(table, golden.params, (weights) =>
    compareImage(() => runResnetGenerator(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function discriminatorCase(name: string, read: GoldenReader): Promise<number> {
  const golden = parseGolden(await read(name));
  const size = name.includes('_large') ? 'large' : 'small';
  const config = golden.config as { ngf: number; t_emb_dim: number };
  const x = image(golden.tensor('in.x'));
  const xNext = image(golden.tensor('in.x_t'));
  const error = await withTree<DiffusiveDiscriminatorWeights>(
    diffusiveDiscriminatorTable({ ...config, size }),
    golden.params,
    async (weights) => {
      const d = { size, timeDim: config.t_emb_dim, weights } as const;
      const out = runDiffusiveDiscriminator(d, x, [...golden.tensor('in.t').data], xNext);
      const got = await out.data();
      out.dispose();
      return relativeError(got, golden.tensor('out').data);
    },
  );
  tf.dispose([x, xNext]);
  return error;
}

async function patchCase(golden: Golden): Promise<number> {
  const x = image(golden.tensor('in.x'));
  const table = patchDiscriminatorTable(golden.config as { ndf: number; n_layers: number });
  const error = await withTree<PatchDiscriminatorWeights>(table, golden.params, (weights) =>
    compareImage(() => runPatchDiscriminator(weights, x), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

/** A four-step reverse chain with given noise and latents: every x0 estimate and every x. */
async function samplingCase(golden: Golden): Promise<number> {
  const config = golden.config as unknown as GeneratorConfig & {
    num_timesteps: number;
    beta_min: number;
    beta_max: number;
  };
  const generator = loadGenerator(config, golden.params);
  const schedule = makeSchedule({
    steps: config.num_timesteps,
    betaMin: config.beta_min,
    betaMax: config.beta_max,
    schedule: 'vp',
  });
  const source = image(golden.tensor('in.source'));
  const chain = sampleChain(denoiserOf(generator), schedule, source, {
    noise: (step) => golden.tensor(step === schedule.steps ? 'in.x_T' : `in.noise_${step}`).data,
    latent: (step) => golden.tensor(`in.z_${step}`).data,
  });
  let worst = 0;
  for await (const { step, x0, x } of chain) {
    // One channel: [b, 1, h, w] and [b, h, w, 1] are the same numbers.
    worst = Math.max(worst, relativeError(await x0.data(), golden.tensor(`out.x0_${step}`).data));
    worst = Math.max(worst, relativeError(await x.data(), golden.tensor(`out.x_${step}`).data));
  }
  source.dispose();
  disposeGenerator(generator);
  return worst;
}
