/** What is measured over all voxels of a scan: slow to find, asked for by several checks and by every model. */
import { checkIntensities, type IntensityCheck } from './checkIntensities';
import type { Image3 } from './image';
import { type InputStatistics, inputStatistics } from './inputStatistics';
import {
  foregroundBySlice,
  type IntensityFrame,
  type IntensityMap,
  type RelativeMap,
  relativeFrames,
  thresholdOfLevels,
  type VoxelLevels,
  voxelLevels,
} from './intensity';
import { countForeground, type ForegroundCounts } from './slices';
import { type Tally, tallyOf } from './tally';

/** Each is found when it is first asked for, and kept; the scan's voxels must not change meanwhile. */
export interface ScanMeasures {
  /** What the others rest on. */
  tally(): Tally;
  levels(): VoxelLevels;
  /** For plans of its slices. */
  foreground(): ForegroundCounts;
  /** Share of each axial slice, 0..1; by the threshold of a map, or of the values. */
  foregroundBySlice(map?: IntensityMap): Float32Array;
  /** What is unusual about the intensities, whatever the model. */
  intensities(): IntensityCheck;
  /** The scan's own frame of a map in arbitrary units. */
  frameOf(map: RelativeMap): IntensityFrame;
  /** Of the source's frame; null where the scan has no foreground. */
  statistics(frame: IntensityFrame): InputStatistics | null;
}

export function scanMeasures(scan: Image3): ScanMeasures {
  let tally: Tally | undefined;
  let levels: VoxelLevels | undefined;
  let foreground: ForegroundCounts | undefined;
  let intensities: IntensityCheck | undefined;
  let frames: Record<RelativeMap, IntensityFrame> | undefined;
  const shares = new Map<number, Float32Array>();
  const statistics = new Map<string, InputStatistics | null>();
  const measures: ScanMeasures = {
    tally: () => {
      tally ??= tallyOf(scan.voxels);
      return tally;
    },
    levels: () => {
      levels ??= voxelLevels(measures.tally());
      return levels;
    },
    foreground: () => {
      foreground ??= countForeground(scan, measures.levels());
      return foreground;
    },
    foregroundBySlice: (map) => {
      const threshold = thresholdOfLevels(measures.levels(), map);
      const found = shares.get(threshold) ?? foregroundBySlice(scan, threshold);
      shares.set(threshold, found);
      return found;
    },
    intensities: () => {
      intensities ??= checkIntensities(scan, measures.levels(), measures.tally());
      return intensities;
    },
    frameOf: (map) => {
      frames ??= relativeFrames(measures.tally(), measures.levels());
      return frames[map];
    },
    statistics: (frame) => {
      const { map, low, high } = frame;
      const key = `${map} ${low} ${high}`;
      const known = statistics.get(key);
      if (known !== undefined) return known;
      const found = inputStatistics(scan, frame, measures);
      statistics.set(key, found);
      return found;
    },
  };
  return measures;
}
