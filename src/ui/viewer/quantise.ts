/** Volume units <-> the 16-bit stored pixels that cornerstone draws. Its look-up table is indexed by stored integers. */
import type { SliceImage, WindowLevel } from './types';

const TOP = 65535;
/** Below this the 8-bit screen would show steps of the quantisation rather than the image. */
const NARROWEST = 100;

type Range = Pick<SliceImage, 'min' | 'max'>;

/** Stored units per volume unit; 1 for a constant volume. */
function storedPerUnit(range: Range): number {
  return range.max > range.min ? TOP / (range.max - range.min) : 1;
}

/**
 * Stored pixels of a slice, width*height, row 0 = top of the screen (the slice's last row, i.e. anterior for axial).
 * `min` of the volume goes to 0, `max` to 65535, so a value has the same grey on every slice. Values outside the range are
 * clipped; NaN draws as `min`.
 */
export function quantise(image: SliceImage): Uint16Array {
  const { pixels, width, height, min } = image;
  const scale = storedPerUnit(image);
  const stored = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (height - 1 - row) * width;
    for (let i = 0; i < width; i++) {
      const value = Math.round((pixels[from + i] - min) * scale);
      // NaN fails both comparisons and stays at 0.
      if (value >= TOP) stored[row * width + i] = TOP;
      else if (value > 0) stored[row * width + i] = value;
    }
  }
  return stored;
}

/** The narrowest window that is drawn as asked, in volume units. */
export function narrowestWindow(range: Range): number {
  return NARROWEST / storedPerUnit(range);
}

/** A window in volume units -> the same window in stored units, at least 100 wide. */
export function toStoredWindow(window: WindowLevel, range: Range): WindowLevel {
  const scale = storedPerUnit(range);
  return { center: (window.center - range.min) * scale, width: Math.max(NARROWEST, window.width * scale) };
}
