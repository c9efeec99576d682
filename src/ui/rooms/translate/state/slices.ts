import { headSlices } from '../../../../volume/headSlices';
import type { Image3 } from '../../../../volume/image';
import { type PlaneView, planeView } from '../../../../volume/planes';
import type { Scan } from '../../../../workers/translate/protocol';
import type { SliceRange } from '../../../state/types';

/** The slices of a scan that are translated and shown. */
export function sliceView(scan: Pick<Image3, 'shape' | 'zooms'>): PlaneView {
  return planeView(scan, 'axial');
}

/** Slices of the range, ascending. */
export function slicesOf(range: SliceRange, scan: Scan, visible: number): number[] {
  const last = scan.shape[2] - 1;
  if (range.kind === 'visible') return [visible];
  if (range.kind === 'head') return headSlices(scan.foregroundBySlice);
  const from = clamp(Math.min(range.from, range.to), 0, last);
  const to = clamp(Math.max(range.from, range.to), 0, last);
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}

/** The same slices, nearest to `visible` first; of two equally near ones the lower first. */
export function nearestFirst(slices: readonly number[], visible: number): number[] {
  return [...slices].sort((a, b) => Math.abs(a - visible) - Math.abs(b - visible) || a - b);
}

/** The visible slice and `reach` neighbours on each side, inside the scan. */
export function neighbourhood(visible: number, reach: number, count: number): number[] {
  return slicesAround(visible, reach).filter((k) => k >= 0 && k < count);
}

function slicesAround(visible: number, reach: number): number[] {
  return Array.from({ length: 2 * reach + 1 }, (_, n) => visible - reach + n);
}

/** The slice to show first: the one with most head, so that the first thing on the screen is anatomy. */
export function firstSlice(scan: Scan): number {
  let best = Math.floor(scan.shape[2] / 2);
  scan.foregroundBySlice.forEach((share, k) => {
    if (share > scan.foregroundBySlice[best]) best = k;
  });
  return best;
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
