/** Random variations of a training slice: where the head lies and how bright it is, within what scans of other people show. */
import type { TrainSettings } from './settings';

/** What is done to one image; `NO_AUGMENTATION` leaves it as it is. */
export interface Augmentation {
  /** Left and right exchanged. */
  mirror: boolean;
  /** Radians, clockwise on the image. */
  angle: number;
  /** Enlargement. */
  scale: number;
  /** Of the content to the right and down, shares of the image's side. */
  shift: readonly [number, number];
  /** In [0, 1], v becomes gain v^gamma. */
  gain: number;
  gamma: number;
}

export const NO_AUGMENTATION: Augmentation = {
  mirror: false,
  angle: 0,
  scale: 1,
  shift: [0, 0],
  gain: 1,
  gamma: 1,
};

/** The largest variations, each to both sides; gamma lies within exp(+-0.15). */
const MOST = { angle: (8 / 180) * Math.PI, scale: 0.08, shift: 0.05, gain: 0.1, logGamma: 0.15 };

/** Uniform numbers that an augmentation takes. */
export const GEOMETRY_DRAWS = 5;
export const INTENSITY_DRAWS = 2;

/**
 * @param geometry 5 numbers uniform in [0, 1); an aligned pair shares them, so that it stays aligned
 * @param intensity 2 such numbers, each image's own
 * @param allowed what is switched on
 */
export function drawAugmentation(
  geometry: ArrayLike<number>,
  intensity: ArrayLike<number>,
  allowed: TrainSettings['augmentation'],
): Augmentation {
  const within = (uniform: number, most: number) => (2 * uniform - 1) * most;
  return {
    ...NO_AUGMENTATION,
    ...(allowed.mirror && { mirror: geometry[0] < 0.5 }),
    ...(allowed.geometry && {
      angle: within(geometry[1], MOST.angle),
      scale: 1 + within(geometry[2], MOST.scale),
      shift: [within(geometry[3], MOST.shift), within(geometry[4], MOST.shift)] as const,
    }),
    ...(allowed.intensity && {
      gain: 1 + within(intensity[0], MOST.gain),
      gamma: Math.exp(within(intensity[1], MOST.logGamma)),
    }),
  };
}

/**
 * The image mirrored, then enlarged and turned about its centre, then shifted (bilinear, background beyond its edges), then
 * its intensities bent and clipped.
 * @param image size*size, row-major, [-1, 1] with -1 for background
 */
export function augment(image: Float32Array, size: number, draw: Augmentation): Float32Array {
  const { mirror, angle, scale, shift, gain, gamma } = draw;
  const out = new Float32Array(size * size);
  const centre = (size - 1) / 2;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const unit = (x: number, y: number) =>
    x >= 0 && x < size && y >= 0 && y < size ? (image[y * size + x] + 1) / 2 : 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      // Where this pixel came from: the way back through shift, turn and enlargement, mirror.
      const right = column - centre - shift[0] * size;
      const down = row - centre - shift[1] * size;
      const across = cos * right + sin * down;
      const x = centre + (mirror ? -across : across);
      const y = centre + cos * down - sin * right;
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [x - left, y - top];
      const value =
        (1 - v) * ((1 - u) * unit(left, top) + u * unit(left + 1, top)) +
        v * ((1 - u) * unit(left, top + 1) + u * unit(left + 1, top + 1));
      out[row * size + column] = 2 * Math.min(gain * value ** gamma, 1) - 1;
    }
  }
  return out;
}
