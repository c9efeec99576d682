/** Which axial slices of a scan hold some head. */

/** Share of a slice's pixels that are foreground, 0..1, from which it counts, by what it is wanted for. */
export const HEAD_SHARE = {
  /** Low, on the page and in the terminal alike: a result that lacks a piece of the crown costs more than an empty slice. */
  translation: 0.01,
  /** Air is easily right: a slice that is mostly air would raise the scores, whatever the model makes of the head. */
  evaluation: 0.08,
  /** Neck and crown look alike in all contrasts, and there is little in them to learn from. */
  training: 0.1,
} as const;

/**
 * Their numbers in rising order; none where no slice has enough.
 * @param shares of foreground, slice by slice (`foregroundBySlice`)
 */
export function headSlices(shares: Float32Array, least: number = HEAD_SHARE.translation): number[] {
  // Shares are float32: a slice that has exactly the least must not fall below it by rounding.
  return [...shares.keys()].filter((k) => shares[k] >= Math.fround(least));
}
