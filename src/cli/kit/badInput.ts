const BAD_INPUT = new Set(['BadRequest', 'UnsupportedFile', 'CorruptFile', 'WeightsMismatch']);

/** Errors of what the user gave; everything else is a failure of the program or the machine. */
export function isBadInput(error: unknown): boolean {
  return error instanceof Error && BAD_INPUT.has(error.name);
}
