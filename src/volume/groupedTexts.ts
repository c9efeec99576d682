/** What is said of many scans, mostly the same of each: a line a kind of sentence. */
import { someOf } from './plainScans';

/** So many kinds are told; the others are counted. */
const MOST_KINDS = 10;

export interface ToldOfScan {
  name: string;
  text: string;
}

/**
 * Sentences that differ in numbers alone are of one kind, and the first of them stands for all.
 * @param count of the scans of which something could have been said
 */
export function groupedTexts(told: readonly ToldOfScan[], count: number): string[] {
  const kinds = new Map<string, { names: string[]; texts: Set<string>; first: string }>();
  for (const { name, text } of told) {
    const key = text.replace(/\d+([.,]\d+)*/g, '#');
    const kind = kinds.get(key) ?? { names: [], texts: new Set(), first: text };
    kind.names.push(name);
    kind.texts.add(text);
    kinds.set(key, kind);
  }
  const all = [...kinds.values()];
  const lines = all.slice(0, MOST_KINDS).map(({ names, texts, first }) => {
    if (names.length === 1) return `${names[0]}: ${first}`;
    const alike = texts.size > 1 ? ', of the first' : '';
    return `${someOf(names)} of ${count} scans${alike}: ${first}`;
  });
  const others = all.slice(MOST_KINDS).flatMap(({ names }) => names);
  return others.length > 0 ? [...lines, `${someOf(others)}: other remarks, not shown`] : lines;
}
