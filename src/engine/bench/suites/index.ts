/** The suites, in the order of the paper. A row here is all that makes one: command line and page ask it. */
import type { Suite } from '../suite';
import { ablation } from './ablation';
import { complexity } from './complexity';
import { noise } from './noise';
import { quality } from './quality';
import { speed } from './speed';
import { steps } from './steps';
import { unconditional } from './unconditional';
import { variability } from './variability';

export const SUITES = [
  quality,
  complexity,
  variability,
  noise,
  ablation,
  steps,
  unconditional,
  speed,
] as const satisfies readonly Suite[];
