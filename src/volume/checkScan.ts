/** What is unusual about a scan, as sentences for the screen: each says what it means for the result. */
import type { ScanFile } from './formats/scanFormat';
import type { Image3 } from './image';
import { looksLikeHu, thresholdOfLevels, type VoxelLevels, voxelLevels } from './intensity';
import type { SlicePlan } from './slices';

/** Values are counted up to this number; an image has far more. */
const MANY_VALUES = 64;
/** Of all voxels; of a head scan many times that are foreground. */
const SPIKES = 0.005;

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

function checkIntensities({ voxels }: Image3, levels: VoxelLevels): string[] {
  const counts = countVoxels(voxels, thresholdOfLevels(levels));
  const warnings: string[] = [];
  // Hounsfield units: checkInput.ts says whether that suits the model.
  if (counts.negative > 0.01 && !looksLikeHu(levels))
    warnings.push(
      `${percent(counts.negative)} of the voxels are negative; they count as background (0) for the model.`,
    );
  if (counts.notFinite > 0)
    warnings.push(
      `${percent(counts.notFinite)} of the voxels are NaN or infinite; they count as background (0).`,
    );
  // What would be foreground without them then counts as background.
  const isSpiked = counts.foreground < SPIKES && counts.valuesBelow === MANY_VALUES && !looksLikeHu(levels);
  if (isSpiked)
    warnings.push(
      `A few voxels (${percent(counts.foreground)}) are far brighter than all others, and intensities are scaled by them, so that the head is too dark for the model: remove these spikes first.`,
    );
  else if (counts.values < MANY_VALUES)
    warnings.push(
      `The image has only ${counts.values} different values, as in a label map or a coarsely stored scan: expect a poor result.`,
    );
  return warnings;
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
      `${percent(plan.foregroundCut)} of the head lies outside the model's field of view (${field} mm square); the result is empty there.`,
    );
  const isSmall = Math.max(shape[0] * zooms[0], shape[1] * zooms[1]) < 0.5 * plan.size * plan.pixelSize;
  // That sentence says the same.
  if (isSmall && !isOddField({ shape, zooms }))
    warnings.push(
      `The scan fills less than half of the model's field of view (${field} mm square), unlike what it was trained on: expect a poor result.`,
    );
  return warnings;
}

/** Shares of all voxels, and the numbers of different values of the foreground and positive ones below it, up to MANY_VALUES. */
function countVoxels(voxels: Float32Array, threshold: number) {
  let negative = 0;
  let notFinite = 0;
  let foreground = 0;
  const values = new Set<number>();
  const below = new Set<number>();
  for (let at = 0; at < voxels.length; at++) {
    const value = voxels[at];
    if (!Number.isFinite(value)) notFinite++;
    else if (value < 0) negative++;
    if (value > threshold) {
      foreground++;
      if (values.size < MANY_VALUES) values.add(value);
    } else if (value > 0 && below.size < MANY_VALUES) below.add(value);
  }
  const all = voxels.length;
  return {
    negative: negative / all,
    notFinite: notFinite / all,
    foreground: foreground / all,
    values: values.size,
    valuesBelow: below.size,
  };
}

function percent(share: number): string {
  return share < 0.001 ? 'Less than 0.1 %' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function mm(length: number): string {
  return String(Number(length.toFixed(length < 10 ? 2 : 0)));
}
