/**
 * The cosine schedule of improved-diffusion with its thousand small steps, or with few of them kept (BASELINES.md section 6). Plain
 * arrays in float64; index i belongs to the step from x_i to x_(i-1), the last one of which is the result.
 */
import { BadRequest } from '../../errors';

/** T, of all steps. */
export const COSINE_STEPS = 1000;
const LARGEST_BETA = 0.999;

export interface CosineSchedule {
  /** The time that the network is told at each index, 0..999, rising. */
  times: readonly number[];
  beta: Float64Array;
  /** Product of 1 - beta up to an index, and up to the one before. */
  alphaBar: Float64Array;
  alphaBarBefore: Float64Array;
  /** x0 = sqrtRecip x_t - sqrtRecipM1 noise. */
  sqrtRecip: Float64Array;
  sqrtRecipM1: Float64Array;
  /** x_t = sqrtAlphaBar x0 + sqrtOneMinus noise. */
  sqrtAlphaBar: Float64Array;
  sqrtOneMinus: Float64Array;
  posteriorVariance: Float64Array;
  /** That of index 0, where there is none, as of index 1. */
  posteriorLogVariance: Float64Array;
  /** The posterior's mean is c1 x0 + c2 x_t. */
  c1: Float64Array;
  c2: Float64Array;
}

/** @param kept times that are kept, rising from 0 to 999 (`keptSteps`); all where absent */
export function makeCosineSchedule(kept?: readonly number[]): CosineSchedule {
  const betas = Float64Array.from({ length: COSINE_STEPS }, (_, i) =>
    Math.min(1 - share((i + 1) / COSINE_STEPS) / share(i / COSINE_STEPS), LARGEST_BETA),
  );
  const times = kept ?? Array.from(betas, (_, i) => i);
  if (!kept) return tables(betas, times);
  const all = cumulative(betas);
  return tables(
    Float64Array.from(kept, (t, i) => 1 - all[t] / (i === 0 ? 1 : all[kept[i - 1]])),
    times,
  );
}

const share = (u: number): number => Math.cos(((u + 0.008) / 1.008) * (Math.PI / 2)) ** 2;

function cumulative(betas: Float64Array): Float64Array {
  let product = 1;
  return betas.map((beta) => {
    product *= 1 - beta;
    return product;
  });
}

function tables(beta: Float64Array, times: readonly number[]): CosineSchedule {
  const alphaBar = cumulative(beta);
  const alphaBarBefore = alphaBar.map((_, i) => (i === 0 ? 1 : alphaBar[i - 1]));
  const posteriorVariance = beta.map((b, i) => (b * (1 - alphaBarBefore[i])) / (1 - alphaBar[i]));
  return {
    times,
    beta,
    alphaBar,
    alphaBarBefore,
    sqrtRecip: alphaBar.map((a) => Math.sqrt(1 / a)),
    sqrtRecipM1: alphaBar.map((a) => Math.sqrt(1 / a - 1)),
    sqrtAlphaBar: alphaBar.map(Math.sqrt),
    sqrtOneMinus: alphaBar.map((a) => Math.sqrt(1 - a)),
    posteriorVariance,
    posteriorLogVariance: posteriorVariance.map((v, i) =>
      Math.log(i === 0 ? (posteriorVariance[1] ?? v) : v),
    ),
    c1: beta.map((b, i) => (b * Math.sqrt(alphaBarBefore[i])) / (1 - alphaBar[i])),
    c2: beta.map((b, i) => ((1 - alphaBarBefore[i]) * Math.sqrt(1 - b)) / (1 - alphaBar[i])),
  };
}

/**
 * `steps` times spread evenly over 0..999, as improved-diffusion's `space_timesteps` takes them: a running sum, rounded half to even.
 * @throws BadRequest for no whole number from 2 to 1000
 */
export function keptSteps(steps: number): number[] {
  if (!Number.isInteger(steps) || steps < 2 || steps > COSINE_STEPS)
    throw new BadRequest(
      `schedule: steps must be a whole number from 2 to ${COSINE_STEPS}, got ${steps}; check the model's card`,
    );
  const stride = (COSINE_STEPS - 1) / (steps - 1);
  const kept: number[] = [];
  for (let n = 0, at = 0; n < steps; n++, at += stride) kept.push(roundHalfToEven(at));
  return kept;
}

/** DDIM's own: every k-th time, for the first whole k that leaves as many; null where none does. */
export function ddimSteps(steps: number): number[] | null {
  for (let stride = 1; stride < COSINE_STEPS; stride++)
    if (Math.ceil(COSINE_STEPS / stride) === steps)
      return Array.from({ length: steps }, (_, n) => n * stride);
  return null;
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
