/** The suites, in the order of the paper. A row here is all that makes one: command line and page ask it. */
import type { Suite } from '../suite';
import { quality } from './quality';

export const SUITES = [quality] as const satisfies readonly Suite[];
