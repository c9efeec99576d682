/** Scans of one contrast that are of one person and visit: which of them is meant only the user can say. */
import { entityValue, plainValue, valuesOf } from './entityFilter';
import { readName } from './names';
import { groupBy, identities, MAY_LACK, type Named, OF_IMAGE, type Pairing } from './pairing';
import { someOf } from './plainScans';
import { shortPaths } from './shortPaths';

export interface Rivals {
  /** Of whom there are several, each once. */
  readonly subjects: readonly string[];
  /** The entities in which they differ, by which one can choose, and their values; none where they are named alike. */
  readonly differ: readonly { entity: string; values: readonly string[] }[];
  /** Paths of those that are named alike, of the first subject. */
  readonly alike?: readonly string[];
}

/** The same image taken again, or another piece of the body: all of them may be trained on. */
const REPEATS: ReadonlySet<string> = new Set(['run', 'chunk']);

const isRepeat = (key: string) => REPEATS.has(key);
const isOfImage = (key: string) => (OF_IMAGE.has(key) || MAY_LACK.has(key)) && !isRepeat(key);

/**
 * What keeps a list of one contrast from being trained on until the user has chosen; null where nothing does.
 * @param pairing of the list with the other contrast's, where pairs are meant: then what pairs by all that names tell stays, and of
 * what is left those are rivals of which several fit, runs among them. Without, different images of a visit are.
 */
export function rivalsOf<T>(
  scans: readonly T[],
  pathOf: (scan: T) => string,
  pairing: Pairing<T> | null,
): Rivals | null {
  if (!pairing) return found(visits(scans, pathOf), pathOf, isOfImage);
  const several = new Set(pairing.alone.filter(({ why }) => why === 'several').map(({ scan }) => scan));
  const those = scans.filter((scan) => several.has(scan));
  return found(visits(those, pathOf), pathOf, (key) => isOfImage(key) || isRepeat(key), true);
}

/** Of a list of one contrast what was taken several times at a visit; null where nothing was. */
export function repeatsOf<T>(scans: readonly T[], pathOf: (scan: T) => string): Rivals | null {
  return found(visits(scans, pathOf), pathOf, isRepeat);
}

/** @param how says how to choose: "choose one by --filter acq=highres" */
export function rivalsText(
  { subjects, differ, alike = [] }: Rivals,
  contrast: string,
  how: (entity: string, value: string) => string,
): string {
  const [first] = differ;
  const names = alike.map(shortPaths(alike));
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  const got = first
    ? `several that differ in ${differTexts(differ)}`
    : `several that are named alike (${shown.join(', ')})`;
  return `${someOf(subjects)}: must have one ${contrast} scan a visit, got ${got}; ${first ? how(first.entity, first.values[0]) : 'leave out all but one'}`;
}

/** Said of what is trained on as it is. */
export function repeatsText(
  { subjects, differ }: Rivals,
  contrast: string,
  how: (entity: string, value: string) => string,
): string {
  const [{ entity, values }] = differ;
  return `${someOf(subjects)}: several ${contrast} scans a visit, ${differTexts(differ)}; all are taken, ${how(entity, values[0])}`;
}

const differTexts = (differ: Rivals['differ']): string =>
  differ.map(({ entity, values }) => `${entity} (${values.join(', ')})`).join(' and ');

/** @param namedAlike whether those that differ in nothing are rivals, too */
function found<T>(
  visits: readonly Named<T>[][],
  pathOf: (scan: T) => string,
  decides: (key: string) => boolean,
  namedAlike = false,
): Rivals | null {
  const keysOf = (visit: readonly Named<T>[]) => {
    const names = visit.map(({ name }) => name);
    const keys = new Set(
      names.flatMap((name) => [...Object.keys(name.entities), ...(name.enhanced ? ['ce'] : [])]),
    );
    return [...keys].filter((key) => decides(key) && valuesOf(names, key).length > 1);
  };
  const several = visits
    .filter((visit) => visit.length > 1)
    .map((visit) => ({ visit, keys: keysOf(visit) }))
    .filter(({ keys }) => namedAlike || keys.length > 0);
  if (several.length === 0) return null;
  const keys = [...new Set(several.flatMap((one) => one.keys))];
  // The same name in two data sets is two people.
  const placeOf = ([{ name }]: readonly Named<T>[]) =>
    name.dataset === null ? name.subject : `${name.dataset}/${name.subject}`;
  const nameOf = shortPaths(visits.map(placeOf));
  const alike = keys.length === 0 ? several[0].visit.map(({ scan }) => pathOf(scan)) : undefined;
  return {
    alike,
    subjects: [...new Set(several.map(({ visit }) => nameOf(placeOf(visit))))],
    differ: keys.map((entity) => ({
      entity,
      values: valuesOf(
        several
          .filter((one) => one.keys.includes(entity))
          .flatMap(({ visit }) => visit.map(({ name }) => name)),
        entity,
      ),
    })),
  };
}

/** Scans of one person and visit together. */
function visits<T>(scans: readonly T[], pathOf: (scan: T) => string): Named<T>[][] {
  const named = scans.map((scan) => ({ scan, name: readName(pathOf(scan)) }));
  const whose = identities(named, []);
  const groups = groupBy(named, (one) => {
    const { entities, dataset } = one.name;
    const others = Object.keys(entities).filter((key) => !isOfImage(key) && !isRepeat(key));
    const visit = others.sort().map((key) => [key, plainValue(entityValue(one.name, key))]);
    return JSON.stringify([whose(one), dataset, visit]);
  });
  return [...groups.values()];
}
