/** What is unusual about a scan's intensities, whatever the model, and whether it leaves anything else to be told by them. */
import type { Image3 } from './image';
import {
  hasHotVoxels,
  looksLikeHu,
  percentiles,
  thresholdOfLevels,
  type VoxelLevels,
  voxelLevels,
} from './intensity';
import { percent } from './percent';

/** Values are counted up to this number; an image has far more. */
const MANY_VALUES = 64;
/** Of all voxels; of a head scan many times that are foreground. */
const SPIKES = 0.02;
/** Of all voxels; about a head there is air. */
const FULL = 0.85;
/** Of the brightest tissue: as far below 0 lie standardised images. */
const STANDARDISED = 0.15;
/** Times the 99.9th percentile: no tissue is so bright; heads have up to 3. */
const HOT = 10;
/** Of all voxels: as many infinite ones are a part of the head that is lost. */
const LOST = 0.005;
/** Of the image's range: sides that differ by more are no air. */
const EVEN_AIR = 0.5;

export interface IntensityCheck {
  /** Sentences, the gravest first; empty for an ordinary head scan. */
  warnings: readonly string[];
  /**
   * Why what the image shows cannot be judged, so that size, contrast and skull are not asked for: values that are shifted, inverted or
   * about 0, which noise has as well, or spikes and infinities, beside which all else is nothing. Null where it can.
   */
  disturbed: 'levels' | 'values' | null;
}

/** @param levels of the image's voxels, where they are known */
export function checkIntensities(
  image: Image3,
  levels: VoxelLevels = voxelLevels(image.voxels),
): IntensityCheck {
  const { voxels } = image;
  const isHu = looksLikeHu(levels);
  // Hounsfield units: checkInput.ts says whether that suits the model.
  const grave = isHu ? undefined : (brightBackground(image, levels) ?? standardised(voxels, levels));
  if (grave) return { warnings: [grave], disturbed: 'levels' };
  const counts = countVoxels(voxels, thresholdOfLevels(levels), hotAbove(levels));
  const negative =
    counts.negative > 0.01 * voxels.length && !isHu
      ? [
          `${percent(counts.negative / voxels.length, 'Less')} of the voxels are negative; they count as background (0) for the model.`,
        ]
      : [];
  const foreground = counts.foreground / voxels.length;
  // checkScan.ts tells of them.
  const disturbed = counts.infinite > LOST * voxels.length ? 'values' : null;
  if (isHu) return { warnings: [...negative, ...fewValues(counts.values)], disturbed };
  const isHot = hasHotVoxels(levels);
  if (isHot || (counts.hot > 0 && foreground > SPIKES))
    return { warnings: [...negative, hotText(counts.hot, voxels.length, levels)], disturbed };
  // What would be foreground without them then counts as background.
  if (foreground < SPIKES && counts.valuesBelow === MANY_VALUES) {
    const text = `A few voxels (${percent(foreground)}) are far brighter than all others, and intensities are scaled by them, so that the head is too dark for the model: remove these spikes first.`;
    return { warnings: [text, ...negative], disturbed: 'values' };
  }
  return { warnings: [...negative, ...fewValues(counts.values)], disturbed };
}

const fewValues = (values: number) =>
  values < MANY_VALUES
    ? [
        `The image has only ${values} different ${values === 1 ? 'value' : 'values'}, as in a label map or a coarsely stored scan: expect a poor result.`,
      ]
    : [];

/** Above this a voxel is brighter than any tissue; Infinity where none is. */
function hotAbove(levels: VoxelLevels): number {
  if (hasHotVoxels(levels)) return 0.1 * levels.p99_9;
  return levels.p99_9 > 0 ? HOT * levels.p99_9 : Number.POSITIVE_INFINITY;
}

function hotText(hot: number, count: number, levels: VoxelLevels): string {
  const [share, level] = hasHotVoxels(levels) ? ['99.5', levels.p99_5] : ['99.9', levels.p99_9];
  const [which, are, them, show] =
    hot === 1
      ? ['One voxel', 'is', 'this hot voxel', 'it']
      : [`A few voxels (${percent(hot / count)})`, 'are', 'these hot voxels', 'them'];
  return `${which} ${are} far brighter than all others, up to ${figure(levels.max)} where ${share} % are below ${figure(level)}: intensities are scaled without ${them}, and the result shows ${show} as the brightest tissue.`;
}

/** A head lies in dark air: where the image's sides are bright, and nearly all of it, values are shifted, inverted or padded. */
function brightBackground(image: Image3, { p0_5, p99_5, p99_9 }: VoxelLevels): string | undefined {
  const { voxels } = image;
  const threshold = 0.1 * p99_9;
  let above = 0;
  for (let at = 0; at < voxels.length; at++) if (voxels[at] > threshold) above++;
  if (above < FULL * voxels.length) return undefined;
  const [low, air, high] = percentiles(sides(image), [10, 50, 90]);
  if (!(air > threshold)) return undefined;
  const why = 'models know heads in dark air, so the result would be wrong';
  const levels = `about ${figure(air)}, where the brightest tissue has ${figure(p99_5)}`;
  if (high - low > EVEN_AIR * (p99_5 - p0_5))
    return `The sides of the scan are not dark (${levels}): ${why}; set what surrounds the head to 0, or take a scan that shows all of the head.`;
  if (darkerShare(voxels, air, 0.1 * (p99_5 - p0_5)) > 0.5)
    return `The background is brighter than the head (about ${figure(air)}): ${why}; set the background to 0 or, where the whole image is inverted, invert it back.`;
  return `The background is not dark (${levels}): ${why}; subtract ${figure(air)} first, or check whether the scan is cut out of a larger one.`;
}

/** Of the voxels that differ from the air, which share is darker. */
function darkerShare(voxels: Float32Array, air: number, least: number): number {
  let [darker, brighter] = [0, 0];
  for (let at = 0; at < voxels.length; at++) {
    if (voxels[at] < air - least) darker++;
    else if (voxels[at] > air + least) brighter++;
  }
  return darker / (darker + brighter);
}

/** The outermost voxels of each axial slice. */
function sides({ voxels, shape: [ni, nj, nk] }: Image3): Float32Array {
  const values: number[] = [];
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      const row = (k * nj + j) * ni;
      if (j === 0 || j === nj - 1) for (let i = 0; i < ni; i++) values.push(voxels[row + i]);
      else values.push(voxels[row], voxels[row + ni - 1]);
    }
  return Float32Array.from(values);
}

/** Tissue below 0 is lost: the model's scale begins there. */
function standardised(voxels: Float32Array, { min, p0_5, p99_5 }: VoxelLevels): string | undefined {
  if (!(p0_5 < -STANDARDISED * p99_5)) return undefined;
  let negative = 0;
  for (let at = 0; at < voxels.length; at++) if (voxels[at] < 0) negative++;
  return `${percent(negative / voxels.length, 'Less')} of the voxels are negative, down to ${figure(min)}, as in a standardised image (z-scores, or -1 to 1), and count as background (0) for the model, so the result would be wrong: take the scan as it was before, or shift its values until the background is 0.`;
}

/** How many voxels, and the numbers of different values of the foreground and positive ones below it, up to MANY_VALUES. */
function countVoxels(voxels: Float32Array, threshold: number, hotAbove: number) {
  let [negative, foreground, hot, infinite] = [0, 0, 0, 0];
  const values = new Set<number>();
  const below = new Set<number>();
  for (let at = 0; at < voxels.length; at++) {
    const value = voxels[at];
    if (value === Number.POSITIVE_INFINITY) infinite++;
    if (value - value !== 0) continue;
    if (value < 0) negative++;
    if (value > hotAbove) hot++;
    if (value > threshold) {
      foreground++;
      if (values.size < MANY_VALUES) values.add(value);
    } else if (value > 0 && below.size < MANY_VALUES) below.add(value);
  }
  return { negative, foreground, hot, infinite, values: values.size, valuesBelow: below.size };
}

const figure = (value: number) => String(Number(value.toPrecision(4)));
