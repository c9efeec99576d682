/** On what scale a pair of scans is scored: that of an intensity map, or the values as they are with one data range for both. */
import type { Image3 } from '../../volume/image';
import {
  type IntensityFrame,
  type IntensityMap,
  intensityFrame,
  looksLikeHu,
  referenceFrame,
  type VoxelLevels,
  voxelLevels,
} from '../../volume/intensity';
import { rounded } from './dataRange';

type Ends = Pick<IntensityFrame, 'low' | 'high'>;

export interface PairScale {
  map: IntensityMap | 'none';
  /** What becomes 0 and 1 of each image; the map is there where one is. */
  synthetic: Ends & Partial<IntensityFrame>;
  reference: Ends & Partial<IntensityFrame>;
  dataRange: {
    /** In the reference's unit. */
    value: number;
    from: 'option' | 'reference' | 'intensity map';
    text: string;
  };
  /** What is odd about the data range, in a sentence. */
  warning: string | null;
  /** Values outside of these are told, in each image's unit. */
  within: { synthetic: Ends; reference: Ends };
}

/** What decides it, the first that is there. */
export interface ScaleWishes {
  /** One range for both images, whose values are taken as they are. */
  range?: number;
  map?: IntensityMap | 'none';
  /** Of the synthetic image, by what made it. */
  made?: IntensityFrame;
  /** The reference's number type in its file, as `VolumeDescription.dtype`. */
  storedAs?: string;
}

/** Without a wish values are taken as they are, those of a CT by the map `hu`. Null where the reference is constant. */
export function pairScale(
  synthetic: Image3,
  reference: Image3,
  { range, map, made, storedAs }: ScaleWishes,
): PairScale | null {
  const levels = voxelLevels(reference.voxels);
  if (!(levels.max > levels.min)) return null;
  if (range !== undefined)
    return asTheyAre(
      { low: 0, high: range },
      { from: 'option', text: `data range ${rounded(range)}, as given` },
    );
  if (map === 'none') return ofReference(levels, storedAs);
  if (map === undefined && !made) return looksLikeHu(levels) ? mapped('hu') : ofReference(levels, storedAs);
  return mapped(map ?? made!.map, map === undefined ? made : undefined);

  function mapped(by: IntensityMap, frame = intensityFrame(synthetic.voxels, by)): PairScale {
    const own = referenceFrame((one) => intensityFrame(reference.voxels, one), frame);
    const text = `data range ${rounded(own.high - own.low)}, of the intensity map ${by}: 0 to 1 is ${endsText(own)} of the reference and ${endsText(frame)} of the synthetic image`;
    return {
      map: by,
      synthetic: frame,
      reference: own,
      dataRange: { value: own.high - own.low, from: 'intensity map', text },
      warning: null,
      within: { synthetic: frame, reference: own },
    };
  }
}

const endsText = ({ low, high }: Ends) => `${rounded(low)} to ${rounded(high)}`;

/** PSNR and SSIM as of the values as they are, with that data range (SSIM is not the same when values are moved). */
function asTheyAre(within: Ends, { from, text }: Omit<PairScale['dataRange'], 'value'>): PairScale {
  const { low, high } = within;
  const value = high - low;
  const ends = { low: 0, high: value };
  return {
    map: 'none',
    synthetic: ends,
    reference: ends,
    dataRange: { value, from, text },
    warning: null,
    within: { synthetic: { low, high }, reference: { low, high } },
  };
}

/**
 * Ranges that images have by their kind, though the brightest voxel of this one does not reach the end: it comes so near to it (`most`),
 * and its least one to the beginning (`least`), that no other unit is likely.
 */
const KINDS = [
  { low: 0, high: 1, least: 1, most: 0.5, name: '0 to 1' },
  { low: 0, high: 255, least: 255, most: 200, name: '8 bits' },
  { low: -1, high: 1, least: -0.5, most: 0.5, name: '-1 to 1' },
] as const;
type Kind = Pick<(typeof KINDS)[number], 'low' | 'high' | 'name'>;

function kindOf({ min, max }: Pick<VoxelLevels, 'min' | 'max'>, storedAs?: string): Kind | undefined {
  const near = KINDS.find(
    ({ low, high, least, most }) => min >= low && min <= least && max > most && max <= high,
  );
  // However dark it is; what a header's slope makes of 8 bits may be another unit.
  const isStored = storedAs === 'uint8' && min >= 0 && max <= 255 && Number.isInteger(max);
  return near ?? (isStored ? KINDS[1] : undefined);
}

/** A head's brightest voxel is less than this many times the 99.9th percentile. */
const HOT = 2;

function ofReference({ min, max, p99_9 }: VoxelLevels, storedAs?: string): PairScale {
  const kind = kindOf({ min, max }, storedAs);
  const own = endsText({ low: min, high: max });
  const text = kind
    ? `data range ${kind.high - kind.low}, of the reference: its values, ${own}, are taken for ${kind.name}`
    : `data range ${rounded(max - min)}, of the reference: its own values, ${own}`;
  const isHot = !kind && p99_9 > 0 && max > HOT * p99_9;
  const warning = isHot
    ? `the reference's greatest value, ${rounded(max)}, is far above its 99.9th percentile, ${rounded(p99_9)}: a few voxels make the data range, and with it PSNR and SSIM, larger; give --data-range N`
    : null;
  const scale = asTheyAre(kind ?? { low: min, high: max }, { from: 'reference', text });
  return { ...scale, warning };
}
