import { expect, it } from 'vitest';
import { modelPixels, screenImage } from './modelImage';

it("turns the patient's right from the left to the right, and leaves the front on top", () => {
  const model = modelPixels(
    // biome-ignore format: as it lies
    Float32Array.of(
      1, 0, -1,
      0.5, -1, -1,
      -1, -1, -0.5,
    ),
  );
  const { order, size, pixels } = screenImage(model);
  expect({ order, size }).toEqual({ order: 'rows A-P, columns L-R', size: 3 });
  // biome-ignore format: as it lies
  expect([...pixels]).toEqual([
    0, 128, 255,
    0, 0, 191,
    64, 0, 0,
  ]);
});

it('clips what lies outside of the range', () => {
  expect([...screenImage(modelPixels(Float32Array.of(1.2, -3, 0.2, -0.2))).pixels]).toEqual([
    0, 255, 102, 153,
  ]);
});
