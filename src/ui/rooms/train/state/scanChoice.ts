/** Which of the listed volumes are meant, and what the user has to choose yet: by the functions that the command line goes by. */
import { ABSENT, type EntityFilter, filterScans, sameValue, valuesOf } from '../../../../volume/entityFilter';
import { readName } from '../../../../volume/names';
import { severalVolumes } from '../../../../volume/oneVolume';
import { type Pairing, pairScans } from '../../../../volume/pairing';
import { repeatsOf, repeatsText, rivalsOf, rivalsText } from '../../../../volume/rivals';
import { shortPaths } from '../../../../volume/shortPaths';
import type { Role } from '../../../../workers/train/protocol';
import {
  conflictOf,
  conflictText,
  type GivenImage,
  isUnconditional,
  pairProblem,
} from '../../../../workers/train/settings';
import { foundOnce } from '../../../state/foundOnce';
import type { TrainData, TrainVolume } from './types';

export const ROLES: readonly Role[] = ['trainA', 'trainB', 'valA', 'valB'];
export type Use = 'train' | 'val';

/** An entity in which several volumes of a contrast and visit differ. */
export interface EntityChoice {
  entity: string;
  /** What can be chosen, as a filter's values: one, and with scans that lack the entity also one or its lack. */
  values: readonly (readonly string[])[];
  chosen: readonly string[] | null;
  /** Nothing can be trained on until it is made. */
  isNeeded: boolean;
}

export interface ScanChoice {
  /** What is meant, in the order of the list. */
  kept: Readonly<Record<Role, readonly TrainVolume[]>>;
  left: ReadonlySet<TrainVolume>;
  /** Of `kept` those that are trained on, or validated by: where pairs are needed those that are in one. */
  used: Readonly<Record<Role, readonly TrainVolume[]>>;
  pairing: Readonly<Record<Use, Pairing<TrainVolume>>>;
  choices: Readonly<Record<Role, readonly EntityChoice[]>>;
  /** What has to be chosen first, as a sentence; null: nothing. */
  problems: Readonly<Record<Role, string | null>>;
  /** Why an image must be left out that is given for two things, as a sentence; null: there is none. */
  conflict: string | null;
  /** Two that are a pair by their names and not by where they lie, as a sentence; null: all lie as they should. */
  apart: string | null;
  /** What else is to be said. */
  notes: Readonly<Record<Role, string | null>>;
}

export const pathOf = ({ source, added }: TrainVolume): string =>
  source.kind === 'files' ? source.path : added.name;

/** As of whom names are told apart. */
export const givenImage = (volume: TrainVolume, name: string): GivenImage => ({
  use: useOf(volume.added.role),
  side: sideOf(volume.added.role),
  name,
  print: volume.added.print,
});

const sideOf = (role: Role) => (role.endsWith('A') ? 'a' : 'b');
const useOf = (role: Role): Use => (role.startsWith('val') ? 'val' : 'train');
const byRole = <T>(make: (role: Role) => T) =>
  Object.fromEntries(ROLES.map((role) => [role, make(role)])) as Record<Role, T>;

type Given = Pick<TrainData, 'volumes' | 'filters' | 'settings'>;

const choices = foundOnce<ScanChoice>();

export function scanChoice({ volumes, filters, settings }: Given): ScanChoice {
  const { contrasts, variant } = settings;
  const given = [filters, contrasts.a, contrasts.b, variant.pairing];
  return choices(volumes, given, () => findChoice({ volumes, filters, settings }));
}

function findChoice({ volumes: listed, filters, settings }: Given): ScanChoice {
  // Without a source A alone counts, whatever else is on the list.
  const volumes = isUnconditional(settings.variant)
    ? listed.filter(({ added }) => added.role === 'trainA')
    : listed;
  const all = byRole((role) => volumes.filter(({ added }) => added.role === role));
  const ofSide = (role: Role) => volumes.filter(({ added }) => sideOf(added.role) === sideOf(role));
  const filtered = byRole((role) =>
    filterScans(all[role], inForce(filters[sideOf(role)], ofSide(role)), pathOf),
  );
  const kept = byRole((role) => filtered[role].kept);
  const isPaired = (role: Role) => useOf(role) === 'val' || settings.variant.pairing === 'paired';
  const pairing = pairingsOf(kept);
  const before = pairingsOf(all);
  const rivals = byRole((role) => rivalsOf(kept[role], pathOf, isPaired(role) ? pairing[useOf(role)] : null));
  const repeats = byRole((role) => (isPaired(role) ? null : repeatsOf(kept[role], pathOf)));
  const contrastOf = (role: Role) => settings.contrasts[sideOf(role)];
  const place = (role: Role) => `under ${role.endsWith('A') ? 'A' : 'B'}`;

  const nameOf = shortPaths(volumes.map(pathOf));
  const conflict = conflictOf(
    ROLES.flatMap((role) => kept[role].map((volume) => givenImage(volume, nameOf(pathOf(volume))))),
  );

  const choices = byRole((role) => {
    const unfiltered = rivalsOf(all[role], pathOf, isPaired(role) ? before[useOf(role)] : null);
    const open = [...(rivals[role]?.differ ?? []), ...(repeats[role]?.differ ?? [])];
    const chosen = Object.keys(filters[sideOf(role)]).filter((key) => valuesAmong(all[role], key).length > 1);
    const entities = new Set([
      ...chosen,
      ...[...(unfiltered?.differ ?? []), ...open].map(({ entity }) => entity),
    ]);
    return [...entities].map((entity) => ({
      entity,
      values: choosable(valuesAmong(all[role], entity)),
      chosen: filters[sideOf(role)][entity] ?? null,
      isNeeded: rivals[role]?.differ.some((one) => one.entity === entity) ?? false,
    }));
  });
  const used = byRole((role) => {
    const use = useOf(role);
    const { pairs, alone } = pairing[use];
    const waits = rivals[`${use}A`] !== null || rivals[`${use}B`] !== null;
    // With none of one contrast there is nothing to pair yet.
    const isOpen = pairs.length === 0 && new Set(alone.map(({ scan }) => scan.added.role)).size < 2;
    if (!isPaired(role) || waits || isOpen) return kept[role];
    const paired = new Set(pairs.map((pair) => pair[sideOf(role)]));
    return kept[role].filter((volume) => paired.has(volume));
  });
  return {
    kept,
    used,
    left: new Set(ROLES.flatMap((role) => filtered[role].left)),
    pairing,
    choices,
    conflict: conflict && conflictText(...conflict),
    apart: apartText([...(isPaired('trainA') ? pairing.train.pairs : []), ...pairing.val.pairs]),
    problems: byRole((role) => {
      const several = kept[role].find(({ added }) => added.volume === null);
      if (several)
        return severalVolumes(several.added.name, several.added.volumeCount, 'choose one in its row');
      const found = rivals[role];
      return (
        found && rivalsText(found, contrastOf(role), (entity) => `choose one by ${entity} ${place(role)}`)
      );
    }),
    notes: byRole((role) => {
      const found = repeats[role];
      return (
        found &&
        repeatsText(found, contrastOf(role), (entity) => `choose one by ${entity} if that is not meant`)
      );
    }),
  };
}

function apartText(pairs: Pairing<TrainVolume>['pairs']): string | null {
  for (const { a, b } of pairs) {
    const [first, second] = [a.added, b.added].map(({ name, place }) => place && { name, ...place });
    const problem = first && second && pairProblem({ a: first, b: second });
    if (problem) return problem.message;
  }
  return null;
}

const pairingsOf = (of: Record<Role, readonly TrainVolume[]>): Record<Use, Pairing<TrainVolume>> => ({
  train: pairScans(of.trainA, of.trainB, pathOf),
  val: pairScans(of.valA, of.valB, pathOf),
});

const valuesAmong = (volumes: readonly TrainVolume[], entity: string): string[] =>
  valuesOf(
    volumes.map((volume) => readName(pathOf(volume))),
    entity,
  );

/** Of scans some of which lack the entity nobody wants to lose these with the choice among the others. */
function choosable(values: readonly string[]): string[][] {
  const told = values.filter((value) => value !== ABSENT);
  const isMixed = told.length < values.length;
  return [...(isMixed ? told.map((value) => [value, ABSENT]) : []), ...values.map((value) => [value])];
}

/** Without values that no volume has any more. */
function inForce(filter: EntityFilter, volumes: readonly TrainVolume[]): EntityFilter {
  const isThere = ([entity, wanted]: [string, readonly string[]]) =>
    valuesAmong(volumes, entity).some((value) => wanted.some((one) => sameValue(one, value)));
  return Object.fromEntries(Object.entries(filter).filter(isThere));
}
