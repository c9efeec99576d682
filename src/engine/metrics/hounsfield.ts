/** How far a synthetic CT is from the real one, in Hounsfield units. */

/** Above this the real CT is bone. */
export const BONE_HU = 150;

/** Mean absolute errors in HU; null where the slices hold no such tissue. */
export interface HounsfieldErrors {
  whole: number;
  /** Inside the real CT's head. */
  head: number | null;
  /** Where the real CT lies above 150 HU. */
  bone: number | null;
}

/**
 * Over the given axial slices together.
 * @param area pixels of a slice; slice k lies at k*area of each volume
 * @param head one byte a voxel, 1 inside the real CT's head
 */
export function hounsfieldErrors(
  synthetic: Float32Array,
  reference: Float32Array,
  head: Uint8Array,
  area: number,
  slices: readonly number[],
): HounsfieldErrors {
  const mean = (counts: (at: number) => boolean): number | null => {
    let [sum, count] = [0, 0];
    for (const k of slices)
      for (let at = k * area; at < (k + 1) * area; at++) {
        if (!counts(at)) continue;
        sum += Math.abs(synthetic[at] - reference[at]);
        count++;
      }
    return count === 0 ? null : sum / count;
  };
  return {
    whole: mean(() => true) ?? 0,
    head: mean((at) => head[at] === 1),
    bone: mean((at) => reference[at] > BONE_HU),
  };
}
