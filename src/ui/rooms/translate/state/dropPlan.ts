/** What scans that are dropped together become, by their names and the models: whatever the order in which they come. */
import { shortName } from '../../../../plainText';
import { isDerived, isOfContrast, readName } from '../../../../volume/names';
import { identities, pairScans } from '../../../../volume/pairing';
import { plainScans, someOf } from '../../../../volume/plainScans';
import { isSynthetic } from '../../../../volume/synthetic';
import type { ModelCard } from '../../../../workers/translate/protocol';

export interface DropPlan<T> {
  /** Names leave no doubt; else the user is asked, and these are where the choice begins. */
  readonly isEvident: boolean;
  readonly source: T;
  readonly reference: T | null;
  /** All scans, those first that may well be meant, by name. */
  readonly scans: readonly T[];
  /** What of them is left out, and why: a sentence a reason. */
  readonly texts: readonly string[];
  /** Why the choice begins there, as the end of a sentence. */
  readonly why: string;
}

export type ReferencePlan<T> = Omit<DropPlan<T>, 'source' | 'reference'> & { readonly reference: T };

type Contrasts = Pick<ModelCard, 'source' | 'target'>;
type PathOf<T> = (scan: T) => string;

interface Kind {
  readonly text: string;
  is(path: string): boolean;
}

/** Neither source nor reference where there is anything else; the strangest first, and a scan is of the first that it fits. */
const KINDS: readonly Kind[] = [
  { text: 'named as masks or segmentations, left out', is: (path) => readName(path).isLabel },
  { text: 'named as made by this program, left out', is: isSynthetic },
  {
    text: 'named as derivatives, left out',
    is: (path) => isDerived(path) || readName(path).isMap || readName(path).entities.desc !== undefined,
  },
];

/**
 * @param scans at least one
 * @param models the chosen one first, which alone decides between more than two contrasts
 */
export function planDrop<T>(
  scans: readonly T[],
  pathOf: PathOf<T>,
  models: readonly Contrasts[],
): DropPlan<T> {
  const { candidates, left, texts, whose } = meantAmong(scans, pathOf);
  const all = [...candidates, ...left];
  const of = (contrast: string) => candidates.filter((scan) => isOfContrast(pathOf(scan), contrast));
  // Of a model between scanners of one contrast a scan would be its own reference.
  const pairsOf = ({ source, target }: Contrasts) =>
    pairScans(of(source), of(target), pathOf).pairs.filter(({ a, b }) => a !== b);
  const contrasts = new Set(candidates.map((scan) => contrastOf(pathOf(scan))));
  const isOnePerson = new Set(candidates.map(whose)).size === 1;
  const deciding = contrasts.size > 2 ? models.slice(0, 1) : models;
  const evident = isOnePerson ? deciding.map(pairsOf).find((pairs) => pairs.length === 1)?.[0] : undefined;
  if (evident || candidates.length === 1) {
    const [source, reference] = evident ? [evident.a, evident.b] : [candidates[0], null];
    const unused = candidates.filter((scan) => scan !== source && scan !== reference);
    return {
      isEvident: true,
      source,
      reference,
      scans: all,
      texts: [...leftText(unused, pathOf, 'left out'), ...texts],
      why: '',
    };
  }
  const pairs = models.flatMap(pairsOf);
  const [likely] = pairs;
  const isOnly = pairs.every(
    ({ a, b }) => [likely.a, likely.b].includes(a) && [likely.a, likely.b].includes(b),
  );
  const ofSource = models[0] && of(models[0].source)[0];
  const source = likely?.a ?? ofSource ?? candidates[0];
  const [other, ...more] = candidates.filter((scan) => scan !== source);
  const isPair = more.length === 0 && isOnePerson && contrasts.size === 2;
  return {
    isEvident: false,
    source,
    reference: likely?.b ?? (isPair ? other : null),
    scans: all,
    texts,
    why: likely
      ? `the ${isOnly ? 'only' : 'first'} two of one person whose contrasts a model here joins`
      : isPair
        ? 'the two contrasts of one person, which no model here joins'
        : ofSource
          ? `the first of ${models[0].source}, which a model here translates`
          : 'the first by name',
  };
}

/**
 * Scans of which one is to be the reference.
 * @param source path of the one that is open
 * @param target contrast of the chosen model
 */
export function planReference<T>(
  scans: readonly T[],
  pathOf: PathOf<T>,
  source: string,
  target: string | null,
): ReferencePlan<T> {
  const { candidates, left, texts } = meantAmong(scans, pathOf);
  const partners = partnersOf(candidates, pathOf, source, target);
  const isEvident = candidates.length === 1 || partners.length === 1;
  const ofTarget = candidates.find((scan) => target !== null && isOfContrast(pathOf(scan), target));
  const reference = partners[0] ?? ofTarget ?? candidates[0];
  const unused = isEvident ? candidates.filter((scan) => scan !== reference) : [];
  return {
    isEvident,
    reference,
    scans: [...candidates, ...left],
    texts: [...leftText(unused, pathOf, 'left out'), ...texts],
    why:
      partners.length > 0
        ? `the first ${target} of the source's person`
        : ofTarget
          ? `the first ${target}, though no name tells that it is of the source's person`
          : 'the first by name',
  };
}

/** Of a source's person and visit, and of the target. */
export function partnersOf<T>(
  scans: readonly T[],
  pathOf: PathOf<T>,
  source: string,
  target: string | null,
): T[] {
  if (target === null) return [];
  const isOfSource = (path: string) => pairScans([source], [path], (one) => one).pairs.length > 0;
  return scans.filter((scan) => isOfContrast(pathOf(scan), target) && isOfSource(pathOf(scan)));
}

interface Meant<T> {
  candidates: T[];
  left: T[];
  texts: string[];
  /** Person and visit, where names tell them. */
  whose(scan: T): string;
}

function meantAmong<T>(scans: readonly T[], pathOf: PathOf<T>): Meant<T> {
  const sorted = [...scans].sort((a, b) => pathOf(a).localeCompare(pathOf(b), 'en', { numeric: true }));
  const ofKind = (kind: Kind | undefined) =>
    sorted.filter((scan) => KINDS.find(({ is }) => is(pathOf(scan))) === kind);
  const byKind = [undefined, ...[...KINDS].reverse()].map((kind) => ({ kind, of: ofKind(kind) }));
  const [{ of: images }, ...others] = byKind.filter(({ of }) => of.length > 0);
  const whose = personOf(images, pathOf);
  // Of each person's contrast the ordinary ones.
  const groups = new Map<string, T[]>();
  for (const scan of images) {
    const key = `${whose(scan)} ${contrastOf(pathOf(scan))}`;
    groups.set(key, [...(groups.get(key) ?? []), scan]);
  }
  const mixed = [...groups.values()].filter((group) => plainScans(group, pathOf).left.length > 0);
  const strange = mixed.flatMap((group) => plainScans(group, pathOf).left);
  const strangeTexts = plainScans(mixed.flat(), (scan) => fileName(pathOf(scan))).texts;
  return {
    candidates: images.filter((scan) => !strange.includes(scan)),
    left: [...strange, ...others.flatMap(({ of }) => of)],
    texts: [
      ...strangeTexts.map((text) => `${text}.`),
      ...others.flatMap(({ kind, of }) => leftText(of, pathOf, kind!.text)),
    ],
    whose,
  };
}

function personOf<T>(scans: readonly T[], pathOf: PathOf<T>): (scan: T) => string {
  const named = new Map(scans.map((scan) => [scan, { scan, name: readName(pathOf(scan)) }]));
  const identity = identities([...named.values()], []);
  return (scan) => {
    const one = named.get(scan)!;
    const { dataset, entities } = one.name;
    return JSON.stringify([identity(one), dataset, entities.ses]);
  };
}

/** Empty where the name tells none. */
function contrastOf(path: string): string {
  const { contrast, suffix, isLabel, isMap } = readName(path);
  return isLabel || isMap ? '' : (contrast ?? suffix ?? '');
}

function leftText<T>(scans: readonly T[], pathOf: PathOf<T>, text: string): string[] {
  return scans.length > 0 ? [`${someOf(scans.map((scan) => fileName(pathOf(scan))))}: ${text}.`] : [];
}

const fileName = (path: string): string => shortName(path.split(/[\\/]/).at(-1)!);
