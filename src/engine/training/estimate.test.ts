import { describe, expect, it } from 'vitest';
import { estimateMemory } from './estimate';
import { presetSettings, withMethod } from './settings';
import { PAPER_VARIANT } from './variant';

const WASM = { backend: 'wasm', largestBuffer: null, ownKernels: false } as const;
const of = (preset: 'tiny' | 'small' | 'base' | 'paper') => presetSettings(preset, { a: 'T1w', b: 'FLAIR' });
const MB = 1e6;

describe('estimateMemory', () => {
  it.each([
    ['syndiff', 'tiny', 151],
    ['syndiff', 'small', 1052],
    ['cgan', 'tiny', 50],
    ['cgan', 'small', 260],
    ['unit', 'small', 375],
    ['munit', 'small', 375],
    ['attgan', 'small', 558],
    ['sagan', 'small', 260],
    ['ddpm', 'small', 450],
    ['unit-ddpm', 'small', 641],
    ['resnet', 'small', 260],
  ] as const)(
    'is above the heap of our kernels, by half of it at most: %s, %s',
    (method, preset, measured) => {
      // docs/MEASUREMENTS.md, "Training".
      const { total } = estimateMemory(withMethod(of(preset), method), { ...WASM, ownKernels: true }, 0);
      expect(total / (measured * MB)).toBeGreaterThan(1.04);
      expect(total / (measured * MB)).toBeLessThan(1.45);
    },
  );

  it('is within a quarter of the wasm heap that was measured after an iteration with R1, by plain operations', () => {
    // docs/MEASUREMENTS.md, "Training".
    for (const [preset, measured] of [
      ['tiny', 260 * MB],
      ['small', 1568 * MB],
    ] as const) {
      const { total } = estimateMemory(of(preset), WASM, 0);
      expect(Math.abs(total / measured - 1), `${preset} ${total}`).toBeLessThan(0.25);
    }
  });

  it('counts weights exactly, and sums its parts', () => {
    const { parts, total } = estimateMemory(
      of('paper'),
      { backend: 'cpu', largestBuffer: null, ownKernels: false },
      12_345,
    );
    const bytes = (label: string) => parts.find((part) => part.label === label)!.bytes;
    // Two of each network at the paper's full size.
    expect(bytes('weights')).toBe(4 * 2 * (39_725_250 + 7_825_153 + 27_736_705 + 2_762_689));
    expect(bytes("Adam's moments")).toBe(2 * bytes('weights'));
    expect(bytes('slices, outside of it')).toBe(12_345);
    const held = parts.filter(({ label }) => label !== 'slices, outside of it');
    expect(held.reduce((sum, part) => sum + part.bytes, 0)).toBeCloseTo(total, 0);
  });

  it('is less for less', () => {
    const { total } = estimateMemory(of('small'), WASM, 0);
    const variant = { ...PAPER_VARIANT, adversarial: false };
    expect(estimateMemory({ ...of('small'), variant }, WASM, 0).total).toBeLessThan(0.7 * total);
    expect(estimateMemory({ ...of('small'), recompute: false }, WASM, 0).total).toBeGreaterThanOrEqual(total);
  });

  it('says in a sentence what to do where it does not fit', () => {
    const heap = estimateMemory(of('paper'), WASM, 0);
    expect(heap.fits).toBe(false);
    expect(heap.sentence).toMatch(
      /^memory: paper needs about .* GiB on wasm, which can hold 4.0 GiB; choose a smaller/,
    );
    const buffer = estimateMemory(
      of('base'),
      { backend: 'webgpu', largestBuffer: 2 ** 20, ownKernels: false },
      0,
    );
    expect(buffer).toMatchObject({ fits: false, limit: null });
    expect(buffer.sentence).toMatch(/needs a buffer of .* this GPU's largest is/);
  });
});
