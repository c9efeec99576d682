import { describe, expect, expectTypeOf, it } from 'vitest';
import { CorruptFile } from './errors';
import {
  choose,
  each,
  flag,
  type Infer,
  jsonOf,
  list,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  parseJson,
  refine,
  refusal,
  type Schema,
  text,
  whole,
  words,
} from './schema';

const SCAN = object({
  name: text(),
  kind: oneOf(['mr', 'ct']),
  size: whole(1, 9),
  note: optional(text()),
  level: nullable(number(0, 1)),
  parts: list(object({ isUsed: flag })),
  sides: each(['a', 'b'], number()),
  losses: mapOf(number()),
});

const scan: Infer<typeof SCAN> = {
  name: 'x',
  kind: 'ct',
  size: 3,
  level: null,
  parts: [{ isUsed: true }],
  sides: { a: 1, b: -2 },
  losses: { l1: 0.5 },
};
const read = <T>(schema: Schema<T>, value: unknown) => schema.read(value, { subject: 'scan.json' });

describe('a schema', () => {
  it('is the type of what it reads, and leaves out what it does not know', () => {
    expectTypeOf<Infer<typeof SCAN>>().toEqualTypeOf<{
      name: string;
      kind: 'mr' | 'ct';
      size: number;
      note?: string | undefined;
      level: number | null;
      parts: { isUsed: boolean }[];
      sides: Record<'a' | 'b', number>;
      losses: Record<string, number>;
    }>();
    expect(read(SCAN, { ...scan, colour: 'red' })).toEqual(scan);
    expect(read(SCAN, { ...scan, note: 'n' })).toEqual({ ...scan, note: 'n' });
    expect(read(SCAN, { ...scan, note: undefined })).not.toHaveProperty('note');
  });

  it.each<[object, string]>([
    [{ name: ' ' }, 'name must be text that is not empty, got " "'],
    [{ name: undefined }, 'name must be text that is not empty, got nothing'],
    [{ kind: 'us' }, 'kind must be one of mr, ct, got "us"'],
    [{ size: 2.5 }, 'size must be a whole number from 1 to 9, got 2.5'],
    [{ size: 10 }, 'size must be a whole number from 1 to 9, got 10'],
    [{ note: null }, 'note must be text that is not empty, got null'],
    [{ level: 2 }, 'level must be a number from 0 to 1, got 2'],
    [{ parts: {} }, 'parts must be a list, got {}'],
    [{ parts: [{ isUsed: true }, { isUsed: 1 }] }, 'parts[1]: isUsed must be true or false, got 1'],
    [{ parts: [null] }, 'parts[0]: must be an object, got null'],
    [{ sides: { a: 1 } }, 'sides: b must be a number, got nothing'],
    [{ losses: { l1: null } }, 'losses: l1 must be a number, got null'],
    [{ losses: [1] }, 'losses: must be an object, got [1]'],
  ])('refuses %o in one sentence', (change, sentence) => {
    const refused = () => read(SCAN, { ...scan, ...change });
    expect(refused).toThrow(CorruptFile);
    expect(refused).toThrow(`scan.json: ${sentence}`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '1', null])('takes %o for no number', (value) => {
    expect(() => read(number(), value)).toThrow('scan.json: must be a number');
    expect(() => read(whole(), value)).toThrow('must be a whole number of at least 0');
  });

  it('says at the end what to do, and of a long value its beginning', () => {
    const at = { subject: 'a.json', advice: 'start anew' };
    expect(() => parseJson('{', SCAN, at)).toThrow('a.json: must be JSON, got text that is not; start anew');
    const long = JSON.stringify({ ...scan, kind: 'x'.repeat(1000) });
    expect(() => parseJson(new TextEncoder().encode(long), SCAN, at)).toThrow(/got "x{119}…; start anew$/);
  });

  it('may depend on the value, or be narrowed', () => {
    const either = choose<string | { a: number }>((value) =>
      typeof value === 'string' ? text() : object({ a: number() }),
    );
    expect(read(either, 'x')).toBe('x');
    expect(read(either, { a: 1 })).toEqual({ a: 1 });
    const even = refine(whole(), (value, at) => {
      if (value % 2 === 0) return value / 2;
      throw refusal('even', String(value), at);
    });
    expect(read(list(even), [4, 6])).toEqual([2, 3]);
    expect(() => read(object({ n: list(even) }), { n: [4, 5] })).toThrow(
      'scan.json: n[1] must be even, got 5',
    );
  });
});

it('says so of a value that is nested too deeply to be shown', () => {
  let deep: unknown = 1;
  for (let n = 0; n < 100_000; n++) deep = [deep];
  expect(() => text().read(deep, { subject: 'x' })).toThrow(
    'x: must be text that is not empty, got something nested too deeply',
  );
});

it('reads no text that is longer or deeper than any that is meant', () => {
  const at = { subject: 'a.json', advice: 'choose another' };
  const nested = (levels: number) => `${'[{"a}]":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`;
  expect(() => jsonOf(nested(64), at)).not.toThrow();
  for (const levels of [66, 200_000])
    expect(() => jsonOf(nested(levels), at)).toThrow(
      'a.json: must be JSON of up to 64 levels, got more; choose another',
    );
  const brackets = JSON.stringify([`\\"${'['.repeat(1000)}`]);
  expect(jsonOf(brackets, at)).toEqual([`\\"${'['.repeat(1000)}`]);
  expect(() => jsonOf(brackets, at, 1000)).toThrow(
    'must be JSON of up to 1000 bytes, got 1008; choose another',
  );
});

it("has fields of any name, and takes an object's own functions for none", () => {
  const named = JSON.parse('{"__proto__": 1, "constructor": 2}');
  expect(Object.entries(read(mapOf(number()), named))).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ]);
  expect(() => read(object({ constructor: text() }), {})).toThrow(
    'constructor must be text that is not empty, got nothing',
  );
});

it('reads words for people: not too many, and none that steer a screen', () => {
  expect(read(words(), 'a\x1b[31m\u202eb\nc')).toBe('a\ufffd[31m\ufffdb\nc');
  for (const bad of [' ', 'x'.repeat(21), 1])
    expect(() => read(words(20), bad)).toThrow('scan.json: must be text of 1 to 20 letters, got');
});
