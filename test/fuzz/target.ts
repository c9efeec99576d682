import type { Random } from './random';

/** A reader under test. */
export interface Target {
  readonly name: string;
  /**
   * Makes an input, valid or not, and reads it. What it throws must be one of the program's named errors.
   * @throws Fault where what was read contradicts itself
   */
  run(random: Random): Promise<void>;
}

/** The reader gave a result that cannot be. */
export class Fault extends Error {
  override name = 'Fault';
}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Fault(what);
}
