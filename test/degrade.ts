/** Images made worse by a known amount, for tests of what measures images: square, [-1, 1], rows top to bottom. */
import { normals } from '../src/engine/random';

/** Gaussian, held at the edges; sigma in pixels, 0: the image itself. */
export function blurred(image: Float32Array, sigma: number): Float32Array {
  if (sigma === 0) return image;
  const size = Math.sqrt(image.length);
  const radius = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, n) =>
    Math.exp(-0.5 * ((n - radius) / sigma) ** 2),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  const along = (from: Float32Array, at: (line: number, n: number) => number) => {
    const out = new Float32Array(from.length);
    for (let line = 0; line < size; line++)
      for (let n = 0; n < size; n++) {
        let total = 0;
        for (let tap = 0; tap < weights.length; tap++)
          total += weights[tap] * from[at(line, Math.min(Math.max(n + tap - radius, 0), size - 1))];
        out[at(line, n)] = total / sum;
      }
    return out;
  };
  const rows = along(image, (line, n) => line * size + n);
  return along(rows, (line, n) => n * size + line);
}

/** The magnitude of the signal with noise of N(0, deviation²) in both channels (Rician); deviation of the range [0, 1]. */
export function noisy(image: Float32Array, deviation: number, seed: number): Float32Array {
  if (deviation === 0) return image;
  const noise = normals({ seed, sample: 0, slice: 0, step: 0, stream: 'noise' }, 2 * image.length);
  return image.map((value, at) => {
    const signal = (value + 1) / 2 + deviation * noise[2 * at];
    return 2 * Math.min(1, Math.hypot(signal, deviation * noise[2 * at + 1])) - 1;
  });
}
