/** What a run tells while it goes: plain data for log, page and file. */
import {
  check,
  choose,
  type Infer,
  list,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  refine,
  whole,
} from '../../schema';
import type { ScreenImage } from '../../volume/modelImage';
import type { Score } from '../evaluation/metrics/scoreSlice';
import { DIRECTIONS, type Direction } from './sides';

export const STEP_REPORT = object({
  /** Iterations done, this one included: 1 after the first. */
  step: whole(1),
  /** By the names of the method's losses, each summed over the directions and contrasts that train, before its weight; only those that the iteration has. */
  losses: mapOf(number()),
  /** Learning rate of the generators. */
  rate: number(),
  ms: number(),
});
export type StepReport = Infer<typeof STEP_REPORT>;

export interface Preview {
  step: number;
  direction: Direction;
  /** Target null where there is no aligned one. */
  rows: { source: ScreenImage; synthetic: ScreenImage; target: ScreenImage | null }[];
}

const SCORE = object({ psnr: nullable(number()), ssim: number(), mae: number() });
/** Null without a slice that has a score there; former versions wrote a score of nulls. */
const MEAN = choose<Score | null>((value) => (isOfNulls(value) ? NOTHING : nullable(SCORE)));
const NOTHING = refine(
  check('an object', () => true),
  () => null,
);
const isOfNulls = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => one === null);

const SCORES = object({ whole: MEAN, foreground: MEAN });

export const VALIDATION = object({
  step: whole(),
  /** Means over the `n` validation slices that have a score, of the EMA networks' images, beside copying the source. */
  directions: list(object({ direction: oneOf(DIRECTIONS), n: whole(), ...SCORES.fields, copy: SCORES })),
});
export type Validation = Infer<typeof VALIDATION>;

/** How far a validation is, or the making of previews. */
export interface Scoring {
  /** Iterations done when it began; 0 before the first. */
  step: number;
  /** The slice that is translated now, 1 first, and how many there are, over all directions. */
  slice: number;
  of: number;
}

/** The whole of what a run has told so far, oldest first. */
export const RUN_HISTORY = object({ steps: list(STEP_REPORT), validations: list(VALIDATION) });
export type RunHistory = Infer<typeof RUN_HISTORY>;
