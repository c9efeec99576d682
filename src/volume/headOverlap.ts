/** Whether two scans on one grid show a head in one place. */
import type { Image3 } from './image';

/** Two contrasts of one head, registered, have 0.93 and more; scores of less than this mean nothing. */
export const LEAST_OVERLAP = 0.7;

/** Voxels of one grid, and the value above which they are foreground. */
export interface Foreground {
  readonly voxels: Image3['voxels'];
  readonly threshold: number;
}

/** How much of the smaller foreground lies within the other, 0..1; 0 where one of them is empty. */
export function headOverlap(a: Foreground, b: Foreground): number {
  let [ofA, ofB, both] = [0, 0, 0];
  for (let n = 0; n < a.voxels.length; n++) {
    const [inA, inB] = [a.voxels[n] > a.threshold, b.voxels[n] > b.threshold];
    if (inA) ofA++;
    if (inB) ofB++;
    if (inA && inB) both++;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.min(ofA, ofB);
}
