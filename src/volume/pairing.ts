/** Which scans are of one person, visit and repetition: the one pairing of trainings, validations and evaluations. */
import { sameValue } from './entityFilter';
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
  const named = (scans: readonly T[]) => scans.map((scan) => ({ scan, name: readName(pathOf(scan)) }));
  const [ofA, ofB] = [named(a), named(b)];
  const whose = identities(ofA, ofB);
  const [groupsA, groupsB] = [groupBy(ofA, whose), groupBy(ofB, whose)];
  const partners = new Map([
    ...ofA.map((one) => [one, best(one.name, groupsB.get(whose(one)) ?? [])] as const),
    ...ofB.map((one) => [one, best(one.name, groupsA.get(whose(one)) ?? [])] as const),
  ]);
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
}

/**
 * Whose a scan is. Names that are not of BIDS tell it by themselves where each is another and has a number in it, as an identifier
 * has; else their folders count, too: "0042/T1.nii".
 */
export function identities<T>(a: readonly Named<T>[], b: readonly Named<T>[]): (one: Named<T>) => string {
  const free = [a, b].map((list) => list.filter(({ name }) => name.entities.sub === undefined));
  const byName = free.every((list) => {
    const rests = list.map(({ name }) => name.rest);
    return new Set(rests).size === rests.length && rests.every((rest) => /\d/.test(rest));
  });
  const common = commonFolders(free.flat().map(({ name }) => name.folders));
  return ({ name: { entities, rest, folders } }) => {
    if (entities.sub !== undefined) return `sub-${entities.sub} ${rest}`;
    if (byName) return rest;
    const own = folders.slice(common).filter((folder) => !isPlainFolder(folder));
    return [...own, /^mri?$/i.test(rest) ? '' : rest].filter(Boolean).join('/');
  };
}

function commonFolders(all: readonly (readonly string[])[]): number {
  const [first = [], ...others] = all;
  const differs = first.findIndex((folder, n) => others.some((other) => other[n] !== folder));
  // The last one may be the subject's own, of a single subject.
  return Math.max(0, (differs < 0 ? first.length : differs) - 1);
}

function groupBy<T>(all: readonly Named<T>[], key: (one: Named<T>) => string): Map<string, Named<T>[]> {
  const groups = new Map<string, Named<T>[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/**
 * Subjects that are among both, by their names: whom a model was trained on it must not be scored on. Names that tell no subject are
 * nobody's.
 */
export function subjectsInBoth(paths: readonly string[], others: readonly string[]): string[] {
  const subjectsOf = (list: readonly string[]) => {
    const names = list
      .map(readName)
      .filter(({ entities, rest }) => entities.sub !== undefined || /\d/.test(rest));
    return names.map(({ subject, dataset }) => ({ subject, dataset }));
  };
  const known = new Map<string, ReturnType<typeof subjectsOf>>();
  for (const one of subjectsOf(others))
    known.set(samePerson(one.subject), [...(known.get(samePerson(one.subject)) ?? []), one]);
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

/** Where names pair nothing, "none among 3 such as a_T1.nii and 2 such as b_FLAIR.nii; name …". */
export function noPairsText(a: readonly string[], b: readonly string[]): string {
  const nameOf = shortPaths([...a, ...b]);
  const some = (paths: readonly string[]) =>
    paths.length === 0 ? 'no scan' : `${paths.length} such as ${nameOf(paths[0])}`;
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

/** Of those of the same subject the ones that agree in most. */
function best<T>(name: ScanName, candidates: readonly Named<T>[]): Named<T>[] {
  const fitting = candidates.filter((candidate) => fits(name, candidate.name));
  const most = Math.max(...fitting.map((candidate) => agreement(name, candidate.name)));
  return fitting.filter((candidate) => agreement(name, candidate.name) === most);
}

function fits(one: ScanName, other: ScanName): boolean {
  if (one.dataset !== null && other.dataset !== null && one.dataset !== other.dataset) return false;
  return keysOf(one, other).every((key) => {
    if (OF_IMAGE.has(key)) return true;
    const [value, wanted] = [one.entities[key], other.entities[key]];
    if (value === undefined || wanted === undefined) return MAY_LACK.has(key);
    return sameValue(value, wanted);
  });
}

/** Number of entities that both have alike, less those that only one has. */
function agreement(one: ScanName, other: ScanName): number {
  return keysOf(one, other).reduce((sum, key) => {
    const [value, wanted] = [one.entities[key], other.entities[key]];
    if (value === undefined || wanted === undefined) return sum - 1;
    return sameValue(value, wanted) ? sum + 1 : sum;
  }, 0);
}

const keysOf = (one: ScanName, other: ScanName): string[] => [
  ...new Set([...Object.keys(one.entities), ...Object.keys(other.entities)]),
];
