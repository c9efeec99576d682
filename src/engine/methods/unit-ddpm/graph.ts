/** As of DDPM: the source, noised as far as the target, is what stands beside it. */
export { makeGraph } from '../ddpm/graph';
