import { describe, expect, it } from 'vitest';
import { augment, drawAugmentation, NO_AUGMENTATION } from './augment';

const ALL = { mirror: true, geometry: true, intensity: true };
const NONE = { mirror: false, geometry: false, intensity: false };
const SIZE = 32;

/** A smooth blob at (x, y), pixel centres from the image's middle, in [-1, 1]. */
function blob(x: number, y: number, width = 3, height = 1): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [right, down] = [(at % SIZE) - 15.5 - x, Math.floor(at / SIZE) - 15.5 - y];
    return 2 * height * Math.exp(-(right ** 2 + down ** 2) / (2 * width ** 2)) - 1;
  });
}

/** Mean position above the background, from the image's middle, and the standard deviation about it. */
function place(image: Float32Array) {
  let [mass, x, y, square] = [0, 0, 0, 0];
  image.forEach((v, at) => {
    const [right, down] = [(at % SIZE) - 15.5, Math.floor(at / SIZE) - 15.5];
    mass += v + 1;
    x += (v + 1) * right;
    y += (v + 1) * down;
    square += (v + 1) * (right ** 2 + down ** 2);
  });
  [x, y] = [x / mass, y / mass];
  return { x, y, spread: Math.sqrt((square / mass - x ** 2 - y ** 2) / 2) };
}

describe('augment', () => {
  const image = blob(5, -4);

  it('leaves the image as it is where nothing is drawn', () => {
    expect(augment(image, SIZE, NO_AUGMENTATION)).toEqual(image);
  });

  it('mirrors exactly', () => {
    const mirrored = augment(image, SIZE, { ...NO_AUGMENTATION, mirror: true });
    for (let at = 0; at < image.length; at++)
      expect(mirrored[at]).toBe(image[at - (at % SIZE) + (SIZE - 1 - (at % SIZE))]);
  });

  it('shifts right and down', () => {
    const shifted = augment(image, SIZE, { ...NO_AUGMENTATION, shift: [2 / SIZE, -3 / SIZE] });
    for (let row = 0; row < SIZE - 3; row++)
      for (let column = 2; column < SIZE; column++)
        expect(shifted[row * SIZE + column]).toBe(image[(row + 3) * SIZE + column - 2]);
    expect(shifted[(SIZE - 1) * SIZE + 20]).toBe(-1);
    const { x, y } = place(augment(blob(5, -4, 2), SIZE, { ...NO_AUGMENTATION, shift: [0.04, 0.03] }));
    expect(x).toBeCloseTo(5 + 0.04 * SIZE, 2);
    expect(y).toBeCloseTo(-4 + 0.03 * SIZE, 2);
  });

  it('turns clockwise and enlarges about the middle, then shifts', () => {
    const draw = { ...NO_AUGMENTATION, angle: 0.3, scale: 1.25, shift: [0.05, 0] as const, mirror: true };
    const { x, y, spread } = place(augment(blob(5, -4, 2), SIZE, draw));
    // Mirrored, the blob lies at (-5, -4).
    expect(x).toBeCloseTo(1.25 * (-5 * Math.cos(0.3) + 4 * Math.sin(0.3)) + 0.05 * SIZE, 1);
    expect(y).toBeCloseTo(1.25 * (-5 * Math.sin(0.3) - 4 * Math.cos(0.3)), 1);
    // Bilinear reading widens a little.
    expect(spread).toBeGreaterThan(2.45);
    expect(spread).toBeLessThan(2.65);
  });

  it('fills what comes from outside with background', () => {
    const white = new Float32Array(SIZE * SIZE).fill(1);
    const small = augment(white, SIZE, { ...NO_AUGMENTATION, scale: 0.5 });
    expect(small[0]).toBe(-1);
    expect(small[16 * SIZE + 16]).toBe(1);
  });

  it('bends intensities in [0, 1] and clips them', () => {
    const flat = (v: number) => new Float32Array(SIZE * SIZE).fill(v);
    const draw = { ...NO_AUGMENTATION, gain: 1.1, gamma: 2 };
    // -0.2 is 0.4 of [0, 1].
    expect(augment(flat(-0.2), SIZE, draw)[100]).toBeCloseTo(2 * 1.1 * 0.16 - 1, 6);
    expect(augment(flat(-1), SIZE, draw)[100]).toBe(-1);
    expect(augment(flat(1), SIZE, draw)[100]).toBe(1);
  });
});

describe('drawAugmentation', () => {
  it('spans 8 degrees, 8 %, 5 %, 10 % and exp(+-0.15)', () => {
    const low = drawAugmentation([0, 0, 0, 0, 0], [0, 0], ALL);
    const high = drawAugmentation([1, 1, 1, 1, 1], [1, 1], ALL);
    expect([low.mirror, high.mirror]).toEqual([true, false]);
    expect([low.angle, high.angle]).toEqual([(-8 * Math.PI) / 180, (8 * Math.PI) / 180]);
    expect([low.scale, high.scale]).toEqual([0.92, 1.08]);
    expect([low.shift, high.shift]).toEqual([
      [-0.05, -0.05],
      [0.05, 0.05],
    ]);
    expect([low.gain, high.gain]).toEqual([0.9, 1.1]);
    expect([low.gamma, high.gamma]).toEqual([Math.exp(-0.15), Math.exp(0.15)]);
  });

  it('draws only what is switched on', () => {
    const draw = (allowed: typeof ALL) => drawAugmentation([0, 0, 0, 0, 0], [0, 0], allowed);
    expect(draw(NONE)).toEqual(NO_AUGMENTATION);
    expect(draw({ ...NONE, mirror: true })).toEqual({ ...NO_AUGMENTATION, mirror: true });
    const { mirror, gain, gamma } = draw({ ...NONE, geometry: true });
    expect({ mirror, gain, gamma }).toEqual({ mirror: false, gain: 1, gamma: 1 });
    expect(draw({ ...NONE, intensity: true })).toEqual({
      ...NO_AUGMENTATION,
      gain: 0.9,
      gamma: Math.exp(-0.15),
    });
  });
});
