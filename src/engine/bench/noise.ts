/** Noise on a model's source slice (the paper's section V.E). */
import { textHash } from '../hash';
import { normals } from '../random';

/** Standard deviations, in parts of the slice's mean; the first one is the slice as it is. */
export const NOISE_LEVELS = [0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.21] as const;
export const WORST_NOISE = NOISE_LEVELS[NOISE_LEVELS.length - 1];

/**
 * How s in [0, 1] is disturbed by n1, n2 ~ N(0, (level mean(s))²), the mean over all pixels:
 *   rician: |s + n1 + i n2|, the magnitude of an image with bivariate noise, as the paper has it
 *   real: s + n1
 */
export const NOISE_KINDS = ['rician', 'real'] as const;
export type NoiseKind = (typeof NOISE_KINDS)[number];

export interface NoiseField {
  kind: NoiseKind;
  level: number;
  /** The same numbers for all models of one grid and for both kinds: of this, the subject, the slice and the level; one a pixel of the model's image. */
  seed: number;
  subject: string;
  slice: number;
}

/** Beyond the samples of chains. */
const NOISE_SAMPLE = 1 << 24;

/** Nothing is clipped. @param pixels of [-1, 1], for s of [0, 1] */
export function noisySlice(
  pixels: Float32Array,
  { kind, level, seed, subject, slice }: NoiseField,
): Float32Array {
  const unit = (value: number) => (value + 1) / 2;
  const deviation = (level * pixels.reduce((sum, value) => sum + unit(value), 0)) / pixels.length;
  const sample = NOISE_SAMPLE + Math.round(level * 1e4);
  const field = (stream: 'noise' | 'latent') =>
    normals({ seed, sample, slice, step: textHash(subject), stream }, pixels.length);
  const first = field('noise');
  if (kind === 'real') return pixels.map((value, p) => 2 * (unit(value) + deviation * first[p]) - 1);
  const second = field('latent');
  return pixels.map(
    (value, p) => 2 * Math.hypot(unit(value) + deviation * first[p], deviation * second[p]) - 1,
  );
}
