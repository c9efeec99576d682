/** What is unusual about a scan's intensities, whatever the model, and whether it leaves anything else to be told by them. */
import { figure } from './figure';
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
import { type Tally, untallied } from './tally';

/** Values are counted up to this number; an image has far more. */
const MANY_VALUES = 64;
/** Of all voxels; of a head scan many times that are foreground. */
const SPIKES = 0.02;
/** Of all voxels; about a head there is air. */
const FULL = 0.85;
/** Of the brightest tissue: as far below 0 lie standardised images. */
const STANDARDISED = 0.15;
/** Standard deviations and the like are no larger. */
const STANDARD_LEVEL = 100;
/** Times the 99.9th percentile: no tissue is so bright; heads have up to 3. */
const HOT = 10;
/** Of all voxels: as many infinite ones are a part of the head that is lost. */
const LOST = 0.005;
/** Of the image's range: sides that differ by more are no air. */
const EVEN_AIR = 0.5;
/** Of the image's range: no anatomy that reaches all sides is so even. */
const FLAT_SIDES = 0.1;
/** float32's smallest normal number: what is below it many processors take for 0. */
const LEAST_NORMAL = 2 ** -126;
/** Quarters of an octave without a voxel (a factor of 3.2 and more): tissues lie nearer to each other. */
const GAP = 7;
/** Of all voxels: so many are in the head, and so few change no scale. */
const LEAST_HEAD = 0.05;
const LEAST_SPIKES = 0.001;
const INFINITY_BITS = 0x7f800000;
const NAN_BITS = 0x7fc00000;
/** Of 16-bit scans up to 16,383, which nearly all are. */
const MOST_HIGH_BYTE = 63;
/** Of the 256 that a low byte has in a scan of more than as many values. */
const MANY_HIGH_BYTES = 64;

export interface IntensityCheck {
  /** Sentences, the gravest first; empty for an ordinary head scan. */
  warnings: readonly string[];
  /**
   * Why what the image shows cannot be judged, so that size, contrast and skull are not asked for: values that are shifted, inverted or
   * about 0, which noise has as well, or spikes and infinities, beside which all else is nothing. Null where it can.
   */
  disturbed: 'levels' | 'values' | null;
}

/** @param levels and tally of the image's voxels, where they are known */
export function checkIntensities(
  image: Image3,
  levels: VoxelLevels = voxelLevels(image.voxels),
  tally: Tally = untallied(image.voxels),
): IntensityCheck {
  const all = tally.count;
  const { min, max } = levels;
  // checkScan.ts tells of NaN and infinities.
  if (!(max > min)) {
    const same =
      min === max ? [`Every voxel that holds a number is ${figure(min)}: the image shows nothing.`] : [];
    return { warnings: same, disturbed: 'values' };
  }
  const isHu = looksLikeHu(levels);
  const grave =
    swappedBytes(tally, levels) ??
    // Hounsfield units: checkInput.ts says whether that suits the model.
    (isHu
      ? undefined
      : (outOfRange(levels) ?? brightBackground(image, tally, levels) ?? standardised(tally, levels)));
  if (grave) return { warnings: [grave], disturbed: 'levels' };
  const counts = countVoxels(tally, thresholdOfLevels(levels), hotAbove(levels));
  const negative =
    counts.negative > 0.01 * all && !isHu
      ? [
          `${percent(counts.negative / all, 'Less')} of the voxels are negative; they count as background (0) for the model.`,
        ]
      : [];
  const foreground = counts.foreground / all;
  // checkScan.ts tells of them.
  const disturbed = counts.infinite > LOST * all ? 'values' : null;
  if (isHu) return { warnings: [...negative, ...fewValues(counts)], disturbed };
  const isHot = hasHotVoxels(levels);
  if (isHot || (counts.hot > 0 && foreground > SPIKES))
    return { warnings: [...negative, hotText(counts.hot, all, levels)], disturbed };
  // What would be foreground without them then counts as background.
  if (foreground < SPIKES && counts.valuesBelow === MANY_VALUES) {
    return { warnings: [spikesText(foreground), ...negative], disturbed: 'values' };
  }
  const part = brightPart(image, tally);
  if (part && counts.valuesBelow + counts.values >= MANY_VALUES)
    return { warnings: [brightPartText(part, all), ...negative], disturbed: 'values' };
  return { warnings: [...negative, ...fewValues(counts)], disturbed };
}

function fewValues({ values, valuesOfAll }: { values: number; valuesOfAll: number }): string[] {
  if (values >= MANY_VALUES) return [];
  const subject =
    valuesOfAll < MANY_VALUES
      ? `The image has only ${valuesOfAll}`
      : `What is brighter than the background has only ${values}`;
  const noun = subject.endsWith(' 1') ? 'value' : 'values';
  return [`${subject} different ${noun}, as in a label map or a coarsely stored scan: expect a poor result.`];
}

/** Nothing above 0, or nothing that can be calculated with. */
function outOfRange({ min, max, p99_9 }: VoxelLevels): string | undefined {
  if (max <= 0)
    return `No voxel is above 0 (values are ${figure(min)} to ${figure(max)}), and all count as background (0) for the model: change the sign where the file's slope is negative, or shift the values until the background is 0.`;
  if (p99_9 > 0 && p99_9 < LEAST_NORMAL)
    return `Values are too small to be calculated with (up to ${figure(max)}, below 1.2e-38), so the result may be empty: multiply them by a large number first.`;
  return undefined;
}

/** 16-bit integers in the wrong order of their bytes: those that were high, and few, are now the low ones. */
function swappedBytes({ values }: Tally, { min, max }: VoxelLevels): string | undefined {
  if (min < -32768 || max > 65535) return undefined;
  const low = new Set<number>();
  const high = new Set<number>();
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isInteger(value) || (value & 0xff) > MOST_HIGH_BYTE) return undefined;
    low.add(value & 0xff);
    high.add((value >> 8) & 0xff);
  }
  // Of 8-bit images that are stored times 256 the low byte is 0.
  if (low.size < 2 || high.size < MANY_HIGH_BYTES) return undefined;
  return `Values (${figure(min)} to ${figure(max)}) look like 16-bit numbers whose two bytes are swapped: the file is in the wrong byte order, so the result would mean nothing; export it again.`;
}

/** Voxels that lie far above all others, in whatever place: how many, the least of them, and the greatest of the others. */
interface BrightPart {
  count: number;
  from: number;
  others: number;
}

/** Null where values follow each other without a gap, or what lies below it is no head but its air. */
function brightPart(image: Image3, { values, times, count: all }: Tally): BrightPart | null {
  // Of positive floats the upper bits are the octave and its quarter; those of infinity and NaN lie above all others.
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Uint32Array(1 << 10);
  for (let at = 0; at < bits.length; at++)
    if (bits[at] > 0 && bits[at] < INFINITY_BITS) counts[bits[at] >> 21] += times ? times[at] : 1;
  const startOf = (bin: number) => new Float32Array(Uint32Array.of(bin << 21).buffer)[0];
  let count = 0;
  let empty = 0;
  for (let bin = counts.length - 1; bin >= 0; bin--) {
    if (counts[bin] <= 0.01 * count) {
      if (count > 0) empty++;
      continue;
    }
    if (empty >= GAP) {
      const others = startOf(bin + 1);
      let head = 0;
      for (let at = 0; at < values.length; at++)
        if (values[at] > 0.1 * others && values[at] <= others) head += times ? times[at] : 1;
      const [air] = percentiles(sides(image), [50]);
      const isHead = head >= Math.max(count, LEAST_HEAD * all) && air < 0.1 * others;
      if (isHead)
        return count > LEAST_SPIKES * all ? { count, from: startOf(bin + 1 + empty), others } : null;
    }
    empty = 0;
    count += counts[bin];
  }
  return null;
}

const brightPartText = ({ count, from, others }: BrightPart, all: number) =>
  count < LEAST_HEAD * all
    ? spikesText(count / all)
    : `A part of the scan (${percent(count / all)}) is far brighter than all the rest (at least ${figure(from)} where the rest is below ${figure(others)}), and intensities are scaled by it, so that the head is too dark for the model: set this part to 0 first.`;

const spikesText = (share: number) =>
  `A few voxels (${percent(share)}) are far brighter than all others, and intensities are scaled by them, so that the head is too dark for the model: remove these spikes first.`;

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
function brightBackground(
  image: Image3,
  tally: Tally,
  { p0_5, p99_5, p99_9 }: VoxelLevels,
): string | undefined {
  const threshold = 0.1 * p99_9;
  const above = countAbove(tally, threshold);
  const [low, air, high] = percentiles(sides(image), [10, 50, 90]);
  const range = p99_5 - p0_5;
  // Beside air that is bright enough the head itself is dark.
  const isFilled = high - low < FLAT_SIDES * range || low > 0.5 * p99_5;
  if (!(air > threshold) || (above < FULL * tally.count && !isFilled)) return undefined;
  const why = 'models know heads in dark air, so the result would be wrong';
  const levels = `about ${figure(air)}, where the brightest tissue has ${figure(p99_5)}`;
  if (high - low > EVEN_AIR * range)
    return `The sides of the scan are not dark (${levels}): ${why}; set what surrounds the head to 0, or take a scan that shows all of the head.`;
  if (darkerShare(tally, air, 0.1 * range) > 0.5)
    return `The background is brighter than the head (about ${figure(air)}): ${why}; set the background to 0 or, where the whole image is inverted, invert it back.`;
  return `The background is not dark (${levels}): ${why}; subtract ${figure(air)} first, or check whether the scan is cut out of a larger one.`;
}

/** Of the voxels that differ from the air, which share is darker. */
function darkerShare(tally: Tally, air: number, least: number): number {
  const darker = countBelow(tally, air - least);
  const brighter = countAbove(tally, air + least);
  return darker / (darker + brighter);
}

/** The outermost voxels of each axial slice. */
function sides({ voxels, shape: [ni, nj, nk] }: Image3): Float32Array {
  const values = new Float32Array(nk * (nj === 1 ? ni : 2 * ni + 2 * (nj - 2)));
  let n = 0;
  for (let k = 0; k < nk; k++)
    for (let j = 0; j < nj; j++) {
      const row = (k * nj + j) * ni;
      if (j === 0 || j === nj - 1) for (let i = 0; i < ni; i++) values[n++] = voxels[row + i];
      else {
        values[n++] = voxels[row];
        values[n++] = voxels[row + ni - 1];
      }
    }
  return values;
}

function countAbove({ values, times }: Tally, level: number): number {
  let count = 0;
  for (let at = 0; at < values.length; at++) if (values[at] > level) count += times ? times[at] : 1;
  return count;
}

function countBelow({ values, times }: Tally, level: number): number {
  let count = 0;
  for (let at = 0; at < values.length; at++) if (values[at] < level) count += times ? times[at] : 1;
  return count;
}

/** Tissue below 0 is lost: the model's scale begins there. */
function standardised(tally: Tally, { min, p0_5, p99_5 }: VoxelLevels): string | undefined {
  if (!(p0_5 < -STANDARDISED * p99_5)) return undefined;
  const negative = countBelow(tally, 0);
  const [as, advice] =
    p0_5 < -STANDARD_LEVEL
      ? ['a phase or difference image', 'take the magnitude image']
      : ['a standardised image (z-scores, or -1 to 1)', 'take the scan as it was before'];
  return `${percent(negative / tally.count, 'Less')} of the voxels are negative, down to ${figure(min)}, as in ${as}, and count as background (0) for the model, so the result would be wrong: ${advice}, or shift its values until the background is 0.`;
}

/** How many voxels, and the numbers of different values of the foreground, of positive ones below it and of all, up to MANY_VALUES. */
function countVoxels(tally: Tally, threshold: number, hotAbove: number) {
  const { values, times } = tally;
  let negative = 0;
  let foreground = 0;
  let hot = 0;
  let infinite = 0;
  // Numbers alone: with sets in it this loop would take six times as long.
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    const count = times ? times[at] : 1;
    if (value - value !== 0) {
      if (value === Number.POSITIVE_INFINITY) infinite += count;
      continue;
    }
    if (value < 0) negative += count;
    if (value > hotAbove) hot += count;
    if (value > threshold) foreground += count;
  }
  return { negative, foreground, hot, infinite, ...differentValues(values, threshold) };
}

/** Looks no further once there are many of each kind, which in most scans is soon. */
function differentValues(voxels: Float32Array, threshold: number) {
  const values = new Set<number>();
  const below = new Set<number>();
  const all = new Set<number>();
  const isFull = (set: Set<number>) => set.size >= MANY_VALUES;
  const bits = new Int32Array(voxels.buffer, voxels.byteOffset, voxels.length);
  // What was seen last, by a hash: most voxels have a value of before, and a set takes its time.
  const seen = new Int32Array(1 << 12).fill(NAN_BITS);
  for (let at = 0; at < bits.length; at++) {
    const hash = Math.imul(bits[at], 0x9e3779b1) >>> 20;
    if (seen[hash] === bits[at]) continue;
    seen[hash] = bits[at];
    if (isFull(values) && isFull(below)) break;
    const value = voxels[at];
    if (value - value !== 0) continue;
    if (!isFull(all)) all.add(value);
    if (value > threshold) {
      if (!isFull(values)) values.add(value);
    } else if (value > 0 && !isFull(below)) below.add(value);
  }
  return { values: values.size, valuesBelow: below.size, valuesOfAll: all.size };
}
