/** Which scans are of one person, visit and repetition: the one pairing of trainings, validations and evaluations. */
import { readName, type ScanName } from './names';

export interface Pairing<T> {
  /** In the order of `a`. */
  readonly pairs: { a: T; b: T }[];
  /** Those of either list that are in no pair. */
  readonly alone: { scan: T; why: 'none' | 'several' }[];
}

/** Entities that must be equal where both names have them: one may well leave out the run where there is a single one. */
const SAME = ['run', 'space', 'chunk', 'hemi', 'part', 'desc'];

/**
 * Pairs by what names tell (names.ts), never by position. A scan goes with the one of the same data set, subject and session whose
 * entities agree in most; where several agree alike, it goes with none.
 */
export function pairScans<T>(a: readonly T[], b: readonly T[], pathOf: (scan: T) => string): Pairing<T> {
  const named = (scans: readonly T[]) => scans.map((scan) => ({ scan, name: readName(pathOf(scan)) }));
  const [ofA, ofB] = [named(a), named(b)];
  const partners = new Map([
    ...ofA.map((one) => [one, best(one.name, ofB)] as const),
    ...ofB.map((one) => [one, best(one.name, ofA)] as const),
  ]);
  const has = (one: Named<T>, other: Named<T>) =>
    partners.get(one)!.length === 1 && partners.get(one)![0] === other;
  const pairs = ofA.flatMap((one) => {
    const [other] = partners.get(one)!;
    return other && has(one, other) && has(other, one) ? [{ a: one, b: other }] : [];
  });
  const paired = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  return {
    pairs: pairs.map(({ a, b }) => ({ a: a.scan, b: b.scan })),
    alone: [...partners]
      .filter(([one]) => !paired.has(one))
      .map(([{ scan }, fitting]) => ({ scan, why: fitting.length === 0 ? 'none' : 'several' })),
  };
}

interface Named<T> {
  scan: T;
  name: ScanName;
}

/** What to do where names pair nothing. */
export const PAIR_ADVICE = 'name the scans of one subject alike, as sub-01_T1w and sub-01_FLAIR';

const REASONS = {
  none: 'no partner of the same data set, subject and session; left out',
  several: 'more than one scan fits as partner; left out, give one scan of each contrast a visit',
} as const;

/** What to say of the scans that are left out, a sentence a reason. */
export function aloneTexts(alone: Pairing<string>['alone']): string[] {
  return (['none', 'several'] as const).flatMap((why) => {
    const names = alone.filter((one) => one.why === why).map(({ scan }) => scan);
    const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
    return names.length > 0 ? [`${shown.join(', ')}: ${REASONS[why]}`] : [];
  });
}

/** Of the candidates those that agree in most. */
function best<T>(name: ScanName, candidates: readonly Named<T>[]): Named<T>[] {
  const fitting = candidates.filter((candidate) => fits(name, candidate.name));
  const most = Math.max(...fitting.map((candidate) => agreement(name, candidate.name)));
  return fitting.filter((candidate) => agreement(name, candidate.name) === most);
}

function fits(one: ScanName, other: ScanName): boolean {
  if (one.subject !== other.subject) return false;
  if (one.dataset !== null && other.dataset !== null && one.dataset !== other.dataset) return false;
  if (one.entities.ses !== other.entities.ses) return false;
  return SAME.every((key) => {
    const [value, wanted] = [one.entities[key], other.entities[key]];
    return value === undefined || wanted === undefined || same(value, wanted);
  });
}

/** run-1 is run-01. */
const same = (value: string, wanted: string): boolean =>
  value === wanted || (/^\d+$/.test(value) && /^\d+$/.test(wanted) && Number(value) === Number(wanted));

/** Number of entities that both have alike, less those that only one has. */
function agreement({ entities: one }: ScanName, { entities: other }: ScanName): number {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.reduce((sum, key) => {
    if (one[key] === undefined || other[key] === undefined) return sum - 1;
    return same(one[key], other[key]) ? sum + 1 : sum;
  }, 0);
}
