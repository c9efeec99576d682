/** What a run tells while it goes: plain data for log, page and file. */

import type { Score } from '../evaluation/metrics/scoreSlice';
import type { Direction } from './sides';

export interface StepReport {
  /** Iterations done, this one included: 1 after the first. */
  step: number;
  /** By the names of the method's losses, each summed over the directions and contrasts that train, before its weight; only those that the iteration has. */
  losses: Record<string, number>;
  /** Learning rate of the generators. */
  rate: number;
  ms: number;
}

export interface Preview {
  step: number;
  direction: Direction;
  size: number;
  /** One byte a pixel, [-1, 1] -> 0..255, row-major, row 0 anterior. Target null where there is no aligned one. */
  rows: { source: Uint8Array; synthetic: Uint8Array; target: Uint8Array | null }[];
}

export interface Validation {
  step: number;
  /** Means over the validation slices of the EMA networks' images, beside copying the source. */
  directions: {
    direction: Direction;
    n: number;
    whole: Score;
    foreground: Score;
    copy: { whole: Score; foreground: Score };
  }[];
}

/** How far a validation is. */
export interface Scoring {
  /** Iterations done when it began; 0 before the first. */
  step: number;
  /** The slice that is translated now, 1 first, and how many there are, over all directions. */
  slice: number;
  of: number;
}

/** The whole of what a run has told so far, oldest first. */
export interface RunHistory {
  steps: StepReport[];
  validations: Validation[];
}
