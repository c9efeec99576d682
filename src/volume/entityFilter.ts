/** Which scans are meant, by the BIDS entities of their names: `acq=highres`. */
import { BadRequest } from '../errors';
import { readName, type ScanName } from './names';

/** Values by an entity's short name, in lower case; one of them must be a scan's. */
export type EntityFilter = Readonly<Record<string, readonly string[]>>;

/** The value of an entity that a name has not. */
export const ABSENT = 'none';
/** The contrast agent of a name that tells one by a word alone, as t1ce does. */
const SOME_AGENT = 'yes';
/** So many values are listed. */
const MOST_LISTED = 12;

/** @param texts "acq=highres", "run=1,2", "ce=none"; of the same entity they add up. @throws BadRequest for another form */
export function parseFilter(texts: readonly string[]): EntityFilter {
  const filter: Record<string, string[]> = {};
  for (const text of texts) {
    const [, key, values] = /^\s*([a-z]+)\s*=(.*)$/i.exec(text) ?? [];
    const wanted = values?.split(',').map((value) => value.trim()) ?? [];
    if (key === undefined || wanted.includes(''))
      throw new BadRequest(
        `--filter: must be entity=value[,value], such as acq=highres, run=1 or ce=${ABSENT}, got "${text}"`,
      );
    const entity = key.toLowerCase();
    filter[entity] = [...(Object.hasOwn(filter, entity) ? filter[entity] : []), ...wanted];
  }
  return filter;
}

/** As the name has it; ABSENT where it has none. */
export function entityValue({ entities, enhanced }: ScanName, key: string): string {
  return (
    (Object.hasOwn(entities, key) ? entities[key] : undefined) ??
    (key === 'ce' && enhanced ? SOME_AGENT : ABSENT)
  );
}

/** run-1 is run-01, and no value differs by capitals alone. */
export const sameValue = (value: string, wanted: string): boolean =>
  value === wanted || plainValue(value) === plainValue(wanted);

/** Equal for values that are the same. */
export const plainValue = (value: string): string =>
  /^\d+$/.test(value) ? String(Number(value)) : value.toLowerCase();

/** The values of an entity among scans, each once, as the first that has it writes it. */
export function valuesOf(names: readonly ScanName[], key: string): string[] {
  const values = new Map(names.map((name) => entityValue(name, key)).map((one) => [plainValue(one), one]));
  return [...values.values()].sort((a, b) => (a < b ? -1 : 1));
}

/**
 * The scans of a list that a filter lets through. An entity that no scan of the list has says nothing of them: acq=highres chooses
 * among T1w scans of several acquisitions, and keeps all FLAIR scans where none has an acquisition.
 */
export function filterScans<T>(
  scans: readonly T[],
  filter: EntityFilter,
  pathOf: (scan: T) => string,
): { kept: T[]; left: T[] } {
  const named = scans.map((scan) => ({ scan, name: readName(pathOf(scan)) }));
  const names = named.map(({ name }) => name);
  const deciding = Object.entries(filter).filter(([key]) =>
    valuesOf(names, key).some((one) => one !== ABSENT),
  );
  const fits = (name: ScanName) =>
    deciding.every(([key, wanted]) => wanted.some((value) => sameValue(value, entityValue(name, key))));
  return {
    kept: named.filter(({ name }) => fits(name)).map(({ scan }) => scan),
    left: named.filter(({ name }) => !fits(name)).map(({ scan }) => scan),
  };
}

/**
 * @param lists of paths that the filter is for, each of one contrast
 * @throws BadRequest, saying what there is, for a value that no scan has, and where nothing is left of a list
 */
export function checkFilter(filter: EntityFilter, lists: readonly (readonly string[])[]): void {
  const named = lists.map((list) => list.map((path) => readName(path)));
  for (const [key, wanted] of Object.entries(filter))
    for (const value of wanted) {
      const isThere = named.flat().some((name) => sameValue(value, entityValue(name, key)));
      if (!isThere || !named.flat().some((name) => entityValue(name, key) !== ABSENT))
        throw new BadRequest(
          `--filter ${key}=${value}: must match a scan, got none; there are ${whatThereIs(named.flat(), key)}`,
        );
    }
  for (const list of lists) {
    const { kept } = filterScans(list, filter, (path) => path);
    if (list.length === 0 || kept.length > 0) continue;
    const names = list.map((path) => readName(path));
    const there = Object.keys(filter).map((key) => whatThereIs(names, key));
    throw new BadRequest(
      `--filter ${filterText(filter)}: must leave scans of either contrast, got none of ${list.length} such as ${fileName(list[0])}; there are ${there.join(', ')}`,
    );
  }
}

/** "acq=highres,none run=1" */
export const filterText = (filter: EntityFilter): string =>
  Object.entries(filter)
    .map(([key, values]) => `${key}=${values.join(',')}`)
    .join(' ');

const fileName = (path: string): string => path.split(/[\\/]/).at(-1)!;

/** Values of this entity; where no name has it, of all others but subject and session, which are not chosen so. */
function whatThereIs(names: readonly ScanName[], wanted: string): string {
  const keys = new Set(
    names.flatMap(({ entities, enhanced }) => [...Object.keys(entities), ...(enhanced ? ['ce'] : [])]),
  );
  const others = [...keys].filter((key) => key !== 'sub' && key !== 'ses');
  const found = (keys.has(wanted) ? [wanted] : others).flatMap((key) =>
    valuesOf(names, key).map((value) => `${key}=${value}`),
  );
  const shown =
    found.length > MOST_LISTED
      ? [...found.slice(0, MOST_LISTED), `${found.length - MOST_LISTED} more`]
      : found;
  if (shown.length > 0) return shown.join(', ');
  const advice = 'leave the filter out';
  return keys.size > 0
    ? `only ${[...keys].sort().join(' and ')} in their names; ${advice}`
    : `no entities in their names; ${advice}`;
}
