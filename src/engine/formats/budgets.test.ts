/** Small files that ask for much work or memory: each is refused before it is done, or read in a time that its size allows. */
import { describe, expect, it, vi } from 'vitest';
import {
  type FixtureTensor,
  floats,
  op,
  pickle,
  pickledStateDict,
  zipCheckpoint,
} from '../../../test/checkpointFixtures';
import { readPickle } from './pickle';
import { readSafetensors, writeSafetensors } from './safetensors';
import { openTorchCheckpoint, readTorchNetwork } from './torchCheckpoint';

const repeat = (count: number, part: (n: number) => number[]): number[] =>
  Array.from({ length: count }, (_, n) => part(n)).flat();
const memoPut = [0x71, 1];
const memoGet = [0x68, 1];
const key = (n: number) => [0x4d, n & 0xff, n >> 8];
const dict = (...items: number[][]) => [...op.emptyDict, ...op.mark, ...items.flat(), ...op.setItems];
const open = async (object: number[]) => openTorchCheckpoint(await zipCheckpoint(object, []));

describe('a pickle', () => {
  it('does not set the same attributes again and again', () => {
    const record = [...op.global('argparse', 'Namespace'), ...op.emptyTuple, ...op.newObject];
    const attributes = dict(repeat(2000, (n) => [...op.text(String(n)), ...op.none]));
    const program = [...attributes, ...memoPut, ...record, ...repeat(1000, () => [...memoGet, ...op.build])];
    return expect(open(dict(op.text('args'), program))).rejects.toThrow(
      /builds more than it holds; the file is damaged or made to do harm: get it again/,
    );
  });

  it('has a largest number of opcodes', () => {
    // Each is a byte, and an object of memory: a deflated archive holds many in little.
    const bytes = pickle([]);
    const program = new Uint8Array(2_000_010).fill(op.none[0]);
    program.set(bytes.subarray(0, 2));
    const options = { types: new Map(), persistent: () => null };
    expect(() => readPickle(program, 0, options)).toThrow(/up to 2000000 opcodes, got more/);
  });
});

describe('a checkpoint', () => {
  const tensor: FixtureTensor = { shape: [1], storage: floats(1) };
  const networks = op.text('g');

  it('tells of a list of arguments under many names once', async () => {
    const list = [...op.emptyList, ...op.mark, ...repeat(2000, () => op.none), ...op.appends, ...memoPut];
    const same = repeat(500, (n) => [...op.text(`n${n}`), ...memoGet]);
    const object = dict(
      [...networks, ...pickledStateDict({ x: tensor })],
      [...op.text('args'), ...dict([...op.text('list'), ...list], same)],
    );
    await expect(open(object)).rejects.toThrow(/args must be up to 100000 values and letters, got more/);
    const text = [...op.text('x'.repeat(2000)), ...memoPut];
    const texts = dict(
      [...networks, ...pickledStateDict({ x: tensor })],
      [...op.text('args'), ...dict([...op.text('text'), ...text], same)],
    );
    await expect(open(texts)).rejects.toThrow(/args must be up to 100000 values and letters, got more/);
  });

  it('is not asked for the tensors of one network under many names', async () => {
    const tensors = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`t${n}`, tensor]));
    const network = [...pickledStateDict(tensors), ...memoPut];
    const object = dict(
      [...networks, ...network],
      repeat(400, (n) => [...key(n), ...memoGet]),
    );
    await expect(open(object)).rejects.toThrow(/up to 65536 tensors, got more/);
  });

  it('has its storage unpacked and checked once, and only what a tensor holds is taken from it', async () => {
    const storage = floats(...Array.from({ length: 400 }, (_, n) => n));
    const state = pickledStateDict({ x: { shape: [2, 1], strides: [399, 1], storage } });
    const checkpoint = await openTorchCheckpoint(await zipCheckpoint(state, [storage]));
    const [{ tensors }] = checkpoint.networks;
    const read = vi.fn(checkpoint.storage);
    const many = new Map(Array.from({ length: 200 }, (_, n) => [`x${n}`, tensors.get('x')!]));
    const network = { name: '', tensors: many };
    const { state: found } = await readTorchNetwork({ ...checkpoint, storage: read }, network);
    expect(read).toHaveBeenCalledTimes(1);
    expect([...found.values()].every(({ data }) => data.join() === '0,399')).toBe(true);
  });
});

describe('safetensors', () => {
  const scalar = { dtype: 'U8', shape: [0], data: new Uint8Array(0) } as const;
  const file = (header: string) => {
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setUint32(0, header.length, true);
    new TextEncoder().encodeInto(header, bytes.subarray(8));
    return bytes;
  };

  it('holds a network, not any number of tensors', () => {
    const place = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const names = Array.from({ length: 65_537 }, (_, n) => `"t${n}":${place}`);
    expect(() => readSafetensors(file(`{${names.join()}}`))).toThrow(
      /up to 65536 tensors, got 65537; save one network alone/,
    );
  });

  it('may have any names, those of objects of the language too', () => {
    const names = ['__proto__', 'constructor', 'toString', '__metadata'];
    const bytes = writeSafetensors(
      names.map((name) => [name, scalar] as const),
      { constructor: 'a' },
    );
    const { tensors, metadata } = readSafetensors(bytes);
    expect([...tensors.keys()]).toEqual(names);
    expect(metadata).toEqual({ constructor: 'a' });
  });

  it('has a header of few levels, and no longer one than a network needs', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => readSafetensors(file(deep))).toThrow(/header must be JSON of up to 64 levels, got more/);
    expect(() => readSafetensors(file(' '.repeat(16_000_001)))).toThrow(
      /header must be up to 16000000 bytes/,
    );
  });
});
