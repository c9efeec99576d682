import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../formats/float16';
import { decodeQ8, encodeQ8 } from '../../formats/q8';
import { hashNormals } from '../../hash';
import { exactForm, stepOf } from './exactForm';

/** [outputs, inputs] to [inputs, outputs]. */
const turned = (data: Float32Array, outputs: number): Float32Array => {
  const inputs = data.length / outputs;
  return Float32Array.from(data, (_, i) => data[(i % outputs) * inputs + Math.floor(i / outputs)]);
};

describe('exactForm', () => {
  it('finds 8 bits and their scales in what a file of them is read as, to the last bit', () => {
    // Scales all over a binade, where the rounding of 127 times them differs; and a channel of zeros.
    const [outputs, inputs] = [500, 40];
    const data = hashNormals(1, outputs * inputs).map((value, i) => {
      const channel = Math.floor(i / inputs);
      return channel === 7 ? 0 : value * (1 + channel / outputs);
    });
    const stored = encodeQ8(new Map([['w', { shape: [outputs, inputs], data }]]));
    const read = decodeQ8(stored as Parameters<typeof decodeQ8>[0]).get('w')!.data as Float32Array;
    const values = turned(read, outputs);
    const form = exactForm(values, outputs);
    expect(form.storage).toBe('q8');
    const { scales } = form as Extract<typeof form, { storage: 'q8' }>;
    const steps = values.map((value, i) => stepOf(value, scales[i % outputs]));
    expect(Math.max(...steps.map(Math.abs))).toBe(127);
    expect(steps.map((step, i) => step * scales[i % outputs])).toEqual(values);
  });

  it('finds halves, and what is neither', () => {
    const values = hashNormals(2, 5000);
    values[7] = 3e-6;
    const halves = decodeFloat16(encodeFloat16(values));
    expect(exactForm(halves, 10)).toEqual({ storage: 'f16' });
    halves[4999] += 1e-4;
    expect(exactForm(halves, 10)).toEqual({ storage: 'f32' });
    // A step beyond what eight bits reach.
    expect(exactForm(Float32Array.of(1, 0.001), 1)).toEqual({ storage: 'f32' });
  });
});
