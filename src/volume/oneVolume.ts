/** Of a file with several volumes (repetitions, echoes, contrasts) nobody but the user knows which is meant. */
import { BadRequest } from '../errors';

/** @param how to choose, as "choose one by --volume" */
export const severalVolumes = (name: string, count: number, how: string): string =>
  `${name}: must be one volume, got ${count}; ${how}, 0 to ${count - 1}`;

/**
 * For `openScan`: the volume that was asked for, which a file of one need not be asked for.
 * @throws BadRequest for several of which none was asked for
 */
export function askedVolume(name: string, asked: number | undefined, how: string): (count: number) => number {
  return (count) => {
    if (asked === undefined && count > 1) throw new BadRequest(severalVolumes(name, count, how));
    return asked ?? 0;
  };
}

/** The same of one of many files: what is asked for is meant of those that have several. */
export function askedOfSeveral(
  name: string,
  asked: number | undefined,
  how: string,
): (count: number) => number {
  const choose = askedVolume(name, asked, how);
  return (count) => (count === 1 ? 0 : choose(count));
}

/**
 * For `openScan` of a scan that is looked at in passing, where nothing asks for a volume.
 * @throws BadRequest for several
 */
export function onlyVolume(name: string): (count: number) => number {
  return (count) => {
    if (count > 1)
      throw new BadRequest(`${name}: must be one volume, got ${count}; give a file of that volume alone`);
    return 0;
  };
}

/** A file's name in a list, with the volume of it that is meant where it has several. */
export const nameOfVolume = (name: string, count: number, volume: number): string =>
  count > 1 ? `${name} (volume ${volume})` : name;
