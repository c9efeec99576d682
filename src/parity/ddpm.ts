/** DDPM's and UNIT-DDPM's networks, tables, steps and losses against improved-diffusion's numbers (golden/baselines). */
import { valueAndGradients } from '../engine/autodiff/vjp';
import {
  ancestralStep,
  clippedClean,
  ddimStep,
  logVariance,
  noised,
  posteriorMean,
} from '../engine/diffusion/ancestral';
import { ancestralChain, type NoiseFinder } from '../engine/diffusion/ancestralSampler';
import { type CosineSchedule, ddimSteps, keptSteps, makeCosineSchedule } from '../engine/diffusion/cosine';
import { levelLogLikelihood, noiseError, variationalBound } from '../engine/diffusion/hybridLoss';
import { jointChain } from '../engine/diffusion/jointSampler';
import type { NamedTensor } from '../engine/formats/namedTensor';
import { readSafetensors } from '../engine/formats/safetensors';
import type { DdpmUnetConfig } from '../engine/networks/ddpmUnet/config';
import {
  type DdpmAttention,
  type DdpmResidual,
  type DdpmUnetWeights,
  ddpmAttention,
  ddpmResidual,
  ddpmTimeEmbedding,
  runDdpmUnet,
} from '../engine/networks/ddpmUnet/run';
import { attentionRows, ddpmUnetTable, residualRows } from '../engine/networks/ddpmUnet/table';
import { silu } from '../engine/networks/layers';
import { TableWriter } from '../engine/networks/tableWriter';
import * as tf from '../engine/tf';
import { relativeError } from './compare';
import type { GoldenReader } from './golden';
import {
  type Case,
  compareImage,
  compareNumbers,
  type Golden,
  image,
  matrix,
  NETWORK_TOLERANCE,
  unnamed,
  withGolden,
  withTree,
} from './kit';

/** A block alone, its eps seen. */
const BLOCK_TOLERANCE = 2e-5;
/** Float64 on both sides. */
const TABLE_TOLERANCE = 1e-11;
const STEP_TOLERANCE = 1e-5;
const DDIM_TOLERANCE = 5e-5;
/** The bound of each image; what is held to less is scaled in its case. */
const BOUND_TOLERANCE = 1e-3;
const CHAIN_TOLERANCE = 2e-4;

export const DDPM_CASES: [pattern: RegExp, tolerance: number, run: Case][] = [
  [/^net_ddpm_unet(_scale_shift|_32_groups)?\.safetensors$/, NETWORK_TOLERANCE, withGolden(unetCase)],
  [/^net_unit_ddpm_unet\.safetensors$/, NETWORK_TOLERANCE, withGolden(unetCase)],
  [/^block_ddpm_residual(_scale_shift)?\.safetensors$/, BLOCK_TOLERANCE, withGolden(residualCase)],
  [/^block_ddpm_attention\.safetensors$/, BLOCK_TOLERANCE, withGolden(attentionCase)],
  [/^ddpm_time_embedding\.safetensors$/, NETWORK_TOLERANCE, withGolden(embeddingCase)],
  [/^ddpm_schedule\.safetensors$/, TABLE_TOLERANCE, scheduleCase],
  [/^ddpm_p_mean_variance\.safetensors$/, STEP_TOLERANCE, withGolden(stepCase)],
  [/^ddpm_losses\.safetensors$/, BOUND_TOLERANCE, withGolden(lossCase)],
  [/^ddpm_ddim_step\.safetensors$/, DDIM_TOLERANCE, withGolden(ddimCase)],
  [/^ddpm_chain\.safetensors$/, CHAIN_TOLERANCE, withGolden(chainCase)],
  [/^unit_ddpm_chain\.safetensors$/, CHAIN_TOLERANCE, withGolden(jointCase)],
];

const configOf = ({ config }: Golden) => config as unknown as DdpmUnetConfig;

/** Images side by side as channels. */
function channels(golden: Golden, names: readonly string[]): tf.Tensor4D {
  return tf.tidy(() =>
    tf.concat(
      names.map((name) => image(golden.tensor(name))),
      3,
    ),
  );
}

async function unetCase(golden: Golden): Promise<number> {
  const config = configOf(golden);
  const x = channels(golden, golden.find('in.own') ? ['in.own', 'in.other'] : ['in.x_t', 'in.y']);
  const t = [...golden.tensor('in.t').data];
  const error = await withTree<DdpmUnetWeights>(ddpmUnetTable(config), golden.params, (weights) =>
    compareImage(() => runDdpmUnet({ config, weights }, x, t), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function residualCase(golden: Golden): Promise<number> {
  const c = golden.config as Record<'channels' | 'out_channels' | 'emb' | 'groups', number>;
  const scaleShift = golden.config.scale_shift as boolean;
  const t = new TableWriter('fanIn');
  residualRows(t, ['block', ''], c.channels, c.out_channels, c.emb, scaleShift);
  const x = image(golden.tensor('in.x'));
  const emb = matrix(golden.tensor('in.emb'));
  const error = await withTree<{ block: DdpmResidual }>(unnamed(t.rows), golden.params, ({ block }) =>
    compareImage(() => ddpmResidual(block, x, silu(emb), c.groups, scaleShift), golden.tensor('out')),
  );
  tf.dispose([x, emb]);
  return error;
}

async function attentionCase(golden: Golden): Promise<number> {
  const c = golden.config as Record<'channels' | 'groups', number>;
  const t = new TableWriter('fanIn');
  attentionRows(t, ['block', ''], c.channels);
  const x = image(golden.tensor('in.x'));
  const error = await withTree<{ block: DdpmAttention }>(unnamed(t.rows), golden.params, ({ block }) =>
    compareImage(() => ddpmAttention(block, x, c.groups), golden.tensor('out')),
  );
  x.dispose();
  return error;
}

async function embeddingCase(golden: Golden): Promise<number> {
  const t = [...golden.tensor('in.t').data];
  const errors = [];
  for (const width of [8, 32, 64, 33])
    errors.push(await compareNumbers(() => ddpmTimeEmbedding(t, width), golden.tensor(`out.width${width}`)));
  return Math.max(...errors);
}

/** Each table by its official name. */
const TABLES: Readonly<Record<string, keyof CosineSchedule>> = {
  betas: 'beta',
  alphas_cumprod: 'alphaBar',
  alphas_cumprod_prev: 'alphaBarBefore',
  sqrt_alphas_cumprod: 'sqrtAlphaBar',
  sqrt_one_minus_alphas_cumprod: 'sqrtOneMinus',
  sqrt_recip_alphas_cumprod: 'sqrtRecip',
  sqrt_recipm1_alphas_cumprod: 'sqrtRecipM1',
  posterior_variance: 'posteriorVariance',
  posterior_log_variance_clipped: 'posteriorLogVariance',
  posterior_mean_coef1: 'c1',
  posterior_mean_coef2: 'c2',
};

/** In float64; the steps that are kept one for one. */
async function scheduleCase(name: string, read: GoldenReader): Promise<number> {
  const { tensors } = readSafetensors(await read(name));
  const want = (key: string) => [...tensors.get(key)!.data].map(Number);
  const errors: number[] = [];
  for (const [prefix, schedule] of [
    ['out.', makeCosineSchedule()],
    ['out.respaced.', makeCosineSchedule(keptSteps(50))],
  ] as const)
    for (const [theirs, ours] of Object.entries(TABLES))
      errors.push(relativeError(schedule[ours] as ArrayLike<number>, want(`${prefix}${theirs}`)));
  for (const key of tensors.keys()) {
    const [, ddim, steps] = /^out\.map\.(ddim)?(\d+)$/.exec(key) ?? [];
    if (steps === undefined) continue;
    const got = ddim ? ddimSteps(Number(steps)) : keptSteps(Number(steps));
    errors.push(got?.join() === want(key).join() ? 0 : Number.POSITIVE_INFINITY);
  }
  return Math.max(...errors);
}

/** [b, 2, h, w] as noise and v. */
function outputs(golden: Golden): { noise: tf.Tensor4D; v: tf.Tensor4D } {
  const [noise, v] = tf.tidy(() => tf.split(image(golden.tensor('in.model_output')), 2, 3));
  return { noise: noise as tf.Tensor4D, v: v as tf.Tensor4D };
}

async function stepCase(golden: Golden): Promise<number> {
  const schedule = makeCosineSchedule();
  const at = [...golden.tensor('in.t').data];
  const { noise, v } = outputs(golden);
  const [x0, n, x, drawn] = ['in.x0', 'in.noise', 'out.x_t', 'in.step_noise'].map((name) =>
    image(golden.tensor(name)),
  );
  const estimate = tf.tidy(() => clippedClean(schedule, x, at, noise));
  const errors = [
    await compareImage(() => noised(schedule, x0, at, n), golden.tensor('out.x_t')),
    await compareImage(() => tf.clone(estimate), golden.tensor('out.pred_xstart')),
    await compareImage(() => posteriorMean(schedule, estimate, x, at), golden.tensor('out.mean')),
    await compareImage(() => logVariance(schedule, at, v), golden.tensor('out.log_variance')),
    await compareImage(() => tf.exp(logVariance(schedule, at, v)), golden.tensor('out.variance')),
    await compareImage(() => ancestralStep(schedule, estimate, x, at, v, drawn), golden.tensor('out.sample')),
  ];
  tf.dispose([noise, v, x0, n, x, drawn, estimate]);
  return Math.max(...errors);
}

/** Of each image by itself: the bound at t = 999 is a thousand times the others. */
function worstOfImages(got: ArrayLike<number>, want: ArrayLike<number>, images: number): number {
  const size = want.length / images;
  const part = (values: ArrayLike<number>, n: number) => Array.from(values).slice(n * size, (n + 1) * size);
  return Math.max(...Array.from({ length: images }, (_, n) => relativeError(part(got, n), part(want, n))));
}

async function lossCase(golden: Golden): Promise<number> {
  const schedule = makeCosineSchedule();
  const at = [...golden.tensor('in.t').data];
  const { noise, v } = outputs(golden);
  const [x0, n] = ['in.x0', 'in.noise'].map((name) => image(golden.tensor(name)));
  const x = tf.tidy(() => noised(schedule, x0, at, n));
  const mse = () => noiseError(n, noise);
  const bound = () => variationalBound(schedule, x0, x, at, noise, v);
  const loss = () => tf.mean(tf.add(mse(), bound())) as tf.Scalar;
  const numbers = async (compute: () => tf.Tensor, name: string) => {
    const out = tf.tidy(compute);
    const error = worstOfImages(await out.data(), golden.tensor(name).data, at.length);
    out.dispose();
    return error;
  };
  const { value, gradients } = valueAndGradients(loss, [noise, v]);
  const planes = tf.tidy(() => tf.transpose(tf.concat(gradients, 3), [0, 3, 1, 2]));
  const ofOutput = worstOfImages(await planes.data(), golden.tensor('grad.model_output').data, 2 * at.length);
  const errors = [
    // Held to 1e-5.
    100 * (await numbers(mse, 'out.mse')),
    // Held to 2e-4: in float64 the same formula is 1.2e-4 from the file's float32 at t = 500.
    5 * ofOutput,
    await numbers(bound, 'out.vb'),
    await numbers(() => tf.add(mse(), bound()), 'out.loss'),
    await likelihoodError(golden),
  ];
  tf.dispose([noise, v, x0, n, x, value, planes, ...gradients]);
  return Math.max(...errors);
}

/** Float32 has 1e-4 nats above -8, and 3e-3 above -12; in the tails below it has no digits. */
async function likelihoodError(golden: Golden): Promise<number> {
  const flat = ({ data }: NamedTensor) => tf.tensor1d(Float32Array.from(data));
  const [x, mean, logScale] = ['x', 'mean', 'log_scale'].map((name) =>
    flat(golden.tensor(`in.likelihood.${name}`)),
  );
  const out = tf.tidy(() => levelLogLikelihood(x, mean, logScale));
  const got = await out.data();
  const want = golden.tensor('out.likelihood').data;
  tf.dispose([x, mean, logScale, out]);
  let worst = 0;
  let seen = 0;
  for (const [n, value] of [...want].entries()) {
    if (value <= -12) continue;
    seen++;
    worst = Math.max(worst, Math.abs(got[n] - value) / (value > -8 ? 1e-4 : 3e-3));
  }
  if (seen === 0) throw new Error('parity: no likelihood can be compared');
  return worst * BOUND_TOLERANCE;
}

async function ddimCase(golden: Golden): Promise<number> {
  const kept = keptSteps(50);
  const schedule = makeCosineSchedule(kept);
  const at = [...golden.tensor('in.t').data];
  const { noise, v } = outputs(golden);
  const [x0, n, x] = ['in.x0', 'in.noise', 'out.x'].map((name) => image(golden.tensor(name)));
  const estimate = tf.tidy(() => clippedClean(schedule, x, at, noise));
  const errors = [
    relativeError(
      at.map((index) => kept[index]),
      golden.tensor('out.network_t').data,
    ),
    await compareImage(() => noised(schedule, x0, at, n), golden.tensor('out.x')),
    await compareImage(() => tf.clone(estimate), golden.tensor('out.pred_xstart')),
    await compareImage(() => ddimStep(schedule, estimate, x, at), golden.tensor('out.sample')),
  ];
  tf.dispose([noise, v, x0, n, x, estimate]);
  return Math.max(...errors);
}

/** Eight kept steps with given noises, drawn and by DDIM. */
async function chainCase(golden: Golden): Promise<number> {
  const config = configOf(golden);
  const steps = (golden.config as { respaced_to: number }).respaced_to;
  const schedule = makeCosineSchedule(keptSteps(steps));
  const source = image(golden.tensor('in.source'));
  const error = await withTree<DdpmUnetWeights>(ddpmUnetTable(config), golden.params, async (weights) => {
    const find: NoiseFinder = (x, y, t) => {
      const [noise, v] = tf.split(runDdpmUnet({ config, weights }, tf.concat([x, y], 3), t), 2, 3);
      return { noise: noise as tf.Tensor4D, v: v as tf.Tensor4D };
    };
    const noise = (index: number) =>
      Float32Array.from(golden.tensor(index === steps ? 'in.x_T' : `in.noise_${index}`).data);
    const errors: number[] = [];
    for await (const { index, x0, x } of ancestralChain(find, schedule, source, { noise })) {
      errors.push(relativeError(await x0.data(), golden.tensor(`out.x0_${index}`).data));
      errors.push(relativeError(await x.data(), golden.tensor(`out.x_${index}`).data));
    }
    for await (const { index, x } of ancestralChain(find, schedule, source, { noise, ddim: true }))
      errors.push(relativeError(await x.data(), golden.tensor(`out.ddim.x_${index}`).data));
    return Math.max(...errors);
  });
  source.dispose();
  return error;
}

/** Release times 1 and 3; at 1 the source's own network has no part in the result. */
async function jointCase(golden: Golden): Promise<number> {
  const config = configOf(golden);
  const steps = (golden.config as { respaced_to: number }).respaced_to;
  const schedule = makeCosineSchedule(keptSteps(steps));
  const source = image(golden.tensor('in.source'));
  const of = (prefix: string) => (index: number) =>
    Float32Array.from(golden.tensor(index === steps ? 'in.x_T' : `in.${prefix}_${index}`).data);
  const errors: number[] = [];
  const trees = ['eps2', 'eps1'].map((name) => paramsWithin(golden.params, name));
  await withTree<DdpmUnetWeights>(ddpmUnetTable(config), trees[0], (own) =>
    withTree<DdpmUnetWeights>(ddpmUnetTable(config), trees[1], async (other) => {
      const finder =
        (weights: DdpmUnetWeights): NoiseFinder =>
        (x, y, t) => ({ noise: runDdpmUnet({ config, weights }, tf.concat([x, y], 3), t), v: null });
      for (const release of [1, 3]) {
        const chain = jointChain(finder(own), schedule, source, {
          noise: of('noise2'),
          sourceNoise: of('q_noise'),
          release,
          joint: { find: finder(other), noise: of('noise1') },
        });
        for await (const { index, x, source: beside } of chain) {
          const want = (name: string) => golden.find(`out.release${release}.${name}_${index}`);
          errors.push(relativeError(await x.data(), want('x2')!.data));
          const stepped = want('x1');
          if ((stepped === undefined) !== (beside === null))
            throw new Error('parity: the source must be stepped from the release time on');
          if (stepped) errors.push(relativeError(await beside!.data(), stepped.data));
        }
      }
      return 0;
    }),
  );
  source.dispose();
  return Math.max(...errors);
}

const paramsWithin = (params: Golden['params'], name: string): Golden['params'] =>
  new Map(
    [...params].flatMap(([key, value]) =>
      key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value] as const] : [],
    ),
  );
