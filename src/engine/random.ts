/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A number depends only on its key and counter, so an image does not depend on the order or batching of slices.
 */

/** What a stream of numbers is for. Each field is a whole number of 0 .. 2^32-1. */
export interface NoiseKey {
  seed: number;
  sample: number;
  slice: number;
  /** Reverse step; the start x_T has step n. */
  step: number;
  /** 'noise': one number a pixel; 'latent': z. */
  stream: 'noise' | 'latent';
}

/** Whose noise it is, at whatever step. */
export type SampleKey = Pick<NoiseKey, 'seed' | 'sample' | 'slice'>;

/** `count` draws of N(0, 1) as float32, by Box-Muller on Philox words; the same key always gives the same numbers. */
export function normals(key: NoiseKey, count: number): Float32Array {
  const out = new Float32Array(count);
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i += 4) {
    philoxOf(key, i >>> 2, NORMAL_KEY, words);
    for (let pair = 0; pair < 2 && i + 2 * pair < count; pair++) {
      const radius = Math.sqrt(-2 * Math.log((words[2 * pair] + 0.5) / TWO_32));
      const angle = (2 * Math.PI * (words[2 * pair + 1] + 0.5)) / TWO_32;
      out[i + 2 * pair] = radius * Math.cos(angle);
      if (i + 2 * pair + 1 < count) out[i + 2 * pair + 1] = radius * Math.sin(angle);
    }
  }
  return out;
}

/**
 * `count` numbers uniform in [0, 1) as float32, multiples of 2^-24; the same key always gives the same numbers, and they share
 * no Philox word with the normals of any key.
 */
export function uniforms(key: NoiseKey, count: number): Float32Array {
  const out = new Float32Array(count);
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    if (i % 4 === 0) philoxOf(key, i >>> 2, UNIFORM_KEY, words);
    out[i] = (words[i % 4] >>> 8) / TWO_24;
  }
  return out;
}

/** Uniform numbers one by one, as many as are asked for: chunks of `uniforms`, each with the next `sample`. */
export function uniformSource(key: NoiseKey): () => number {
  const CHUNK = 4096;
  let chunk: Float32Array = new Float32Array(0);
  let at = 0;
  let sample = key.sample;
  return () => {
    if (at === chunk.length) {
      chunk = uniforms({ ...key, sample: sample++ }, CHUNK);
      at = 0;
    }
    return chunk[at++];
  };
}

/** The four words of a key at a place of its stream. */
function philoxOf(key: NoiseKey, place: number, secondKey: number, words: Uint32Array): void {
  // Sample and stream share a counter word: at most 2^31 samples.
  const third = ((key.sample << 1) | (key.stream === 'latent' ? 1 : 0)) >>> 0;
  philox4x32(place, key.slice, key.step, third, key.seed, secondKey, words);
}

const TWO_24 = 16777216;
const TWO_32 = 4294967296;
/** Second key words: separate this program's streams from other users of the same seed, and uniform from normal numbers. */
export const NORMAL_KEY = 0x53796e44;
const UNIFORM_KEY = 0x53796e55;

/** Ten rounds; counter (c0..c3), key (k0, k1), four words out. */
export function philox4x32(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  for (let round = 0; round < 10; round++) {
    const lo0 = Math.imul(0xd2511f53, c0) >>> 0;
    const lo1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    const next0 = (mulHigh(0xcd9e8d57, c2) ^ c1 ^ k0) >>> 0;
    const next2 = (mulHigh(0xd2511f53, c0) ^ c3 ^ k1) >>> 0;
    c0 = next0;
    c1 = lo1;
    c2 = next2;
    c3 = lo0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of an unsigned 32x32-bit product. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0;
}
