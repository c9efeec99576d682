/**
 * Scans to training slices: the same plan and intensity map as a translation's (translateScan.ts), so that a model sees in
 * training what it is given later. Scan after scan, so that only one volume is in memory at a time.
 */
import { BadRequest } from '../../errors';
import { HEAD_SHARE, headSlices } from '../../volume/headSlices';
import type { Image3, NamedImage } from '../../volume/image';
import type { InputStatistics } from '../../volume/inputStatistics';
import { thresholdOfLevels, toUnitRange } from '../../volume/intensity';
import type { ScanMeasures } from '../../volume/scanMeasures';
import { coverOf, extractCover, type SlicePlan } from '../../volume/slices';
import { prepareScan } from '../prepareScan';
import type { SliceSet } from './data';
import { pairProblem } from './pairGrid';
import { gridOfSide, type SideGrid, type TrainSettings } from './settings';
import type { Side } from './sides';

/** A scan cut once: its slices that hold some head, whole, so that every crop on their grid is a part of them. */
export interface CutScan extends Omit<Image3, 'voxels'> {
  readonly name: string;
  /** Its own crop. */
  readonly plan: SlicePlan;
  /** Axial slices of the canonical scan, in rising order. */
  readonly slices: readonly number[];
  /** Slice after slice on the plan's cover, 0..65535 for [-1, 1]. */
  readonly images: Uint16Array;
  /** Value in [0, 1] above which a pixel is foreground. */
  readonly foreground: number;
}

/** @param measures of the scan, where they are kept */
export function cutScan(
  { name, image }: NamedImage,
  grid: SideGrid,
  leastForeground: number = HEAD_SHARE.training,
  measures?: ScanMeasures,
): CutScan {
  const { shape, zooms, affine } = image;
  const prepared = prepareScan(image, { preprocessing: grid }, measures);
  const { plan } = prepared;
  const { map, low, high } = prepared.intensity.source;
  const threshold = thresholdOfLevels(prepared.measures.levels(), map);
  const slices = headSlices(prepared.measures.foregroundBySlice(map), leastForeground);
  const { width, height } = coverOf(plan);
  const images = new Uint16Array(slices.length * width * height);
  slices.forEach((k, n) => {
    const unit = toUnitRange(extractCover(image, plan, k, low), { low, high });
    images.set(
      unit.map((value) => Math.round(value * 65535)),
      n * width * height,
    );
  });
  const foreground = (threshold - low) / (high - low);
  return { name, shape, zooms, affine, plan, slices, images, foreground };
}

/** What a card tells of a training scan; null where it has no foreground. */
export function scanStatistics(
  scan: Image3,
  grid: SideGrid,
  measures?: ScanMeasures,
): InputStatistics | null {
  const prepared = prepareScan(scan, { preprocessing: grid }, measures);
  return prepared.measures.statistics(prepared.intensity.source);
}

/** The slices of a scan on its own crop; `count` is 0 where none holds some head. */
export function ownSlices(cut: CutScan, subject: string): SliceSet {
  return takeSlices(cut, subject, cut.plan, cut.slices);
}

/** The axial slices of a scan that hold some head. */
export function volumeSlices(
  scan: Image3,
  subject: string,
  grid: SideGrid,
  leastForeground?: number,
): SliceSet {
  return ownSlices(cutScan({ name: subject, image: scan }, grid, leastForeground), subject);
}

/**
 * The same slices of two aligned scans, those that hold some head in both, on one plan: a crop is decided on `a`.
 * @throws BadRequest where the scans lie on different grids
 */
export function pairSlices({ a, b }: Record<Side, CutScan>, subject: string): Record<Side, SliceSet> {
  const problem = pairProblem({ a, b });
  if (problem) throw problem;
  const slices = a.slices.filter((k) => b.slices.includes(k));
  return {
    a: takeSlices(a, subject, a.plan, slices),
    b: takeSlices(b, subject, a.plan, slices),
  };
}

/** `pairSlices` of scans that are not cut yet. */
export function pairedSlices(
  { a, b }: Record<Side, NamedImage>,
  subject: string,
  settings: Pick<TrainSettings, 'size' | 'pixelSize' | 'intensity' | 'huEnds'>,
  leastForeground?: number,
): Record<Side, SliceSet> {
  const cut = (scan: NamedImage, side: Side) => cutScan(scan, gridOfSide(settings, side), leastForeground);
  return pairSlices({ a: cut(a, 'a'), b: cut(b, 'b') }, subject);
}

/**
 * One set of many, in their order; scans of the same subject share its entry in `subjects`.
 * @throws BadRequest where there is no slice at all
 */
export function joinSlices(sets: readonly SliceSet[]): SliceSet {
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  if (count === 0) {
    throw new BadRequest(
      `training slices: must be at least one that holds some head, got none in ${sets.length} scans; choose other scans`,
    );
  }
  const { size } = sets[0];
  const subjects = [...new Set(sets.flatMap((set) => set.subjects))];
  const joined: SliceSet = {
    size,
    count,
    images: new Uint16Array(count * size * size),
    subject: new Uint16Array(count),
    slice: new Uint16Array(count),
    foreground: new Float32Array(count),
    subjects,
  };
  let at = 0;
  for (const set of sets) {
    const indices = set.subjects.map((name) => subjects.indexOf(name));
    joined.images.set(set.images, at * size * size);
    joined.subject.set(
      set.subject.map((index) => indices[index]),
      at,
    );
    joined.slice.set(set.slice, at);
    joined.foreground.set(set.foreground, at);
    at += set.count;
  }
  return joined;
}

/** @param plan on the scan's own grid: it decides the crop */
function takeSlices(cut: CutScan, subject: string, plan: SlicePlan, slices: readonly number[]): SliceSet {
  const { size } = plan;
  const { width, height, left, top } = coverOf(plan);
  const images = new Uint16Array(slices.length * size * size);
  slices.forEach((k, n) => {
    const from = (cut.slices.indexOf(k) * height + top) * width + left;
    for (let row = 0; row < size; row++) {
      const begin = from + row * width;
      images.set(cut.images.subarray(begin, begin + size), (n * size + row) * size);
    }
  });
  return {
    size,
    count: slices.length,
    images,
    subject: new Uint16Array(slices.length),
    slice: Uint16Array.from(slices),
    foreground: new Float32Array(slices.length).fill(cut.foreground),
    subjects: [subject],
  };
}
