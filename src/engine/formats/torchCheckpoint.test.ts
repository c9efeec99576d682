import { describe, expect, it } from 'vitest';
import {
  type FixtureTensor,
  floats,
  legacyCheckpoint,
  op,
  pickle,
  pickledStateDict,
  zip,
  zipCheckpoint,
} from '../../../test/checkpointFixtures';
import { BadRequest, CorruptFile, UnsupportedFile } from '../../errors';
import type { NamedTensor } from './namedTensor';
import { chooseNetwork, openTorchCheckpoint, readTorchNetwork } from './torchCheckpoint';

const a: FixtureTensor = { shape: [2, 3], storage: floats(1, 2, 3, 4, 5, 6) };
const b: FixtureTensor = { shape: [2], storage: floats(-1, 0.5) };
const state = pickledStateDict({ 'module.a.weight': a, 'module.a.bias': b });
const storages = [a.storage, b.storage];

async function readFirst(bytes: Uint8Array): Promise<Record<string, NamedTensor>> {
  const checkpoint = await openTorchCheckpoint(bytes);
  return Object.fromEntries((await readTorchNetwork(checkpoint, checkpoint.networks[0])).state);
}
const readOne = async (tensor: FixtureTensor): Promise<NamedTensor> =>
  (await readFirst(await zipCheckpoint(pickledStateDict({ x: tensor }), [tensor.storage]))).x;

const expected = {
  'a.weight': { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  'a.bias': { shape: [2], data: Float32Array.of(-1, 0.5) },
};

describe('PyTorch checkpoints', () => {
  it('reads the zip format and strips "module."', async () => {
    expect(await readFirst(await zipCheckpoint(state, storages))).toEqual(expected);
  });

  it('reads a deflated archive', async () => {
    expect(await readFirst(await zipCheckpoint(state, storages, { deflate: true }))).toEqual(expected);
  });

  it('reads a Buffer of Node, whose slices share memory', async () => {
    expect(await readFirst(Buffer.from(await zipCheckpoint(state, storages)))).toEqual(expected);
    expect(await readFirst(Buffer.from(legacyCheckpoint(state, storages)))).toEqual(expected);
  });

  it('reads the legacy format', async () => {
    const bytes = legacyCheckpoint(state, storages);
    expect((await openTorchCheckpoint(bytes)).format).toBe('pth-legacy');
    expect(await readFirst(bytes)).toEqual(expected);
  });

  it('lists the networks of a dict, with its arguments, and chooses by name', async () => {
    const args = [
      ...op.global('argparse', 'Namespace'),
      ...op.emptyTuple,
      ...op.newObject,
      ...op.emptyDict,
      ...op.mark,
      ...op.text('fir'),
      ...op.false,
      ...op.setItems,
      ...op.build,
    ];
    const content = [
      ...op.emptyDict,
      ...op.mark,
      ...op.text('epoch'),
      ...op.int(3),
      ...op.text('args'),
      ...args,
      ...op.text('disc_dict'),
      ...pickledStateDict({ a }),
      ...op.text('gen_dict'),
      ...pickledStateDict({ b }, 1),
      ...op.setItems,
    ];
    const checkpoint = await openTorchCheckpoint(await zipCheckpoint(content, storages));
    expect(checkpoint.networks.map(({ name }) => name)).toEqual(['disc', 'gen']);
    expect(checkpoint.args).toEqual({ fir: false });
    for (const name of ['gen', 'gen_dict']) {
      const { state: chosen, dtype } = await readTorchNetwork(
        checkpoint,
        chooseNetwork(checkpoint.networks, name),
      );
      expect(chosen.get('b')?.data).toEqual(Float32Array.of(-1, 0.5));
      expect(dtype).toBe('f32');
    }
    expect(() => chooseNetwork(checkpoint.networks, 'other')).toThrow(BadRequest);
    expect(() => chooseNetwork(checkpoint.networks, 'other')).toThrow(/one of disc, gen, got "other"/);
  });

  it('follows strides and offsets', async () => {
    const storage = floats(0, 1, 2, 3, 4, 5, 6);
    const transposed = await readOne({ shape: [3, 2], strides: [1, 3], offset: 1, storage });
    expect([...transposed.data]).toEqual([1, 4, 2, 5, 3, 6]);
    const everyOther = await readOne({ shape: [3], strides: [2], offset: 0, storage });
    expect([...everyOther.data]).toEqual([0, 2, 4]);
    const window = await readOne({ shape: [2, 1], strides: [1, 99], offset: 5, storage });
    expect([...window.data]).toEqual([5, 6]);
  });

  it.each([
    ['HalfStorage', new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer)],
    ['BFloat16Storage', new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer)],
    ['DoubleStorage', new Uint8Array(Float64Array.of(1, -2).buffer)],
    ['LongStorage', new Uint8Array(BigInt64Array.of(1n, -2n).buffer)],
    ['IntStorage', new Uint8Array(Int32Array.of(1, -2).buffer)],
  ])('reads %s', async (storageType, storage) => {
    const read = await readOne({ shape: [2], storageType, storage, length: 2 });
    expect(read.data).toEqual(Float32Array.of(1, -2));
  });

  it('refuses a forbidden type by name in both formats', async () => {
    const program = [...op.global('os', 'system'), ...op.mark, ...op.text('id'), ...op.tuple, ...op.reduce];
    for (const bytes of [await zipCheckpoint(program, []), legacyCheckpoint(program, []), pickle(program)]) {
      await expect(openTorchCheckpoint(bytes)).rejects.toThrow(UnsupportedFile);
      await expect(openTorchCheckpoint(bytes)).rejects.toThrow('refuses the pickled type "os.system"');
    }
  });

  it('refuses files that are cut short anywhere', async () => {
    for (const whole of [await zipCheckpoint(state, storages), legacyCheckpoint(state, storages)]) {
      for (let length = 4; length < whole.length; length += 7) {
        await expect(readFirst(whole.subarray(0, length))).rejects.toThrow(CorruptFile);
      }
    }
  });

  it.each([
    [
      'leaves its storage',
      { ...a, offset: 1 },
      /"x" of shape \[2,3\] must lie within its storage of 6 values/,
    ],
    ['leaves it by strides', { ...a, strides: [4, 1] }, /must lie within its storage/],
    [
      'broadcasts',
      { ...a, shape: [100000, 100000], strides: [0, 0] },
      /must not share storage|must lie within/,
    ],
    ['claims another length', { ...a, length: 7 }, /must have 28 bytes, got 24/],
  ])('refuses a tensor that %s', async (_, tensor, message) => {
    await expect(readOne(tensor)).rejects.toThrow(CorruptFile);
    await expect(readOne(tensor)).rejects.toThrow(message);
  });

  it('refuses thousands of tensors on one storage', async () => {
    const shared = pickledStateDict({ x: a }).slice(0, -1);
    const again = pickledStateDict({ y: a }).slice(pickledStateDict({}).length - 1, -1);
    const bytes = await zipCheckpoint([...shared, ...again, ...op.setItems], [a.storage]);
    await expect(readFirst(bytes)).rejects.toThrow(/must not share storage, got 12 values in storages of 6/);
  });

  it('refuses a legacy storage that contradicts the pickle', async () => {
    const bytes = legacyCheckpoint(state, [a.storage, floats(1, 2, 3)]);
    await expect(readFirst(bytes)).rejects.toThrow(/storage 1 must have 2 values, got 3/);
  });

  it.each([
    [
      'a dict made of no pairs',
      [...op.global('collections', 'OrderedDict'), ...[op.mark, op.int(5), op.tuple].flat(), ...op.reduce],
    ],
    ['a storage inside the pickle', [...op.global('torch', 'FloatStorage'), ...op.emptyTuple, ...op.reduce]],
    ['an outside object that is no storage', [...op.text('x'), ...op.persistent]],
    [
      'a tensor without a storage',
      [...op.global('torch._utils', '_rebuild_tensor_v2'), ...op.emptyTuple, ...op.reduce],
    ],
  ])('refuses %s', async (_, program) => {
    await expect(openTorchCheckpoint(await zipCheckpoint(program, []))).rejects.toThrow(/^checkpoint: /);
  });

  it('refuses a missing storage, big-endian files, other archives and programs', async () => {
    await expect(readFirst(await zipCheckpoint(state, [a.storage]))).rejects.toThrow(
      /must hold storage 1, got none/,
    );
    await expect(readFirst(legacyCheckpoint(state, storages, false))).rejects.toThrow(/little-endian/);
    const bigEndian = await zip({
      'net/data.pkl': pickle(state),
      'net/byteorder': new TextEncoder().encode('big'),
    });
    await expect(openTorchCheckpoint(bigEndian)).rejects.toThrow(/little-endian/);
    const document = await zip({ 'word/document.xml': new Uint8Array(3) });
    await expect(openTorchCheckpoint(document)).rejects.toThrow(/must hold data.pkl/);
    const program = await zip({ 'net/data.pkl': pickle(state), 'net/constants.pkl': pickle(op.emptyTuple) });
    await expect(openTorchCheckpoint(program)).rejects.toThrow(/TorchScript/);
    await expect(openTorchCheckpoint(pickle(state))).rejects.toThrow(UnsupportedFile);
    await expect(openTorchCheckpoint(await zipCheckpoint(op.int(3), []))).rejects.toThrow(
      /must hold a state_dict/,
    );
  });
});
