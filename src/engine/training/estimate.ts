/** What a run will take of the backend's memory, told before it starts. */
export interface MemoryEstimate {
  /** Bytes: parameters with Adam's two moments, EMA copies, the largest gradients, the activations of the largest part of an iteration, slices. */
  parts: { label: string; bytes: number }[];
  total: number;
  /** What the backend can give: null where unknown. */
  limit: number | null;
  /** The largest single tensor against the largest single buffer of the backend (null: unknown). */
  largestTensor: number;
  largestBuffer: number | null;
  /** false where a limit is exceeded; `sentence` says what to do then. */
  fits: boolean;
  sentence: string;
}
