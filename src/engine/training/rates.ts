/** How the learning rates go over a run; by which of these rules the method says. */
import { trainingOf } from '../methods';
import { HALVE_EVERY } from '../methods/unit/training';
import type { Rates } from './iteration';
import type { TrainSettings } from './settings';

/** cosine: SynDiff's half a cosine; linear: full for the first half, then to `least` in equal steps (pGAN-cGAN); constant. */
export type RateRule = 'cosine' | 'linear' | 'constant';

/** Share of the full rate above the least one in iteration `step` (0 first) of `iterations`. */
export function rateShare(rule: RateRule, step: number, iterations: number): number {
  switch (rule) {
    case 'cosine':
      return (1 + Math.cos((Math.PI * step) / iterations)) / 2;
    case 'linear': {
      // Their epochs p = step + 1 are our iterations: the last one has the least rate.
      const half = Math.floor(iterations / 2);
      return 1 - Math.max(0, step + 2 - half) / (iterations - half + 1);
    }
    case 'constant':
      return 1;
  }
}

export function ratesAt(
  { method, rates, iterations, options }: Pick<TrainSettings, 'method' | 'rates' | 'iterations' | 'options'>,
  step: number,
): Rates {
  const halving = options[HALVE_EVERY.id] ?? 0;
  const steps = halving > 0 ? 0.5 ** Math.floor(step / halving) : 1;
  const share = steps * rateShare(trainingOf({ method }).rates.rule, step, iterations);
  const fall = (from: number) => rates.least + (from - rates.least) * share;
  return { generators: fall(rates.generators), discriminators: fall(rates.discriminators) };
}
