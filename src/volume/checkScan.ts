/** What is unusual about a scan, as sentences for the screen: each says what it means for the result. */
import type { ScanFile } from './formats/scanFormat';
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
import type { SlicePlan } from './slices';

/** Values are counted up to this number; an image has far more. */
const MANY_VALUES = 64;
/** Of all voxels; of a head scan many times that are foreground. */
const SPIKES = 0.02;
/** Of all voxels; about a head there is air. */
const FULL = 0.85;
/** Of the 99.5th percentile: air that is brighter is the brightest of the image. */
const INVERTED = 0.8;

/**
 * Sentences, the gravest first; empty for an ordinary head scan.
 * @param levels of the scan's voxels, where they are known
 */
export function checkScan(
  scan: Pick<ScanFile, 'image' | 'volumeCount' | 'volumeIndex' | 'remarks'>,
  levels: VoxelLevels = voxelLevels(scan.image.voxels),
): string[] {
  return [
    ...scan.remarks,
    ...checkIntensities(scan.image, levels),
    ...checkVolumes(scan),
    ...checkGeometry(scan.image),
  ];
}

function checkIntensities(image: Image3, levels: VoxelLevels): string[] {
  const { voxels } = image;
  const counts = countVoxels(voxels, thresholdOfLevels(levels), 0.1 * levels.p99_9);
  const isHu = looksLikeHu(levels);
  const warnings: string[] = [];
  const share = (count: number) => `${some(count)} (${percent(count / voxels.length)})`;
  // Hounsfield units: checkInput.ts says whether that suits the model.
  if (counts.negative > 0.01 * voxels.length && !isHu)
    warnings.push(
      `${percent(counts.negative / voxels.length, 'Less')} of the voxels are negative; they count as background (0) for the model.`,
    );
  if (counts.nan > 0)
    warnings.push(`${share(counts.nan)} ${are(counts.nan)} NaN, which counts as background (0).`);
  if (counts.infinite > 0)
    warnings.push(
      `${share(counts.infinite)} ${are(counts.infinite)} infinite, which counts as background (0).`,
    );
  const bright = brightBackground(image, levels);
  if (bright) return [bright, ...warnings];
  const foreground = counts.foreground / voxels.length;
  if (hasHotVoxels(levels) && !isHu)
    warnings.push(
      `A few voxels (${percent(counts.hot / voxels.length)}) are far brighter than all others, up to ${figure(levels.max)} where 99.5 % are below ${figure(levels.p99_5)}: intensities are scaled without these hot voxels, which the result shows as the brightest tissue.`,
    );
  // What would be foreground without them then counts as background.
  else if (foreground < SPIKES && counts.valuesBelow === MANY_VALUES && !isHu)
    warnings.push(
      `A few voxels (${percent(foreground)}) are far brighter than all others, and intensities are scaled by them, so that the head is too dark for the model: remove these spikes first.`,
    );
  else if (counts.values < MANY_VALUES)
    warnings.push(
      `The image has only ${counts.values} different values, as in a label map or a coarsely stored scan: expect a poor result.`,
    );
  return warnings;
}

/** A head lies in dark air: where the image's sides are bright, and nearly all of it, values are shifted or inverted. */
function brightBackground(image: Image3, levels: VoxelLevels): string | undefined {
  if (looksLikeHu(levels)) return undefined;
  const { voxels } = image;
  const threshold = 0.1 * levels.p99_9;
  let above = 0;
  for (let at = 0; at < voxels.length; at++) if (voxels[at] > threshold) above++;
  if (above < FULL * voxels.length) return undefined;
  const [air] = percentiles(sides(image), [50]);
  if (!(air > threshold)) return undefined;
  if (air > INVERTED * levels.p99_5)
    return `The background is bright (about ${figure(air)}) and the head darker, as in an inverted image: the result would mean nothing; invert the values first.`;
  return `The background is not dark (about ${figure(air)}, where the brightest tissue has ${figure(levels.p99_5)}): models know heads in dark air, so the result would be wrong; subtract ${figure(air)} first, or check whether the scan is cut out of a larger one.`;
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

function checkVolumes({ volumeCount, volumeIndex }: Pick<ScanFile, 'volumeCount' | 'volumeIndex'>): string[] {
  if (volumeCount === 1) return [];
  return [
    `The file has ${volumeCount} volumes, 0 to ${volumeCount - 1}: this is volume ${volumeIndex}, the others are not used.`,
  ];
}

function checkGeometry({ shape, zooms }: Image3): string[] {
  const [ni, nj, nk] = shape;
  const [x, y, z] = zooms;
  const inPlane = Math.max(x, y);
  const warnings: string[] = [];
  if (isOddField({ shape, zooms }))
    warnings.push(
      `The axial field of view is ${mm(ni * x)} x ${mm(nj * y)} mm, not a whole adult head: check the file's voxel size.`,
    );
  if (inPlane > 2.5)
    warnings.push(`Axial pixels are ${mm(inPlane)} mm: the result can show no more detail than that.`);
  else if (Math.min(ni, nj) < 64)
    warnings.push(`Axial slices have only ${ni} x ${nj} pixels: expect a coarse result.`);
  if (inPlane > 1.5 * Math.min(x, y))
    warnings.push(
      `Axial pixels are ${mm(x)} x ${mm(y)} mm: the scan was probably not made in axial slices, and the result is blurred along one side.`,
    );
  if (z > 7) warnings.push(`Slices are ${mm(z)} mm apart: thin lesions may be missed between them.`);
  if (nk < 5)
    warnings.push(
      `The scan has only ${nk} axial ${nk === 1 ? 'slice' : 'slices'}: intensities are scaled by these alone.`,
    );
  return warnings;
}

/** true: too small or too large an axial field of view for a whole adult head. */
export function isOddField({ shape: [ni, nj], zooms: [x, y] }: Pick<Image3, 'shape' | 'zooms'>): boolean {
  return Math.min(ni * x, nj * y) < 100 || Math.max(ni * x, nj * y) > 400;
}

/** Sentences on how the scan lies in a model's field of view; empty where it fits. */
export function checkPlan({ shape, zooms }: Image3, plan: SlicePlan): string[] {
  const field = mm(plan.size * plan.pixelSize);
  const warnings: string[] = [];
  // Below half a per cent it is noise or an ear.
  if (plan.foregroundCut > 0.005)
    warnings.push(
      `${percent(plan.foregroundCut, 'Less')} of the head lies outside the model's field of view (${field} mm square); the result is empty there.`,
    );
  const isSmall = Math.max(shape[0] * zooms[0], shape[1] * zooms[1]) < 0.5 * plan.size * plan.pixelSize;
  // That sentence says the same.
  if (isSmall && !isOddField({ shape, zooms }))
    warnings.push(
      `The scan fills less than half of the model's field of view (${field} mm square), unlike what it was trained on: expect a poor result.`,
    );
  return warnings;
}

/** How many voxels, and the numbers of different values of the foreground and positive ones below it, up to MANY_VALUES. */
function countVoxels(voxels: Float32Array, threshold: number, hotAbove: number) {
  let [negative, nan, infinite, foreground, hot] = [0, 0, 0, 0, 0];
  const values = new Set<number>();
  const below = new Set<number>();
  for (let at = 0; at < voxels.length; at++) {
    const value = voxels[at];
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
    else if (value < 0) negative++;
    if (value > hotAbove) hot++;
    if (value > threshold) {
      foreground++;
      if (values.size < MANY_VALUES) values.add(value);
    } else if (value > 0 && below.size < MANY_VALUES) below.add(value);
  }
  return { negative, nan, infinite, foreground, hot, values: values.size, valuesBelow: below.size };
}

const some = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'voxel' : 'voxels'}`;
const are = (count: number) => (count === 1 ? 'is' : 'are');
const figure = (value: number) => String(Number(value.toPrecision(4)));

function mm(length: number): string {
  return String(Number(length.toFixed(length < 10 ? 2 : 0)));
}
