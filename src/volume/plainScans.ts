/** Images that are another kind of their contrast: where there are ordinary ones, those are meant. */
import type { EntityFilter } from './entityFilter';
import { readName, type ScanName } from './names';

interface Kind {
  /** The entity that tells it: a filter of that entity decides instead. */
  readonly entity: string;
  readonly text: string;
  readonly others: string;
  is(name: ScanName): boolean;
}

/** The stranger ones last. */
const KINDS: readonly Kind[] = [
  {
    entity: 'ce',
    text: 'taken with a contrast agent',
    others: 'scans without',
    is: ({ enhanced }) => enhanced,
  },
  {
    entity: 'part',
    text: 'phase or another part of the signal that is no magnitude',
    others: 'scans of the magnitude',
    is: ({ entities: { part } }) => part !== undefined && part.toLowerCase() !== 'mag',
  },
];

export interface PlainScans<T> {
  plain: T[];
  left: T[];
  /** What to say of either, a sentence a kind. */
  texts: string[];
}

/** @param filter by which the user has chosen already */
export function plainScans<T>(
  scans: readonly T[],
  pathOf: (scan: T) => string,
  filter: EntityFilter = {},
): PlainScans<T> {
  let plain = [...scans];
  const left: T[] = [];
  const texts: string[] = [];
  for (const kind of KINDS.filter(({ entity }) => filter[entity] === undefined)) {
    const isOfKind = (scan: T) => kind.is(readName(pathOf(scan)));
    const [of, others] = [plain.filter(isOfKind), plain.filter((scan) => !isOfKind(scan))];
    if (of.length === 0) continue;
    const some = someOf(of.map(pathOf));
    if (others.length === 0) texts.push(`${some}: ${kind.text}, as all there are`);
    else {
      texts.push(`${some}: ${kind.text}; left out, for there are ${kind.others}`);
      left.push(...of);
      plain = others;
    }
  }
  return { plain, left, texts };
}

/** "a and 3 more" */
export function someOf([first, ...others]: readonly string[]): string {
  return `${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}
