/** What may stand in a field of a number, and what it says where something else does. */

export interface NumberRule {
  kind: 'whole' | 'decimal';
  min: number;
  /** Without one there is no bound. */
  max?: number;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text is, with a point or a comma; null where it is none or not allowed. */
export function readNumber(text: string, { kind, min, max = Infinity }: NumberRule): number | null {
  const plain = text.trim().replace(',', '.');
  if (!NUMBER.test(plain)) return null;
  const value = Number(plain);
  if (kind === 'whole' && !Number.isInteger(value)) return null;
  return value >= min && value <= max ? value : null;
}

/** "A whole number from 1 to 64." */
export function ruleText({ kind, min, max }: NumberRule): string {
  const what = kind === 'whole' ? 'A whole number' : 'A number';
  return max === undefined ? `${what}, ${min} or more.` : `${what} from ${min} to ${max}.`;
}

/** The field that has the focus and something that is not allowed in it: nothing starts before it is mended or left. */
export function wrongField(): HTMLInputElement | null {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && field.getAttribute('aria-invalid') === 'true' ? field : null;
}
