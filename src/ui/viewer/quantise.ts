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
 * @param former an array that is no longer in use, which is filled and returned where it has the size
 */
export function quantise(image: SliceImage, former?: Uint16Array): Uint16Array {
  const { width, height } = image;
  const { pixels, min, max } = image.unmapped ?? image;
  const scale = storedPerUnit({ min, max });
  const stored = former?.length === width * height ? former : new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    let from = (height - 1 - row) * width;
    const end = (row + 1) * width;
    for (let to = row * width; to < end; to++) {
      const value = (pixels[from++] - min) * scale;
      // Rounded; NaN fails both comparisons and is 0.
      stored[to] = value >= TOP ? TOP : value > 0 ? (value + 0.5) | 0 : 0;
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
