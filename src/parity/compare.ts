/** What a comparison with reference numbers says. Error is max |got - want| / max |want| over a tensor. */

export interface ParityResult {
  name: string;
  /** Largest relative error. */
  error: number;
  tolerance: number;
  passed: boolean;
  note?: string;
}

/** One golden file and how to hold the program against it. */
export interface ParityCase {
  readonly name: string;
  run(): Promise<ParityResult[]>;
}

/**
 * The result of a comparison, whose largest relative error `compare` gives. One that cannot be made (a damaged file, a network
 * that is none) fails with the reason as its note, so that one such file does not hide the others.
 */
export async function attempt(
  name: string,
  tolerance: number,
  compare: () => Promise<number>,
): Promise<ParityResult> {
  try {
    const error = await compare();
    return { name, error, tolerance, passed: error <= tolerance };
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return { name, error: Infinity, tolerance, passed: false, note };
  }
}

/** max |got - want| / max |want|. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length)
    throw new Error(`parity: ${want.length} numbers expected, got ${got.length}`);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    // A NaN on one side only must fail, not vanish in Math.max.
    const d = Number.isNaN(got[i]) !== Number.isNaN(want[i]) ? Infinity : Math.abs(got[i] - want[i]);
    if (d > difference) difference = d;
    if (Math.abs(want[i]) > largest) largest = Math.abs(want[i]);
  }
  return difference === 0 ? 0 : difference / largest;
}
