/**
 * Noise schedules with few, large steps (paper eq. 10): plain arrays, computed in float64 and rounded to float32 where the
 * authors' code rounds, so that every later product agrees with theirs.
 *
 * Two tables with different index bases:
 *   diffusion table, n+1 entries: index 0 is (almost) no noise, index i the state after i steps
 *   posterior table, n entries: index t belongs to the step from x_(t+1) to x_t
 */
import { BadRequest } from '../../errors';
import { type Infer, number, object, oneOf, optional, whole } from '../../schema';

export const SCHEDULE = object({
  /** Number of reverse steps n. */
  steps: whole(1, 1000),
  /** Of how many steps the network was trained, where fewer are taken for a picture: a multiple of `steps`. Of vp and geometric. */
  trainedSteps: optional(whole(1, 1000)),
  /** Variance rates (vp), or variances (geometric), at the two ends of fine time; above 0. */
  betaMin: number(1e-9, 1000),
  betaMax: number(1e-9, 1000),
  /**
   * 'vp': variance-preserving; 'geometric': var(t) = betaMin (betaMax/betaMin)^t; 'cosine': `steps` of the 1000 small ones of cosine.ts,
   * where the betas only tell what comes of it.
   */
  schedule: oneOf(['vp', 'geometric', 'cosine']),
});
export type ScheduleOptions = Infer<typeof SCHEDULE>;

export interface Schedule {
  steps: number;
  /** Fine times t_i in [1e-3, 1], n+1 entries. */
  time: Float64Array;
  /** What the network is told at each step, n entries: the step's number, of fewer steps than it was trained with those that are taken. */
  told: readonly number[];
  /** Diffusion table, n+1 entries. */
  a: Float32Array;
  sigma: Float32Array;
  aCum: Float32Array;
  sigmaCum: Float32Array;
  /** Posterior table, n entries (eq. 14). */
  beta: Float32Array;
  posteriorVariance: Float32Array;
  /** Weight of x0 in the posterior mean. */
  c1: Float32Array;
  /** Weight of x_t in the posterior mean. */
  c2: Float32Array;
  posteriorLogVarianceClipped: Float32Array;
}

const EPSILON = 1e-3;
const f32 = Math.fround;
/** The paper's T: steps of fewer than one fine step do not exist. */
const MOST_STEPS = 1000;

/** The paper's: four steps of 250 of its 1000 fine ones (eq. 10). */
export const PAPER_SCHEDULE: ScheduleOptions = { steps: 4, betaMin: 0.1, betaMax: 20, schedule: 'vp' };

/** DDPM's: all of its thousand steps. */
export const COSINE_SCHEDULE: ScheduleOptions = {
  steps: 1000,
  betaMin: 4.128e-5,
  betaMax: 0.999,
  schedule: 'cosine',
};

/** Fifty of them: a preview. */
const QUICK_COSINE: ScheduleOptions = { ...COSINE_SCHEDULE, steps: 50 };

export const quickCosine = ({ steps }: Pick<ScheduleOptions, 'steps'>): ScheduleOptions | null =>
  steps > QUICK_COSINE.steps ? QUICK_COSINE : null;

/** Of a network that knows no noise. */
export const ONE_PASS: ScheduleOptions = { ...PAPER_SCHEDULE, steps: 1 };

/**
 * Both tables for n = `steps` (1 to 1000; 4 in the paper) and 0 < betaMin, betaMax; a geometric variance stays below 1 only
 * for betaMax < 1.
 *
 * Fewer steps than the network was trained with, every k-th: as the fine times lie evenly, the states after every k-th step and what lies
 * between two of them are just the tables of so many steps. The network, trained to find x0 in the state after t+1 of its steps at
 * time t, is told that time (`told`).
 * @throws BadRequest where steps is no such number or the betas leave no noise schedule (a variance of 1 and more)
 */
export function makeSchedule({
  steps,
  trainedSteps = steps,
  betaMin,
  betaMax,
  schedule,
}: ScheduleOptions): Schedule {
  if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS) {
    throw new BadRequest(
      `schedule: steps must be a whole number from 1 to ${MOST_STEPS}, got ${steps}; check the model's card`,
    );
  }
  if (trainedSteps % steps !== 0)
    throw new BadRequest(
      `schedule: trainedSteps must be a multiple of the ${steps} steps, got ${trainedSteps}; check the model's card`,
    );
  if (schedule === 'cosine')
    throw new BadRequest(
      'schedule: must be vp or geometric for large adversarial steps, got cosine; check the card of the model',
    );
  const time = Float64Array.from({ length: steps + 1 }, (_, i) => EPSILON + (1 - EPSILON) * (i / steps));
  const alphaBar = time.map((t) => 1 - variance(t, betaMin, betaMax, schedule));
  // Else square roots of negative numbers and 0/0 follow, and an image of NaN.
  if (!alphaBar.every((share, i) => share > 0 && share < (i === 0 ? 1 : alphaBar[i - 1]))) {
    throw new BadRequest(
      `schedule: variance must rise from 0 to below 1, which a ${schedule} schedule does not with beta ${betaMin} to ${betaMax}; check the model's card`,
    );
  }

  const betaAll = new Float32Array(steps + 1);
  betaAll[0] = 1e-8;
  for (let i = 1; i <= steps; i++) betaAll[i] = 1 - alphaBar[i] / alphaBar[i - 1];

  const a = betaAll.map((b) => Math.sqrt(f32(1 - b)));
  const sigma = betaAll.map((b) => Math.sqrt(b));
  const aCum = cumulativeProduct(a);
  const sigmaCum = aCum.map((x) => Math.sqrt(f32(1 - f32(x * x))));

  const beta = betaAll.slice(1);
  const alpha = beta.map((b) => 1 - b);
  const alphaCum = cumulativeProduct(alpha);
  const alphaCumPrev = Float32Array.from({ length: steps }, (_, t) => (t === 0 ? 1 : alphaCum[t - 1]));
  const posteriorVariance = beta.map((b, t) => f32(b * f32(1 - alphaCumPrev[t])) / f32(1 - alphaCum[t]));
  return {
    steps,
    time,
    told: Array.from({ length: steps }, (_, t) => ((t + 1) * trainedSteps) / steps - 1),
    a,
    sigma,
    aCum,
    sigmaCum,
    beta,
    posteriorVariance,
    c1: beta.map((b, t) => f32(b * f32(Math.sqrt(alphaCumPrev[t]))) / f32(1 - alphaCum[t])),
    c2: alpha.map((x, t) => f32(f32(1 - alphaCumPrev[t]) * f32(Math.sqrt(x))) / f32(1 - alphaCum[t])),
    posteriorLogVarianceClipped: posteriorVariance.map((v) => Math.log(Math.max(v, 1e-20))),
  };
}

function variance(t: number, betaMin: number, betaMax: number, schedule: 'vp' | 'geometric'): number {
  if (schedule === 'geometric') return betaMin * (betaMax / betaMin) ** t;
  const logMean = -0.25 * t * t * (betaMax - betaMin) - 0.5 * t * betaMin;
  return 1 - Math.exp(2 * logMean);
}

function cumulativeProduct(values: Float32Array): Float32Array {
  let product = 1;
  return values.map((v) => {
    product = f32(product * v);
    return product;
  });
}
