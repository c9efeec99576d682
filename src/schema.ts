/**
 * Stored JSON: a schema is its type and its check in one text. What does not hold is refused in a sentence, `subject: path must be
 * RULE, got VALUE`; fields that a schema does not name are dropped.
 */
import { CorruptFile } from './errors';
import { plainText } from './plainText';
import { textOf } from './text';

export interface Schema<T> {
  /** What a value must be, as a sentence ends: "a list of sentences". */
  readonly rule: string;
  /** @throws CorruptFile naming the place, what must be there and what is */
  read(value: unknown, at: Place): T;
}

/** Where a value stands. */
export interface Place {
  /** What a sentence begins with: the file, and the objects around the value. */
  readonly subject: string;
  /** The value's field; absent for all of the file. */
  readonly name?: string;
  /** What to do about it, as a sentence ends. */
  readonly advice?: string;
}

/** What a schema reads. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type JsonText = string | Uint8Array | ArrayBuffer;

/** What a person writes, such as a card or a sidecar, is some kB long. */
export const LONGEST_TEXT = 1_000_000;
/** The program's own files are some ten deep; what looks into them need not fear for the stack. */
const DEEPEST = 64;

/** @throws CorruptFile where the text is no JSON, or not what the schema says */
export function parseJson<T>(text: JsonText, schema: Schema<T>, at: Place): T {
  return schema.read(jsonOf(text, at), at);
}

/** @throws CorruptFile where the text is no JSON, nested too deeply, or longer than `longest` bytes */
export function jsonOf(text: JsonText, at: Place, longest = Number.POSITIVE_INFINITY): unknown {
  const length = typeof text === 'string' ? text.length : text.byteLength;
  if (length > longest) throw refusal(`JSON of up to ${longest} bytes`, `${length}`, at);
  const json = typeof text === 'string' ? text : textOf(text, (got) => refusal('JSON', got, at));
  if (isDeeper(json, DEEPEST)) throw refusal(`JSON of up to ${DEEPEST} levels`, 'more', at);
  try {
    return JSON.parse(json);
  } catch {
    throw refusal('JSON', 'text that is not', at);
  }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [...'"\\[]'].map((letter) => letter.charCodeAt(0));

/** Whether brackets outside of texts lie deeper in each other. */
function isDeeper(json: string, levels: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    // By their codes, of which { } are those of [ ] and 32: headers of many MB come this way.
    const code = json.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if ((code & ~32) === OPEN) {
      if (++depth > levels) return true;
    } else if ((code & ~32) === CLOSE) depth--;
  }
  return false;
}

/** A value of which `holds` is true. */
export function check<T>(rule: string, holds: (value: unknown) => boolean): Schema<T> {
  return {
    rule,
    read: (value, at) => {
      if (!holds(value)) throw refusal(rule, inShort(value), at);
      return value as T;
    },
  };
}

export const text = (pattern = /\S/, rule = 'text that is not empty') =>
  check<string>(rule, (value) => typeof value === 'string' && pattern.test(value));

/** For people to read, such as what a card says: what could steer a screen is marked. */
export const words = (most = 4000): Schema<string> =>
  refine(
    check<string>(
      `text of 1 to ${most} letters`,
      (value) => typeof value === 'string' && /\S/.test(value) && value.length <= most,
    ),
    plainText,
  );

export const flag = check<boolean>('true or false', (value) => typeof value === 'boolean');

/** Within both ends. */
export const number = (least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY) =>
  check<number>(`a number${range(least, most)}`, (value) => isWithin(value, least, most));

export const whole = (least = 0, most = Number.POSITIVE_INFINITY) =>
  check<number>(
    `a whole number${range(least, most)}`,
    (value) => Number.isInteger(value) && isWithin(value, least, most),
  );

export const oneOf = <const T extends string | number>(choices: readonly T[]) =>
  check<T>(`one of ${choices.join(', ')}`, (value) => choices.some((choice) => choice === value));

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const read = (value: unknown, at: Place) => (value === null ? null : schema.read(value, at));
  return { rule: `${schema.rule}, or null`, read };
}

export function list<T>(schema: Schema<T>): Schema<T[]> {
  return {
    rule: 'a list',
    read: (value, at) => {
      if (!Array.isArray(value)) throw refusal('a list', inShort(value), at);
      return value.map((one, n) => schema.read(one, { ...at, name: `${at.name ?? ''}[${n}]` }));
    },
  };
}

/** Another schema for each value. */
export function choose<T>(schemaOf: (value: unknown) => Schema<T>): Schema<T> {
  return { rule: 'one of several', read: (value, at) => schemaOf(value).read(value, at) };
}

/** As `refine` says of what `schema` has read. */
export function refine<T, U>(schema: Schema<T>, refined: (value: T, at: Place) => U): Schema<U> {
  return { rule: schema.rule, read: (value, at) => refined(schema.read(value, at), at) };
}

/** A field that may be missing. */
export interface Optional<T> extends Schema<T> {
  readonly isOptional: true;
}

export function optional<T>(schema: Schema<T>): Optional<T> {
  return { ...schema, isOptional: true };
}

type Fields = Record<string, Schema<unknown>>;
type ObjectOf<F extends Fields> = {
  [K in keyof F as F[K] extends Optional<unknown> ? never : K]: Infer<F[K]>;
} & { [K in keyof F as F[K] extends Optional<unknown> ? K : never]?: Infer<F[K]> };
type Flat<T> = { [K in keyof T]: T[K] };

export interface ObjectSchema<F extends Fields> extends Schema<Flat<ObjectOf<F>>> {
  readonly fields: F;
}

export function object<F extends Fields>(fields: F): ObjectSchema<F> {
  const read = (value: unknown, at: Place) => {
    const from = record.read(value, at);
    const inside = within(at);
    const found: [name: string, value: unknown][] = [];
    for (const [name, schema] of Object.entries(fields)) {
      // A field that is missing has none of the names of an object's own functions either.
      const value = Object.hasOwn(from, name) ? from[name] : undefined;
      if (value === undefined && 'isOptional' in schema) continue;
      found.push([name, schema.read(value, { ...inside, name })]);
    }
    return Object.fromEntries(found) as Flat<ObjectOf<F>>;
  };
  return { rule: record.rule, fields, read };
}

/** An object with the same schema for each of some fields. */
export function each<const K extends string, T>(
  names: readonly K[],
  schema: Schema<T>,
): Schema<Record<K, T>> {
  const fields = Object.fromEntries(names.map((name) => [name, schema])) as Record<K, Schema<T>>;
  return object(fields) as unknown as Schema<Record<K, T>>;
}

/** An object with the same schema for whichever fields it has. */
export function mapOf<T>(schema: Schema<T>): Schema<Record<string, T>> {
  return refine(record, (from, at) => each(Object.keys(from), schema).read(from, at));
}

/** An object with any fields. */
export const record: Schema<Readonly<Record<string, unknown>>> = {
  rule: 'an object',
  read: (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw refusal('an object', inShort(value), within(at));
    return value as Readonly<Record<string, unknown>>;
  },
};

/** The place of an object's fields. */
export function within({ subject, name, advice }: Place): Place {
  return { subject: name === undefined ? subject : `${subject}: ${name}`, advice };
}

/** The sentence of a value that is not what it must be. */
export function refusal(rule: string, got: string, { subject, name, advice }: Place): CorruptFile {
  const path = name === undefined ? '' : `${name} `;
  return new CorruptFile(`${subject}: ${path}must be ${rule}, got ${got}${advice ? `; ${advice}` : ''}`);
}

const LONGEST = 120;

export function inShort(value: unknown): string {
  const json = value === undefined ? 'nothing' : jsonText(value);
  return json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'something nested too deeply';
  }
}

function range(least: number, most: number): string {
  if (most !== Number.POSITIVE_INFINITY) return ` from ${least} to ${most}`;
  return least === Number.NEGATIVE_INFINITY ? '' : ` of at least ${least}`;
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most;
}
