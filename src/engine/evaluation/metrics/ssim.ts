import { BadRequest } from '../../../errors';
import { countPixels, type Pixels } from './pixels';

/**
 * 'gaussian': 11x11, sigma 1.5, population covariance (Wang et al. 2004, the paper's).
 * 'uniform': 7x7, sample covariance, the default of scikit-image.
 */
export type SsimWindow = 'gaussian' | 'uniform';

interface Window {
  /** One-dimensional weights of the separable window; they sum to 1. */
  readonly taps: Float64Array;
  /** Factor from population to the wanted (co)variance. */
  readonly covarianceNorm: number;
}

const WINDOWS: Record<SsimWindow, Window> = {
  gaussian: { taps: gaussianTaps(5, 1.5), covarianceNorm: 1 },
  uniform: { taps: new Float64Array(7).fill(1 / 7), covarianceNorm: 49 / 48 },
};

const K1 = 0.01;
const K2 = 0.03;

/**
 * Structural similarity at every pixel, in [-1, 1] (Wang et al. 2004, eq. 13), with the image mirrored at its border
 * (d c b a | a b c d | d c b a) as scikit-image does.
 * Images are height rows of width pixels. Throws BadRequest where an image is narrower than the window.
 */
export function ssimMap(
  image: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  dataRange: number,
  window: SsimWindow = 'gaussian',
): Float64Array {
  const { taps, covarianceNorm } = WINDOWS[window];
  const count = countPixels(image, reference);
  if (count !== width * height)
    throw new Error(`SSIM: an image of ${width} x ${height} must have as many pixels, got ${count}`);
  if (Math.min(width, height) < taps.length) {
    throw new BadRequest(
      `SSIM: an image must be at least ${taps.length} pixels a side, got ${width} x ${height}; compare larger slices`,
    );
  }
  const products = (a: Pixels, b: Pixels) => {
    const product = new Float64Array(a.length);
    for (let p = 0; p < a.length; p++) product[p] = a[p] * b[p];
    return product;
  };
  const filtered = (values: Pixels) => filterSeparable(values, width, height, taps);
  const meanX = filtered(image);
  const meanY = filtered(reference);
  const meanXX = filtered(products(image, image));
  const meanYY = filtered(products(reference, reference));
  const meanXY = filtered(products(image, reference));

  const c1 = (K1 * dataRange) ** 2;
  const c2 = (K2 * dataRange) ** 2;
  const map = new Float64Array(count);
  for (let p = 0; p < count; p++) {
    const mx = meanX[p];
    const my = meanY[p];
    const varianceX = covarianceNorm * (meanXX[p] - mx * mx);
    const varianceY = covarianceNorm * (meanYY[p] - my * my);
    const covariance = covarianceNorm * (meanXY[p] - mx * my);
    map[p] =
      ((2 * mx * my + c1) * (2 * covariance + c2)) /
      ((mx * mx + my * my + c1) * (varianceX + varianceY + c2));
  }
  return map;
}

/** Mean of an SSIM map over the pixels whose whole window lies inside the image, as scikit-image averages. */
export function meanSsim(map: Float64Array, width: number, height: number, window: SsimWindow): number {
  const margin = (WINDOWS[window].taps.length - 1) / 2;
  let sum = 0;
  for (let y = margin; y < height - margin; y++) {
    for (let x = margin; x < width - margin; x++) sum += map[x + width * y];
  }
  return sum / ((width - 2 * margin) * (height - 2 * margin));
}

/** Structural similarity of two images; arguments as `ssimMap`. */
export function ssim(
  image: Pixels,
  reference: Pixels,
  width: number,
  height: number,
  dataRange: number,
  window: SsimWindow = 'gaussian',
): number {
  return meanSsim(ssimMap(image, reference, width, height, dataRange, window), width, height, window);
}

function gaussianTaps(radius: number, sigma: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-((n - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

function filterSeparable(values: Pixels, width: number, height: number, taps: Float64Array): Float64Array {
  const rows = filterAxis(values, taps, width, height, 1, width);
  return filterAxis(rows, taps, height, width, width, 1);
}

/** Filters `lines` lines of `length` values; neighbours within a line lie `step` apart, lines `lineStep` apart. */
function filterAxis(
  values: Pixels,
  taps: Float64Array,
  length: number,
  lines: number,
  step: number,
  lineStep: number,
): Float64Array {
  const radius = (taps.length - 1) / 2;
  const result = new Float64Array(values.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let n = 0; n < length; n++) {
      let sum = 0;
      for (let t = -radius; t <= radius; t++) {
        sum += taps[t + radius] * values[start + step * mirrored(n + t, length)];
      }
      result[start + step * n] = sum;
    }
  }
  return result;
}

function mirrored(n: number, length: number): number {
  if (n < 0) return -1 - n;
  return n < length ? n : 2 * length - 1 - n;
}
