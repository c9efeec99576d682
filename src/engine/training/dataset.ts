/**
 * Scans to training slices: the same plan and intensity map as a translation's (translateScan.ts), so that a model sees in
 * training what it is given later. Scan after scan, so that only one volume is in memory at a time.
 */
import { BadRequest } from '../../errors';
import { HEAD_SHARE, headSlices } from '../../volume/headSlices';
import type { Image3, NamedImage } from '../../volume/image';
import { type InputStatistics, inputStatistics } from '../../volume/inputStatistics';
import {
  foregroundBySlice,
  foregroundThreshold,
  type IntensityMap,
  intensityFrame,
  toUnitRange,
} from '../../volume/intensity';
import { gridText, sameGrid } from '../../volume/resample';
import { extractSlice, planSlices, type SlicePlan } from '../../volume/slices';
import type { SliceSet } from './data';
import { gridOfSide, type SideGrid, type TrainSettings } from './settings';
import type { Side } from './sides';

/** What a card tells of a training scan; null where it has no foreground. */
export function scanStatistics(
  scan: Image3,
  { intensity, huEnds }: Pick<SideGrid, 'intensity' | 'huEnds'>,
): InputStatistics | null {
  return inputStatistics(scan, intensityFrame(scan.voxels, intensity, huEnds));
}

/** The axial slices of a scan that hold some head; `count` is 0 where none does. */
export function volumeSlices(
  scan: Image3,
  subject: string,
  settings: SideGrid,
  leastForeground: number = HEAD_SHARE.training,
): SliceSet {
  const slices = slicesWithForeground([{ scan, map: settings.intensity }], leastForeground);
  return takeSlices(scan, subject, settings, planSlices(scan, settings), slices);
}

/**
 * The same slices of two aligned scans, those that hold some head in both, on one plan: a crop is decided on `a`.
 * @throws BadRequest where the scans lie on different grids
 */
export function pairedSlices(
  scans: Record<Side, NamedImage>,
  subject: string,
  settings: Pick<TrainSettings, 'size' | 'pixelSize' | 'intensity' | 'huEnds'>,
  leastForeground: number = HEAD_SHARE.training,
): Record<Side, SliceSet> {
  const { a, b } = { a: scans.a.image, b: scans.b.image };
  if (!sameGrid(a, b)) {
    throw new BadRequest(
      `${scans.a.name}, ${scans.b.name}: a pair must lie on the same grid, got ${gridText(a)} and ${gridText(b)}; resample one to the other first`,
    );
  }
  const plan = planSlices(a, settings);
  const [ofA, ofB] = [gridOfSide(settings, 'a'), gridOfSide(settings, 'b')];
  const both = [
    { scan: a, map: ofA.intensity },
    { scan: b, map: ofB.intensity },
  ];
  const slices = slicesWithForeground(both, leastForeground);
  return {
    a: takeSlices(a, subject, ofA, plan, slices),
    b: takeSlices(b, subject, ofB, plan, slices),
  };
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

function slicesWithForeground(
  scans: readonly { scan: Image3; map: IntensityMap }[],
  least: number,
): number[] {
  const [first, ...others] = scans.map(({ scan, map }) =>
    headSlices(foregroundBySlice(scan, foregroundThreshold(scan.voxels, map)), least),
  );
  return first.filter((k) => others.every((slices) => slices.includes(k)));
}

function takeSlices(
  scan: Image3,
  subject: string,
  { size, intensity, huEnds }: SideGrid,
  plan: SlicePlan,
  slices: readonly number[],
): SliceSet {
  const frame = intensityFrame(scan.voxels, intensity, huEnds);
  const { low, high } = frame;
  const images = new Uint16Array(slices.length * size * size);
  slices.forEach((k, n) => {
    const unit = toUnitRange(extractSlice(scan, plan, k, low), frame);
    images.set(
      unit.map((value) => Math.round(value * 65535)),
      n * size * size,
    );
  });
  return {
    size,
    count: slices.length,
    images,
    subject: new Uint16Array(slices.length),
    slice: Uint16Array.from(slices),
    foreground: new Float32Array(slices.length).fill(
      (foregroundThreshold(scan.voxels, intensity) - low) / (high - low),
    ),
    subjects: [subject],
  };
}
