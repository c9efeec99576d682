import { describe, expect, it } from 'vitest';
import { op, pickle } from '../../../test/checkpointFixtures';
import { CorruptFile, UnsupportedFile } from '../../errors';
import { type PickleOptions, PickleRecord, PickleType, readPickle } from './pickle';

const options: PickleOptions = {
  types: new Map([
    ['collections.OrderedDict', new PickleType('collections.OrderedDict', () => new Map())],
    ['argparse.Namespace', new PickleType('argparse.Namespace', () => new PickleRecord())],
  ]),
  persistent: (id) => ({ id }),
};
const read = (bytes: Uint8Array): unknown => readPickle(bytes, 0, options).value;
const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (two) => Number.parseInt(two, 16));

describe('pickle', () => {
  // Bytes of pickle.dumps(value, protocol) in Python 3.11, value as in the test's name.
  it.each([
    [
      '[1, -2, 3.5, None, True, "ä"]',
      2,
      '80025d7100284b014afeffffff47400c0000000000004e885802000000c3a47101652e',
    ],
    [
      '[1, -2, 3.5, None, True, "ä"]',
      5,
      '8005951c000000000000005d94284b014afeffffff47400c0000000000004e888c02c3a494652e',
    ],
  ])('reads %s of protocol %i', (_, __, bytes) => {
    expect(read(hex(bytes))).toEqual([1, -2, 3.5, null, true, 'ä']);
  });

  it('reads dicts, tuples and long whole numbers', () => {
    // {"a": (1, 2), "b": 2**70, 3: -300}, protocol 2
    const bytes = hex(
      '80027d71002858010000006171014b014b0286710258010000006271038a090000000000000000404b034ad4feffff752e',
    );
    expect(read(bytes)).toEqual(
      new Map<unknown, unknown>([
        ['a', [1, 2]],
        ['b', 2n ** 70n],
        [3, -300],
      ]),
    );
  });

  it('reads a Namespace as a plain record and leaves attributes of dicts aside', () => {
    const fields = [...op.emptyDict, ...op.mark, ...op.text('lr'), ...op.float(0.5), ...op.setItems];
    const namespace = [...op.global('argparse', 'Namespace'), ...op.emptyTuple, ...op.newObject];
    const record = read(pickle([...namespace, ...fields, ...op.build]));
    expect(record).toBeInstanceOf(PickleRecord);
    expect((record as PickleRecord).fields).toEqual(new Map([['lr', 0.5]]));

    const dict = [...op.global('collections', 'OrderedDict'), ...op.emptyTuple, ...op.reduce];
    expect(read(pickle([...dict, ...fields, ...op.build]))).toEqual(new Map());
  });

  it('hands outside objects to the caller', () => {
    expect(read(pickle([...op.text('key'), ...op.persistent]))).toEqual({ id: 'key' });
  });

  it('tells where the next pickle begins', () => {
    const first = pickle(op.int(1));
    const both = Uint8Array.from([...first, ...pickle(op.int(2))]);
    const { end } = readPickle(both, 0, options);
    expect(end).toBe(first.length);
    expect(readPickle(both, end, options).value).toBe(2);
  });

  const command = [...op.mark, ...op.text('echo owned'), ...op.tuple];
  const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
  it.each([
    ['os.system', [...op.global('os', 'system'), ...command, ...op.reduce]],
    ['posix.system', [...op.global('posix', 'system'), ...command, ...op.reduce]],
    ['builtins.eval', [...op.global('builtins', 'eval'), ...command, ...op.reduce]],
    ['builtins.getattr', [...op.global('builtins', 'getattr'), ...op.emptyTuple, ...op.newObject]],
    ['subprocess.Popen', [...op.text('subprocess'), ...op.text('Popen'), 0x93, ...command, ...op.reduce]],
    ['os.system', [...op.mark, ...op.text('ls'), ...ascii('ios\nsystem\n')]],
    // Names of JavaScript's own objects are no types either.
    ['constructor.__proto__', op.global('constructor', '__proto__')],
  ])('refuses %s by name', (name, program) => {
    expect(() => read(pickle(program))).toThrow(UnsupportedFile);
    expect(() => read(pickle(program))).toThrow(`refuses the pickled type "${name}"`);
  });

  it.each([
    ['BUILD of a type', [...op.global('argparse', 'Namespace'), ...op.emptyDict, ...op.build], CorruptFile],
    ['a call of a value', [...op.text('x'), ...op.emptyTuple, ...op.reduce], CorruptFile],
    ['an empty stack', op.reduce, CorruptFile],
    [
      'items without a dict',
      [...op.int(1), ...op.mark, ...op.int(1), ...op.int(2), ...op.setItems],
      CorruptFile,
    ],
    ['a memo that is not there', ascii('h\x07'), CorruptFile],
    ['EXT1', [0x82, 1], UnsupportedFile],
    ['text opcodes of protocol 0', ascii('I1\n'), UnsupportedFile],
  ])('refuses %s', (_, program, error) => {
    expect(() => read(pickle(program))).toThrow(error);
  });

  it('refuses a length beyond the end without allocating it', () => {
    // BINUNICODE8 and BINBYTES8 that claim 2^60 bytes, BINUNICODE that claims 4 GB, LONG4 likewise
    for (const bytes of [
      '80048d0000000000000010',
      '80048e0000000000000010',
      '800258ffffffff61',
      '80028bffffffff01',
    ]) {
      expect(() => read(hex(bytes))).toThrow(CorruptFile);
    }
  });

  it('refuses a pickle that is cut short anywhere', () => {
    const whole = hex(
      '80027d71002858010000006171014b014b0286710258010000006271038a090000000000000000404b034ad4feffff752e',
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => read(whole.subarray(0, length))).toThrow(CorruptFile);
    }
  });

  it('refuses other protocols', () => {
    expect(() => read(Uint8Array.of(0x80, 6, 0x4e, 0x2e))).toThrow(/protocol must be 2 to 5, got 6/);
  });

  it('refuses a small one that builds from the same list again and again', () => {
    const [list, again] = [
      [0x71, 1],
      [0x68, 1],
    ];
    const build = [...op.global('collections', 'OrderedDict'), ...again, ...op.reduce];
    const items = Array.from({ length: 1000 }, () => op.none).flat();
    const many = Array.from({ length: 100 }, () => build).flat();
    const args = [...op.mark, ...op.mark, ...items, ...op.tuple, ...op.tuple, ...list];
    expect(() => read(pickle([...args, ...op.mark, ...many, ...op.tuple]))).toThrow(
      /builds more than it holds/,
    );
    expect(read(pickle([...args, ...build]))).toEqual(new Map());
  });
});
