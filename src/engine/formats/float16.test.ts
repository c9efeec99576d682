import { describe, expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from './float16';

const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
const isNaN16 = (half: number): boolean => (half & 0x7fff) > 0x7c00;
const encode1 = (x: number): number => encodeFloat16(Float32Array.of(x))[0];

/** The definition of binary16, by powers of two. */
function byDefinition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

describe('float16', () => {
  it('decodes every bit pattern to what the format defines', () => {
    const decoded = decodeFloat16(all);
    const wrong = [...all].filter((half) => !Object.is(decoded[half], byDefinition(half)));
    expect(wrong).toEqual([]);
  });

  it('gives every float16 back', () => {
    const encoded = encodeFloat16(decodeFloat16(all));
    expect([...all].filter((half) => !isNaN16(half) && encoded[half] !== half)).toEqual([]);
    expect(isNaN16(encode1(Number.NaN))).toBe(true);
  });

  it('rounds midpoints to even and everything else to the nearest, of both signs', () => {
    const values = decodeFloat16(all);
    const wrong: number[] = [];
    for (let low = 0; low < 0x7bff; low++) {
      const middle = (values[low] + values[low + 1]) / 2;
      const step = middle * 2 ** -20;
      const even = low % 2 === 0 ? low : low + 1;
      if (encode1(middle) !== even || encode1(-middle) !== (even | 0x8000)) wrong.push(low);
      if (encode1(middle - step) !== low || encode1(middle + step) !== low + 1) wrong.push(low);
    }
    expect(wrong).toEqual([]);
  });

  it('overflows from 65520 on', () => {
    expect(encode1(65519.99)).toBe(0x7bff);
    expect(encode1(65520)).toBe(0x7c00);
    expect(encode1(-1e30)).toBe(0xfc00);
    expect(encode1(2 ** -26)).toBe(0);
  });

  it('decodes bfloat16 as the upper half of a float32', () => {
    expect([...decodeBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0001))]).toEqual([
      1,
      -3,
      Number.POSITIVE_INFINITY,
      Math.fround(2 ** -133),
    ]);
  });
});
