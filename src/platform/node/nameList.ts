/** Several names in one option, with commas between them. */
import { existsSync } from 'node:fs';

/** Parts between commas that are tried as one name. */
const MOST_PARTS = 8;

/** What lies at `a,b` is one name, where there is no `a`; of `a,b:T1w` the folder counts. */
export function namesIn(text: string, exists: (path: string) => boolean = existsSync): string[] {
  const parts = text.split(',');
  const isThere = (name: string) => exists(name) || exists(name.replace(/:[^:]*$/, ''));
  const names: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const counts = Array.from({ length: Math.min(MOST_PARTS, parts.length - at) }, (_, n) => n + 1);
    const joined = (count: number) =>
      parts
        .slice(at, at + count)
        .join(',')
        .trim();
    const count = counts.find((n) => isThere(joined(n))) ?? 1;
    names.push(joined(count));
    at += count;
  }
  return names;
}
