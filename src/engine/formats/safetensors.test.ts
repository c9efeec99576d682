import { describe, expect, it } from 'vitest';
import { readGolden } from '../../../test/golden';
import { BadRequest, CorruptFile, UnsupportedFile } from '../../errors';
import { readSafetensors, writeSafetensors } from './safetensors';

function file(header: unknown, body: Uint8Array = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + json.length + body.length);
  new DataView(out.buffer).setUint32(0, json.length, true);
  out.set(json, 8);
  out.set(body, 8 + json.length);
  return out;
}

const one = (dtype: string, shape: unknown, offsets: unknown): unknown => ({
  a: { dtype, shape, data_offsets: offsets },
});

describe('safetensors', () => {
  it('reads what it writes', () => {
    const a = Float32Array.of(1, -2.5, 1e-3, 4, 5, 6);
    const bytes = writeSafetensors(
      [
        ['a', { dtype: 'F32', shape: [2, 3], data: a }],
        ['half', { dtype: 'F16', shape: [2], data: Float32Array.of(0.1, -65504) }],
        ['q', { dtype: 'I8', shape: [3], data: Int8Array.of(-127, 0, 127) }],
        ['scalar', { dtype: 'F32', shape: [], data: Float32Array.of(7) }],
      ],
      { config: '{"x":1}' },
    );
    const { tensors, metadata } = readSafetensors(bytes);
    expect(metadata).toEqual({ config: '{"x":1}' });
    expect([...tensors.keys()]).toEqual(['a', 'half', 'q', 'scalar']);
    expect(tensors.get('a')).toEqual({ dtype: 'F32', shape: [2, 3], data: a });
    expect(tensors.get('half')?.data).toEqual(Float32Array.of(0.0999755859375, -65504));
    expect(tensors.get('q')?.data).toEqual(Int8Array.of(-127, 0, 127));
    expect(tensors.get('scalar')).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(7) });
    // Data begins on a multiple of 8, as the format asks for.
    expect((8 + new DataView(bytes.buffer).getUint32(0, true)) % 8).toBe(0);
  });

  it('reads every dtype as numbers, from an unaligned view too', () => {
    const body = new Uint8Array(30);
    const view = new DataView(body.buffer);
    view.setFloat64(0, Math.PI, true);
    view.setBigInt64(8, -5n, true);
    view.setUint16(16, 0x3f80, true);
    view.setInt32(18, -7, true);
    view.setUint8(22, 200);
    view.setInt8(23, -1);
    view.setFloat32(24, 0.5, true);
    view.setUint16(28, 0x3c00, true);
    const place = (dtype: string, begin: number, end: number): unknown => ({
      dtype,
      shape: [1],
      data_offsets: [begin, end],
    });
    const bytes = file(
      {
        f64: place('F64', 0, 8),
        i64: place('I64', 8, 16),
        bf16: place('BF16', 16, 18),
        i32: place('I32', 18, 22),
        u8: place('U8', 22, 23),
        i8: place('I8', 23, 24),
        f32: place('F32', 24, 28),
        f16: place('F16', 28, 30),
      },
      body,
    );
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const { tensors } = readSafetensors(shifted.subarray(1));
    const values = Object.fromEntries([...tensors].map(([name, tensor]) => [name, tensor.data[0]]));
    expect(values).toEqual({ f64: Math.PI, i64: -5, bf16: 1, i32: -7, u8: 200, i8: -1, f32: 0.5, f16: 1 });
  });

  it('reads a Buffer of Node, whose slices share memory', () => {
    const a = Float32Array.of(1, 2);
    const tensor = (data: Float32Array) => ({ dtype: 'F32', shape: [2], data }) as const;
    const bytes = writeSafetensors(
      [
        ['a', tensor(a)],
        ['b', tensor(Float32Array.of(3, 4))],
      ],
      {},
    );
    const { tensors } = readSafetensors(Buffer.from(bytes));
    expect(tensors.get('a')?.data).toEqual(a);
    expect(tensors.get('b')?.data).toEqual(Float32Array.of(3, 4));
  });

  it.each([
    ['shorter than its length', new Uint8Array(7), /at least 8 bytes, got 7/],
    ['header beyond the end', file('{}').subarray(0, 9), /length of 2; the file is cut short/],
    ['header of no JSON', file('{nonsense'), /header must be JSON/],
    ['header of a list', file('[]'), /header: must be an object, got \[\]/],
    ['metadata of no text', file({ __metadata__: { a: 1 } }), /__metadata__.a must be a string/],
    ['negative side', file(one('F32', [-1], [0, 4]), new Uint8Array(4)), /shape of "a"/],
    ['side beyond counting', file(one('F32', [1e300], [0, 4]), new Uint8Array(4)), /shape of "a"/],
    ['offsets reversed', file(one('F32', [1], [4, 0]), new Uint8Array(4)), /data_offsets of "a"/],
    ['bytes against shape', file(one('F32', [2], [0, 4]), new Uint8Array(4)), /must have 8 bytes, got 4/],
    [
      'cut tensors',
      file(one('F32', [2], [0, 8]), new Uint8Array(4)),
      /got 4 bytes where the header tells of 8/,
    ],
    [
      'bytes left over',
      file(one('F32', [1], [0, 4]), new Uint8Array(5)),
      /got 5 bytes where the header tells of 4/,
    ],
    ['gap', file(one('F32', [1], [4, 8]), new Uint8Array(8)), /got "a" at byte 4 where 0 was due/],
    [
      'overlap',
      file(
        {
          a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        },
        new Uint8Array(8),
      ),
      /got "b" at byte 4 where 8 was due/,
    ],
  ])('refuses a file with %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(CorruptFile);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  it('refuses a dtype that it does not know, by name', () => {
    const bytes = file(one('F8_E4M3', [1], [0, 1]), new Uint8Array(1));
    expect(() => readSafetensors(bytes)).toThrow(UnsupportedFile);
    expect(() => readSafetensors(bytes)).toThrow(/got F8_E4M3 in "a"/);
  });

  it('refuses whole numbers that a double cannot hold', () => {
    const body = new Uint8Array(BigInt64Array.of(2n ** 53n).buffer);
    expect(() => readSafetensors(file(one('I64', [1], [0, 8]), body))).toThrow(/9007199254740992 in "a"/);
  });

  it('refuses to write what float16 cannot hold, naming the tensor', () => {
    const write = (x: number): unknown =>
      writeSafetensors([['big.weight', { dtype: 'F16', shape: [1], data: Float32Array.of(x) }]], {});
    expect(() => write(70000)).toThrow(BadRequest);
    expect(() => write(70000)).toThrow(/got 70000 in "big.weight"/);
    expect(() => write(65504)).not.toThrow();
  });

  it('refuses to write a shape against its data', () => {
    expect(() =>
      writeSafetensors([['a', { dtype: 'F32', shape: [2], data: Float32Array.of(1) }]], {}),
    ).toThrow(BadRequest);
  });

  it('reads a golden file with whole numbers', async () => {
    const { tensors, metadata } = readSafetensors(await readGolden('net_ncsnpp_small.safetensors'));
    expect(tensors.get('in.t')?.data).toBeInstanceOf(Float64Array);
    expect(tensors.get('out')?.shape).toEqual([2, 2, 32, 32]);
    expect(tensors.get('out')?.data.length).toBe(2 * 2 * 32 * 32);
    expect(JSON.parse(metadata.config)).toMatchObject({ image_size: 32, ch_mult: [1, 2, 2] });
  });
});
