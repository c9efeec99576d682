export { counted } from '../../engine/counted';

import { plainJson, shortSentence } from '../../plainText';
import { largestOf } from '../../volume/extremes';
import type { OptionSpec } from './command';

export const JSON_OPTION: OptionSpec = { text: 'results as JSON' };

/**
 * JSON for `--json`, indented, lists of plain values on one line. JSON knows no infinity: it is written as the string "Infinity", which `Number()` and
 * Python's `float()` read back (an error of `parity`; scores have none); what is not a number becomes null.
 */
export function jsonText(value: unknown): string {
  const safe = (_key: string, item: unknown) => {
    if (typeof item !== 'number' || Number.isFinite(item)) return item;
    return Number.isNaN(item) ? null : String(item);
  };
  const text = JSON.stringify(value, safe, 2);
  // Inside a string JSON has no line ends, so only lists of plain values match.
  const compact = text.replace(/\[\n\s*([^[\]{}\n]+(?:\n[^[\]{}\n]+)*)\n\s*\]/g, (_, items: string) => {
    return `[${items.replace(/\n\s*/g, ' ')}]`;
  });
  return `${plainJson(compact)}\n`;
}

/** Labels and what they stand for, one a line. */
export function factsText(facts: readonly (readonly [label: string, text: string])[]): string {
  const width = largestOf(facts.map(([label]) => label.length));
  return facts.map(([label, text]) => `${label.padEnd(width)}  ${shortSentence(text)}\n`).join('');
}

/** "45 s", "12 min", "3 h 20 min". */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
