import { describe, expect, it } from 'vitest';
import { normals, philox4x32, uniforms } from './random';

describe('philox4x32', () => {
  // Known-answer vectors of the Random123 library (kat_vectors, philox4x32 10).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published words for counter %j', (c, k, expected) => {
    const out = new Uint32Array(4);
    philox4x32(c[0], c[1], c[2], c[3], k[0], k[1], out);
    expect([...out]).toEqual(expected);
  });
});

describe('normals', () => {
  const key = { seed: 7, sample: 0, slice: 3, step: 2, stream: 'noise' } as const;

  it('has the moments of N(0, 1)', () => {
    const x = normals(key, 200_000);
    const mean = x.reduce((s, v) => s + v, 0) / x.length;
    const moment = (p: number) => x.reduce((s, v) => s + (v - mean) ** p, 0) / x.length;
    // Four standard errors each: 1/sqrt(n), sqrt(2/n), sqrt(15/n), sqrt(96/n).
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(x.length));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / x.length));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / x.length));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / x.length));
  });

  it('depends on every part of the key and on nothing else', () => {
    const first = normals(key, 9);
    expect(normals(key, 9)).toEqual(first);
    expect(normals(key, 5)).toEqual(first.slice(0, 5));
    for (const other of [
      { ...key, seed: 8 },
      { ...key, sample: 1 },
      { ...key, slice: 4 },
      { ...key, step: 1 },
      { ...key, stream: 'latent' as const },
    ]) {
      const x = normals(other, 9);
      expect(x.some((v, i) => v === first[i])).toBe(false);
    }
  });
});

describe('uniforms', () => {
  const key = { seed: 7, sample: 0, slice: 3, step: 2, stream: 'noise' } as const;

  it('fills [0, 1) evenly', () => {
    const x = uniforms(key, 100_000);
    const counts = new Array(10).fill(0);
    for (const v of x) counts[Math.floor(v * 10)]++;
    expect(counts).toHaveLength(10);
    // Four standard deviations of 10000 out of 100000.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(9000));
  });

  it('depends on every part of the key and on nothing else', () => {
    const first = uniforms(key, 9);
    expect(uniforms(key, 9)).toEqual(first);
    expect(uniforms(key, 5)).toEqual(first.slice(0, 5));
    const fields = ['seed', 'sample', 'slice', 'step'] as const;
    const others = fields.map((field) => uniforms({ ...key, [field]: 9 }, 9));
    for (const x of [...others, uniforms({ ...key, stream: 'latent' }, 9)])
      expect(x.some((v, i) => v === first[i])).toBe(false);
  });
});
