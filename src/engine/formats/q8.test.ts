import { describe, expect, it } from 'vitest';
import { BadRequest, CorruptFile } from '../../errors';
import type { NamedTensor } from './namedTensor';
import { decodeQ8, encodeQ8 } from './q8';
import { elementCount, readSafetensors, writeSafetensors } from './safetensors';

/** Values over several orders of magnitude, another one for each channel of axis 0. */
function tensor(...shape: number[]): NamedTensor {
  const count = elementCount(shape);
  const perRow = count / shape[0];
  const data = Float32Array.from(
    { length: count },
    (_, i) => Math.sin(i * 12.9898) * 10 ** -(Math.floor(i / perRow) % 4),
  );
  return { shape, data };
}

const roundTrip = (name: string, value: NamedTensor): Float32Array => {
  const file = writeSafetensors(encodeQ8(new Map([[name, value]])), {});
  return Float32Array.from(decodeQ8(readSafetensors(file).tensors).get(name)?.data ?? []);
};

describe('8-bit weights', () => {
  it.each([
    ['conv.weight', tensor(8, 4, 3, 3), (i: number) => Math.floor(i / 36)],
    ['dense.weight', tensor(8, 20), (i: number) => Math.floor(i / 20)],
    ['NIN_0.W', tensor(6, 10), (i: number) => i % 10],
  ])('keeps every value of %s within half a step of its channel', (name, value, channelOf) => {
    const largest: number[] = [];
    value.data.forEach((x, i) => {
      largest[channelOf(i)] = Math.max(largest[channelOf(i)] ?? 0, Math.abs(x));
    });
    const back = roundTrip(name, value);
    expect(back.length).toBe(value.data.length);
    const errors = back.map((x, i) => Math.abs(x - value.data[i]) / (largest[channelOf(i)] / 127));
    // Half a step, and the rounding of scale and product to float32 (127 * 2^-23 steps).
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.5 + 2e-5);
    expect(Math.max(...errors)).toBeGreaterThan(0.3);
  });

  it('stores one scale for each output channel and leaves 1-D tensors as they are', () => {
    const bias = { shape: [3], data: Float32Array.of(0.1, 1e-9, -3) };
    const stored = encodeQ8(
      new Map([
        ['a.W', tensor(2, 5)],
        ['a.weight', tensor(2, 5)],
        ['a.bias', bias],
      ]),
    );
    expect([...stored].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ['a.W', 'I8', [2, 5]],
      ['a.W.scale', 'F32', [5]],
      ['a.weight', 'I8', [2, 5]],
      ['a.weight.scale', 'F32', [2]],
      ['a.bias', 'F32', [3]],
    ]);
    expect(stored.get('a.bias')?.data).toEqual(bias.data);
  });

  it('keeps zero channels zero and the largest value of a channel exact', () => {
    const value = { shape: [2, 3], data: Float32Array.of(0, 0, 0, 12.7, -6.35, 0.04) };
    const back = roundTrip('w', value);
    expect([...back.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(back[3]).toBeCloseTo(12.7, 5);
    expect(back[5]).toBe(0);
  });

  it('refuses values that are not finite, naming the tensor', () => {
    const value = { shape: [1, 1], data: Float32Array.of(Number.NaN) };
    expect(() => encodeQ8(new Map([['w', value]]))).toThrow(BadRequest);
    expect(() => encodeQ8(new Map([['w', value]]))).toThrow(/got NaN in "w"/);
  });

  it('refuses values that leave the others of their channel no step', () => {
    const value = { shape: [1, 2], data: Float32Array.of(0.1, -3e38) };
    expect(() => encodeQ8(new Map([['w', value]]))).toThrow(/up to 65504, .*got -3.*e\+38 in "w"; write f32/);
  });

  it('refuses 8-bit tensors without their scales', () => {
    const lone = new Map([['w', { dtype: 'I8', shape: [2, 1], data: Int8Array.of(1, 2) } as const]]);
    expect(() => decodeQ8(lone)).toThrow(CorruptFile);
    expect(() => decodeQ8(lone)).toThrow(/"w" must have 2 float32 scales in "w.scale", got none/);
  });
});
