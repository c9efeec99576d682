/**
 * Errors on which a screen or the command line acts differently. Everything else is a plain Error.
 * Messages read `subject: rule, got value`, one sentence that says what is wrong and what to do.
 * `name` survives postMessage (workers/protocol.ts), so compare names, not prototypes, across the worker line.
 */
export class UnsupportedFile extends Error {
  override name = 'UnsupportedFile';
}

/** The file is of a known kind but damaged, truncated or contradicts itself. */
export class CorruptFile extends Error {
  override name = 'CorruptFile';
}

/** Weights do not fit the network that they claim to be, or are no generator at all. */
export class WeightsMismatch extends Error {
  override name = 'WeightsMismatch';
}

/** The GPU device went away; finished work is kept and the worker is started again. */
export class DeviceLost extends Error {
  override name = 'DeviceLost';
}

/** A buffer larger than the adapter or the machine allows. */
export class OutOfMemory extends Error {
  override name = 'OutOfMemory';
}

/** The user cancelled. */
export class Aborted extends Error {
  override name = 'Aborted';
}

/** A request that cannot be carried out as asked: bad option, slice out of range. */
export class BadRequest extends Error {
  override name = 'BadRequest';
}
