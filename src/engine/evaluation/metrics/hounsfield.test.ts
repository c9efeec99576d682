import { expect, it } from 'vitest';
import { hounsfieldErrors } from './hounsfield';

it('takes the mean error of all, of the head and of bone above 150 HU, over the slices asked for', () => {
  // Two slices of three pixels: air, tissue, bone.
  const real = Float32Array.of(-1000, 40, 800, -1000, 40, 150);
  const made = Float32Array.of(-990, 60, 700, 0, 0, 0);
  const head = Uint8Array.of(0, 1, 1, 0, 1, 1);
  expect(hounsfieldErrors(made, real, head, 3, [0])).toEqual({ whole: 130 / 3, head: 60, bone: 100 });
  // 150 HU are not above 150 HU.
  expect(hounsfieldErrors(made, real, head, 3, [1])).toMatchObject({ head: 95, bone: null });
  expect(hounsfieldErrors(made, real, head, 3, [0, 1]).bone).toBe(100);
});

it('does not count voxels whose difference is not finite, in either image', () => {
  const real = Float32Array.of(-1000, Number.NaN, 800, Number.NEGATIVE_INFINITY, 40, 900);
  const made = Float32Array.of(-990, 60, Number.NaN, 0, 70, 800);
  const head = Uint8Array.of(0, 1, 1, 1, 1, 1);
  expect(hounsfieldErrors(made, real, head, 3, [0, 1])).toEqual({ whole: 140 / 3, head: 65, bone: 100 });
  expect(hounsfieldErrors(made, real, head, 3, [0])).toEqual({ whole: 10, head: null, bone: null });
  const lost = new Float32Array(6).fill(Number.NaN);
  expect(hounsfieldErrors(lost, real, head, 3, [0, 1])).toEqual({ whole: null, head: null, bone: null });
});
