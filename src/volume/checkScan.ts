/** What is unusual about a scan, as sentences for the screen: each says what it means for the result. */
import type { ScanFile } from './formats/scanFormat';
import type { OddNumbers } from './formats/storedVoxels';
import type { Image3 } from './image';
import { percent } from './percent';
import { type ScanMeasures, scanMeasures } from './scanMeasures';
import type { SlicePlan } from './slices';
import { notFinite, type Tally } from './tally';

/**
 * Sentences, the gravest first; empty for an ordinary head scan.
 * @param measures of the scan's image, where they are kept
 */
export function checkScan(
  scan: Pick<ScanFile, 'image' | 'volumeCount' | 'volumeIndex' | 'remarks' | 'odd'>,
  measures: Pick<ScanMeasures, 'intensities' | 'tally'> = scanMeasures(scan.image),
): string[] {
  return [
    ...scan.remarks,
    ...measures.intensities().warnings,
    ...checkNumbers(measures.tally(), scan.odd),
    ...volumesTold(scan),
    ...checkGeometry(scan.image),
  ];
}

/** @param odd what of them is none because the file holds numbers beyond float32, which its remarks tell */
function checkNumbers(tally: Tally, odd: Pick<OddNumbers, 'beyond'> | undefined): string[] {
  const none = notFinite(tally);
  const [nan, infinite] = [none.nan, none.infinite - (odd?.beyond ?? 0)];
  const told = (count: number, what: string) =>
    count > 0
      ? [
          `${count.toLocaleString('en')} ${count === 1 ? 'voxel' : 'voxels'} (${percent(count / tally.count)}) ${count === 1 ? 'is' : 'are'} ${what}, which counts as background (0).`,
        ]
      : [];
  return [...told(nan, 'NaN'), ...told(infinite, 'infinite')];
}

/** Of a file with several volumes which of them this is; empty of one. */
export function volumesTold({
  volumeCount,
  volumeIndex,
}: Pick<ScanFile, 'volumeCount' | 'volumeIndex'>): string[] {
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
  if (isAbsurdSize({ shape, zooms }))
    return [
      `The scan is ${[ni * x, nj * y, nk * z].map(mm).join(' x ')} mm large, which no head is, by voxels of ${zooms.map(mm).join(' x ')} mm: check the file's voxel size, whose unit may be another.`,
    ];
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

/** true: no body is so small or so large: the header's voxel size is wrong, and nothing else can be told by it. */
export function isAbsurdSize({ shape, zooms }: Pick<Image3, 'shape' | 'zooms'>): boolean {
  const sides = shape.map((count, axis) => count * zooms[axis]);
  // A single slice may have any thickness.
  return sides.some((side, axis) => (side < 3 && shape[axis] > 1) || side > 2500);
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

function mm(length: number): string {
  return String(Number(length < 0.1 ? length.toPrecision(2) : length.toFixed(length < 10 ? 2 : 0)));
}
