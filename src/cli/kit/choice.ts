/** The options by which the user says which of several scans or volumes is meant: the same words in all commands. */
import { BadRequest } from '../../errors';
import { type EntityFilter, parseFilter } from '../../volume/entityFilter';
import type { Arguments, OptionSpec } from './command';
import { optional, wholeNumber } from './options';

const LAST_VOLUME = 2 ** 31 - 1;

export const FILTER_OPTION: OptionSpec = {
  value: 'ENTITY=VALUE',
  text: 'which of several scans of a contrast: those whose names have this BIDS entity, as acq=highres, run=1,2 or ce=none; may be given several times, and decides where any scan of the contrast has the entity',
  several: true,
};

/** @throws BadRequest for another form */
export const filterOf = (args: Arguments): EntityFilter => parseFilter(args.texts('filter'));

/** The volume of a file with several, from 0; undefined where the option is not given. @throws BadRequest for no number */
export const volumeOf = (args: Arguments, name: string): number | undefined =>
  optional(args, name, (a, n) => wholeNumber(a, n, 0, LAST_VOLUME));

/** "N" for both contrasts, "N,M" for each its own. @throws BadRequest for anything else */
export function volumesOf(args: Arguments, name: string): Partial<Record<'a' | 'b', number>> {
  const text = args.text(name);
  if (text === undefined) return {};
  const numbers = text.split(',').map((part) => part.trim());
  if (numbers.length > 2 || !numbers.every((one) => /^\d{1,9}$/.test(one)))
    throw new BadRequest(
      `--${name}: must be N, or N,M for A and B, each a whole number from 0, got "${text}"`,
    );
  const [a, b = a] = numbers.map(Number);
  return { a, b };
}
