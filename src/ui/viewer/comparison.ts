/** Two images of one slice made into one. Pure: both inputs stay as they are, rows go upwards as in every SliceImage. */
import { BadRequest } from '../../errors';
import type { SliceImage } from './types';

/** One result pixel from the two values and its place; `range` is the result's finite range over the whole volume. */
function combine(
  a: SliceImage,
  b: SliceImage,
  range: { min: number; max: number },
  pixel: (a: number, b: number, i: number, j: number) => number,
): SliceImage {
  if (a.width !== b.width || a.height !== b.height) {
    throw new BadRequest(
      `comparison: both images must have the same size, got ${a.width}x${a.height} and ${b.width}x${b.height}; bring them to one grid first`,
    );
  }
  const pixels = new Float32Array(a.width * a.height);
  for (let j = 0; j < a.height; j++) {
    for (let i = 0; i < a.width; i++) {
      const at = i + a.width * j;
      pixels[at] = pixel(a.pixels[at], b.pixels[at], i, j);
    }
  }
  return { pixels, width: a.width, height: a.height, spacing: a.spacing, ...range };
}

function commonRange(a: SliceImage, b: SliceImage): { min: number; max: number } {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** a - b. The range is symmetric around 0 and holds for every slice of the two volumes. */
export function difference(a: SliceImage, b: SliceImage): SliceImage {
  const bound = Math.max(Math.abs(a.max - b.min), Math.abs(b.max - a.min));
  return combine(a, b, { min: -bound, max: bound }, (x, y) => x - y);
}

/** Left part from `a`, right part from `b`; `fraction` 0..1 is the width of a's part. */
export function swipe(a: SliceImage, b: SliceImage, fraction: number): SliceImage {
  const edge = Math.round(Math.min(1, Math.max(0, fraction)) * a.width);
  return combine(a, b, commonRange(a, b), (x, y, i) => (i < edge ? x : y));
}

/** Fields taken in turn from `a` (the one at the bottom left) and `b`, `cells` over the width, square in pixels. */
export function checkerboard(a: SliceImage, b: SliceImage, cells: number): SliceImage {
  if (!(cells >= 1)) throw new BadRequest(`checkerboard: cells must be at least 1, got ${cells}`);
  const side = a.width / cells;
  return combine(a, b, commonRange(a, b), (x, y, i, j) =>
    (Math.floor(i / side) + Math.floor(j / side)) % 2 === 0 ? x : y,
  );
}

/** (1 - alpha) a + alpha b, alpha in 0..1. */
export function blend(a: SliceImage, b: SliceImage, alpha: number): SliceImage {
  const share = Math.min(1, Math.max(0, alpha));
  return combine(a, b, commonRange(a, b), (x, y) => (1 - share) * x + share * y);
}
