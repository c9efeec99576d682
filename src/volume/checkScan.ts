/** What is unusual about a scan, as sentences for the screen: each says what it means for the result. */
import { foregroundThreshold, looksLikeHu } from './intensity';
import type { SlicePlan } from './slices';
import type { Volume } from './volume';

/** Sentences, the gravest first; empty for an ordinary head scan. */
export function checkScan(volume: Volume): string[] {
  return [...checkIntensities(volume), ...checkGeometry(volume)];
}

function checkIntensities({ voxels }: Volume): string[] {
  const threshold = foregroundThreshold(voxels);
  const counts = countVoxels(voxels, threshold);
  const warnings: string[] = [];
  // Hounsfield units: checkInput.ts says whether that suits the model.
  if (counts.negative > 0.01 && !looksLikeHu(voxels))
    warnings.push(
      `${percent(counts.negative)} of the voxels are negative; they count as background (0) for the model.`,
    );
  if (counts.notFinite > 0)
    warnings.push(
      `${percent(counts.notFinite)} of the voxels are NaN or infinite; they count as background (0).`,
    );
  if (counts.values < 64)
    warnings.push(
      `The image has only ${counts.values} different values, as in a label map or a coarsely stored scan: expect a poor result.`,
    );
  return warnings;
}

function checkGeometry({ shape, zooms, volumeCount, volumeIndex }: Volume): string[] {
  const [ni, nj, nk] = shape;
  const [x, y, z] = zooms;
  const inPlane = Math.max(x, y);
  const warnings: string[] = [];
  if (volumeCount > 1)
    warnings.push(
      `The file has ${volumeCount} volumes; this is number ${volumeIndex + 1}, the others are not used.`,
    );
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
export function isOddField({ shape: [ni, nj], zooms: [x, y] }: Pick<Volume, 'shape' | 'zooms'>): boolean {
  return Math.min(ni * x, nj * y) < 100 || Math.max(ni * x, nj * y) > 400;
}

/** Sentences on how the scan lies in a model's field of view; empty where it fits. */
export function checkPlan({ shape, zooms }: Volume, plan: SlicePlan): string[] {
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

/** Shares of all voxels, and the number of different foreground values, counted up to 64. */
function countVoxels(voxels: Float32Array, threshold: number) {
  let negative = 0;
  let notFinite = 0;
  const values = new Set<number>();
  for (const value of voxels) {
    if (!Number.isFinite(value)) notFinite++;
    else if (value < 0) negative++;
    if (value > threshold && values.size < 64) values.add(value);
  }
  const all = voxels.length;
  return { negative: negative / all, notFinite: notFinite / all, values: values.size };
}

function percent(share: number): string {
  return share < 0.001 ? 'Less than 0.1 %' : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function mm(length: number): string {
  return String(Number(length.toFixed(length < 10 ? 2 : 0)));
}
