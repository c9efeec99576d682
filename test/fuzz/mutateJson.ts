/** Damage to JSON that leaves it JSON: values of another kind, and fields that nobody meant. */
import type { Random } from './random';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'length',
  'a\u202eb',
  '__metadata__',
];
const TEXTS = [
  '',
  ' ',
  'x'.repeat(5000),
  '\u0000',
  '\x1b[2J',
  '\u202e',
  '../..',
  '\ud800',
  'NaN',
  '1e999',
  '\n',
];
const NUMBERS = [0, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 1e-320, 4096, 65536];

/** A value with one or a few of its places changed. */
export function mutateJson(value: unknown, random: Random): unknown {
  const whole = { value: structuredClone(value) };
  for (let n = random.pick([1, 1, 2, 4]); n > 0; n--) change(whole, random);
  return whole.value;
}

/** Now and then text that is hardly JSON any more. */
export function jsonBytes(value: unknown, random: Random): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value) ?? '';
  if (random.once(50)) return encode('['.repeat(1 + random.below(100_000)) + text);
  // Deeper than JSON.stringify itself can go.
  if (random.once(30)) return encode(withDeepValue(text, random.pick([65, 1000, 30_000]), random));
  if (random.once(50)) return encode(`\ufeff${text}`);
  if (random.once(50))
    return encode(text.replace(/\d/, random.pick(['1e999', '-0', '1'.repeat(400), '0x1', 'NaN'])));
  return encode(text);
}

function withDeepValue(json: string, levels: number, random: Random): string {
  const values = [...json.matchAll(/(?<=:)(-?\d[\d.e+-]*|true|false|null|"[^"\\]*")(?=[,}])/g)];
  const { index, 0: value } = random.pick(values) ?? { index: 0, 0: json };
  const [open, close] = random.once(2) ? ['[', ']'] : ['{"a":[', ']}'];
  return `${json.slice(0, index)}${open.repeat(levels)}1${close.repeat(levels)}${json.slice(index + value.length)}`;
}

const encode = (text: string) => new TextEncoder().encode(text);

type Box = Record<string, unknown> | unknown[];

function change(whole: { value: unknown }, random: Random): void {
  const boxes: Box[] = [whole];
  collect(whole.value, boxes);
  const box = random.pick(boxes);
  const keys = Object.keys(box);
  const key = random.pick(keys);
  const at = box as Record<string, unknown>;
  if (random.once(6) && !Array.isArray(box)) define(at, random.pick(NAMES), hostile(random));
  else if (key === undefined) return;
  else if (box !== (whole as Box) && random.once(6)) {
    if (Array.isArray(box)) box.splice(Number(key), 1);
    else delete at[key];
  } else if (random.once(8) && Array.isArray(box)) box.push(...box.slice(0, 100));
  else if (keys.length > 1 && random.once(8)) define(at, key, at[random.pick(keys)]);
  else if (typeof at[key] === 'number' && random.once(2)) define(at, key, random.pick(NUMBERS));
  else define(at, key, hostile(random));
}

function collect(value: unknown, boxes: Box[]): void {
  if (typeof value !== 'object' || value === null || boxes.length > 1000) return;
  boxes.push(value as Box);
  for (const one of Object.values(value)) collect(one, boxes);
}

function hostile(random: Random): unknown {
  const kinds: (() => unknown)[] = [
    () => null,
    () => random.once(2),
    () => random.pick(NUMBERS),
    () => random.pick(TEXTS),
    () => [],
    () => ({}),
    () => Array.from({ length: random.pick([1, 3, 300]) }, () => random.pick(NUMBERS)),
    () => ({ [random.pick(NAMES)]: random.pick(TEXTS) }),
    () => nested(random.pick([3, 60, 70, 3000])),
  ];
  return random.pick(kinds)();
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < levels; n++) value = n % 2 ? { a: value } : [value];
  return value;
}

/** Also a field named __proto__, as JSON may have it. */
function define(box: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(box, key, { value, enumerable: true, configurable: true, writable: true });
}
