/** Which scans are of one person, visit and repetition: the one pairing of trainings, validations and evaluations. */
import { plainValue } from './entityFilter';
import { isPlainFolder, readName, type ScanName } from './names';
import { shortPaths } from './shortPaths';

export interface Pairing<T> {
  /** In the order of `a`. */
  readonly pairs: { a: T; b: T }[];
  /** Those of either list that are in no pair. */
  readonly alone: { scan: T; why: Why }[];
}
/** nearer: what it fits is in a pair with a scan that is named nearer. */
type Why = 'none' | 'several' | 'nearer';

/** Entities that say how an image was taken: two contrasts differ in them. */
export const OF_IMAGE: ReadonlySet<string> = new Set([
  ...['acq', 'ce', 'trc', 'stain', 'rec', 'dir', 'inv', 'flip', 'echo', 'mt', 'proc'],
]);
/** Those that one may well leave out where there is a single one: they must be equal where both have them, all others in any case. */
export const MAY_LACK: ReadonlySet<string> = new Set([
  'run',
  'space',
  'desc',
  'part',
  'chunk',
  'hemi',
  'res',
  'den',
  'label',
]);

/**
 * Pairs by what names tell (names.ts), never by position. A scan goes with the one of the same data set, subject and session whose
 * entities agree in most; where several agree alike, it goes with none.
 */
export function pairScans<T>(a: readonly T[], b: readonly T[], pathOf: (scan: T) => string): Pairing<T> {
  const named = (scans: readonly T[]): Named<T>[] =>
    scans.map((scan) => ({ scan, name: readName(pathOf(scan)) }));
  const [ofA, ofB] = [named(a), named(b)];
  withPlaces(ofA, ofB);
  const whose = identities(ofA, ofB);
  const fittingOf = new Map([...bestOf(ofA, ofB, whose), ...bestOf(ofB, ofA, whose)]);
  const partners = new Map([...ofA, ...ofB].map((one) => [one, fittingOf.get(one)!]));
  const has = (one: Named<T>, other: Named<T>) =>
    partners.get(one)!.length === 1 && partners.get(one)![0] === other;
  const pairs = ofA.flatMap((one) => {
    const [other] = partners.get(one)!;
    return other && has(one, other) && has(other, one) ? [{ a: one, b: other }] : [];
  });
  const paired = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  const whyAlone = (fitting: readonly Named<T>[]): Why => {
    if (fitting.length === 0) return 'none';
    return fitting.every((one) => paired.has(one)) ? 'nearer' : 'several';
  };
  return {
    pairs: pairs.map(({ a, b }) => ({ a: a.scan, b: b.scan })),
    alone: [...partners]
      .filter(([one]) => !paired.has(one))
      .map(([{ scan }, fitting]) => ({ scan, why: whyAlone(fitting) })),
  };
}

export interface Named<T> {
  scan: T;
  name: ScanName;
  /** Where it lies, in place of a data set's folder. */
  place?: string;
}

/** What dcm2niix calls a scan by beside its contrast: the number of the series, which says nothing of whose it is. */
const SERIES = /^(?:s|se|ser|series)?[-_ ]?\d+$/i;

/**
 * Whose a scan is. Where a folder holds scans of both lists, folders tell it first, and a number of a series beside the contrast tells
 * nothing: "0042/s3_T1.nii" and "0042/s7_FLAIR.nii". Names that are not of BIDS tell it by themselves where folders are the lists' own,
 * and each name is another with a number in it, as an identifier has; else their folders count, too: "0042/T1.nii".
 */
export function identities<T>(a: readonly Named<T>[], b: readonly Named<T>[]): (one: Named<T>) => string {
  const free = [a, b].map((list) => list.filter(({ name }) => name.entities.sub === undefined));
  const folderOf = ownFolders(free.flat());
  const folders = free.map((list) => list.map(folderOf));
  const rests = free.map((list) => list.map(({ name }) => name.rest));
  const isSeries = rests.flat().every((rest) => SERIES.test(rest));
  const isOneEach = folders.every((list) => new Set(list).size === list.length);
  const isSeveral = folders.some((list) => new Set(list).size > 1);
  const shares = haveShared(folders[0], folders[1]);
  const byName =
    !shares &&
    !(isSeries && isSeveral && b.length > 0) &&
    rests.every((list) => new Set(list).size === list.length && list.every((rest) => /\d/.test(rest)));
  const byFolder = shares && isSeries && isOneEach && isSeveral;
  return (one) => {
    const { entities, rest } = one.name;
    if (entities.sub !== undefined) return `sub-${entities.sub} ${rest}`;
    if (byName) return rest;
    const own = folderOf(one);
    if (byFolder) return own;
    return [own, /^mri?$/i.test(rest) ? '' : rest].filter(Boolean).join('/');
  };
}

/** The folders that may tell whose a scan is: without those of all, and without plain ones. */
function ownFolders<T>(all: readonly Named<T>[]): (one: Named<T>) => string {
  const common = commonFolders(all.map(({ name }) => name.folders));
  return ({ name: { folders } }) =>
    folders
      .slice(common)
      .filter((folder) => !isPlainFolder(folder))
      .join('/');
}

function haveShared(some: readonly string[], others: readonly string[]): boolean {
  const known = new Set(others);
  return some.some((one) => one !== '' && known.has(one));
}

/**
 * Of BIDS names outside of a data set's folders ("site1/sub-01_T1w.nii") the folder stands for the data set where scans of both lists
 * are in one; else it may be the contrast's own, and tells nothing.
 */
function withPlaces<T>(a: readonly Named<T>[], b: readonly Named<T>[]): void {
  const isFlat = ({ name }: Named<T>) => name.dataset === null && name.entities.sub !== undefined;
  const flat = [a, b].map((list) => list.filter(isFlat));
  const folderOf = ownFolders(flat.flat());
  if (!haveShared(flat[0].map(folderOf), flat[1].map(folderOf))) return;
  for (const one of flat.flat()) one.place = folderOf(one) || undefined;
}

function commonFolders(all: readonly (readonly string[])[]): number {
  const [first = [], ...others] = all;
  const differs = first.findIndex((folder, n) => others.some((other) => other[n] !== folder));
  // The last one may be the subject's own, of a single subject.
  return Math.max(0, (differs < 0 ? first.length : differs) - 1);
}

export function groupBy<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

/** Folders of visits, which several persons have: "visit1", "ses-2", "2011-05-03". */
const VISIT_FOLDER =
  /^(?:(?:ses|session|visit|v|tp|time|timepoint|scan|exam|day|week|month|year|m|y)[-_ ]?\d+|\d{4}[-_.]?\d\d[-_.]?\d\d)$/i;

/** As its name tells it, else its folder, where that has a number as an identifier has; null: nobody's. */
function personOf({ entities, rest, subject, folders }: ScanName): string | null {
  if (entities.sub !== undefined || /\d/.test(rest)) return subject;
  const own = folders.findLast((folder) => !isPlainFolder(folder) && !VISIT_FOLDER.test(folder)) ?? '';
  return /\d/.test(own) ? own : null;
}

/**
 * Subjects that are among both, by their names: whom a model was trained on it must not be scored on. Names that tell no subject are
 * nobody's.
 */
export function subjectsInBoth(paths: readonly string[], others: readonly string[]): string[] {
  const subjectsOf = (list: readonly string[]) =>
    list.map(readName).flatMap((name) => {
      const subject = personOf(name);
      return subject === null ? [] : [{ subject, dataset: name.dataset }];
    });
  const known = groupBy(subjectsOf(others), ({ subject }) => samePerson(subject));
  const shared = subjectsOf(paths).flatMap(({ subject, dataset }) => {
    const same = known
      .get(samePerson(subject))
      ?.find((other) => other.dataset === null || dataset === null || other.dataset === dataset);
    return same ? [bothNames(subject, same.subject)] : [];
  });
  return [...new Set(shared)];
}

/** Equal for writings of one name: sub-1 and Sub-01. */
export const samePerson = (subject: string): string =>
  subject.toLowerCase().replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, ''));

/** One person's, as people know them. */
export const bothNames = (one: string, other: string): string =>
  one === other ? one : `${one}, also written ${other}`;

/** What to do where names pair nothing. */
export const PAIR_ADVICE =
  'name the scans of one subject alike but for the contrast, as sub-01_T1w and sub-01_FLAIR, or case1_t1 and case1_flair';

/**
 * Where names pair nothing, "none among 3 such as a_T1.nii and 2 such as b_FLAIR.nii; name …"; where there is nothing to be paired with,
 * that: no name would help.
 */
export function noPairsText(a: readonly string[], b: readonly string[]): string {
  const nameOf = shortPaths([...a, ...b]);
  const some = (paths: readonly string[]) => `${paths.length} such as ${nameOf(paths[0])}`;
  if (a.length === 0 && b.length === 0) return 'no scan of either; add some of both';
  if (a.length === 0 || b.length === 0)
    return `${some([...a, ...b])} and none of the other contrast; add that of the same subjects`;
  return `none among ${some(a)} and ${some(b)}; ${PAIR_ADVICE}`;
}

const REASONS = {
  none: 'no scan of the other contrast is named as of the same subject and visit; left out',
  several:
    'more than one scan of the other contrast fits by name; left out, give one of each contrast a visit',
  nearer: 'another scan of its contrast is named nearer to the one that it fits; left out',
} as const;

/** What to say of the scans that are left out, a sentence a reason. */
export function aloneTexts(alone: Pairing<string>['alone']): string[] {
  return (['none', 'nearer', 'several'] as const).flatMap((why) => {
    const names = alone.filter((one) => one.why === why).map(({ scan }) => scan);
    const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
    return names.length > 0 ? [`${shown.join(', ')}: ${REASONS[why]}`] : [];
  });
}

/** What is compared of a scan; of many that are named alike once. */
interface Compared<T> {
  place: string | undefined;
  dataset: string | null;
  values: ReadonlyMap<string, string>;
  all: Named<T>[];
}

/** Of each of `ones` those of the same subject and visit among `others` that agree with it in most. */
function bestOf<T>(
  ones: readonly Named<T>[],
  others: readonly Named<T>[],
  whose: (one: Named<T>) => string,
): [Named<T>, Named<T>[]][] {
  const visitOf = (one: Named<T>) => {
    const own = Object.keys(one.name.entities).filter((key) => !OF_IMAGE.has(key) && !MAY_LACK.has(key));
    return JSON.stringify([whose(one), own.sort().map((key) => [key, plainValue(one.name.entities[key])])]);
  };
  const groups = groupBy(others, visitOf);
  return [...groupBy(ones, visitOf)].flatMap(([visit, group]) => {
    const candidates = compared(groups.get(visit) ?? []);
    const byRun = groupBy(candidates, runOf);
    return compared(group).flatMap((one) => {
      const run = runOf(one);
      const found = best(
        one,
        run === '' ? candidates : [...(byRun.get(run) ?? []), ...(byRun.get('') ?? [])],
      );
      return one.all.map((scan): [Named<T>, Named<T>[]] => [scan, found]);
    });
  });
}

const runOf = <T>({ values }: Compared<T>): string => values.get('run') ?? '';

function compared<T>(group: readonly Named<T>[]): Compared<T>[] {
  const valuesOf = ({ name }: Named<T>) =>
    Object.entries(name.entities).map(([key, value]): [string, string] => [key, plainValue(value)]);
  const alike = groupBy(group, (one) =>
    JSON.stringify([one.place, one.name.dataset, valuesOf(one).sort(byKey)]),
  );
  return [...alike.values()].map((all) => {
    const [first] = all;
    return { place: first.place, dataset: first.name.dataset, values: new Map(valuesOf(first)), all };
  });
}

const byKey = ([one]: [string, string], [other]: [string, string]): number => (one < other ? -1 : 1);

function best<T>(one: Compared<T>, candidates: readonly Compared<T>[]): Named<T>[] {
  let most = Number.NEGATIVE_INFINITY;
  let found: Compared<T>[] = [];
  for (const candidate of candidates) {
    const agreed = agreement(one, candidate);
    if (agreed === null || agreed < most) continue;
    if (agreed > most) found = [];
    found.push(candidate);
    most = agreed;
  }
  return found.flatMap(({ all }) => all);
}

/** Number of entities that both have alike, less those that only one has; null where they are of different data sets, or contradict. */
function agreement<T>(one: Compared<T>, other: Compared<T>): number | null {
  if (one.place !== undefined && other.place !== undefined && one.place !== other.place) return null;
  if (one.dataset !== null && other.dataset !== null && one.dataset !== other.dataset) return null;
  let both = 0;
  let alike = 0;
  for (const [key, value] of one.values) {
    const wanted = other.values.get(key);
    if (wanted === undefined) continue;
    both++;
    if (value === wanted) alike++;
    else if (!OF_IMAGE.has(key)) return null;
  }
  return alike - (one.values.size - both) - (other.values.size - both);
}
