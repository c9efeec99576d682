/** Images that this program has made: nobody means them where scans are asked for, though they lie among them. */
import { type EntityFilter, sameValue } from './entityFilter';
import { readName } from './names';
import { someOf } from './plainScans';

/** Their desc- entity (sidecar.ts). */
export const SYNTHETIC_DESC = 'synth';
/** As a filter that chooses them. */
export const SYNTHETIC_FILTER = `desc=${SYNTHETIC_DESC}`;

export const isSynthetic = (path: string): boolean =>
  sameValue(readName(path).entities.desc ?? '', SYNTHETIC_DESC);

export const syntheticText = (names: readonly string[], done = 'left out'): string =>
  `${someOf(names)}: made by this program, not scanned; ${done}`;

/** @param filter by which the user has chosen already: one of desc decides instead */
export function realScans<T>(
  scans: readonly T[],
  pathOf: (scan: T) => string,
  filter: EntityFilter = {},
): { real: T[]; synthetic: T[] } {
  const isLeft = (scan: T) => filter.desc === undefined && isSynthetic(pathOf(scan));
  return { real: scans.filter((scan) => !isLeft(scan)), synthetic: scans.filter(isLeft) };
}
