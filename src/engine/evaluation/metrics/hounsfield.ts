/** How far a synthetic CT is from the real one, in Hounsfield units. */

/** Above this the real CT is bone. */
export const BONE_HU = 150;

/** Mean absolute errors in HU; null where no voxel of that kind counts. */
export interface HounsfieldErrors {
  whole: number | null;
  /** Inside the real CT's head. */
  head: number | null;
  /** Where the real CT lies above 150 HU. */
  bone: number | null;
}

/**
 * Over the given axial slices together. Voxels at which the difference is not finite (NaN or infinite in either image) do not
 * count.
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
        const error = Math.abs(synthetic[at] - reference[at]);
        if (!Number.isFinite(error)) continue;
        sum += error;
        count++;
      }
    return count === 0 ? null : sum / count;
  };
  return {
    whole: mean(() => true),
    head: mean((at) => head[at] === 1),
    bone: mean((at) => reference[at] > BONE_HU),
  };
}
