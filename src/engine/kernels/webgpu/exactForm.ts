/**
 * The smallest form that holds a tensor's values without loss. Weights come from files of 8 or 16 bits as float32, but still lie where these
 * forms put them, so that their rounding need not be known: it is found.
 */
import { decodeFloat16, encodeFloat16 } from '../../formats/float16';

export type ExactForm =
  /** w = q * scale, a float32, with q a whole number in -127..127 and a scale of each output (formats/q8.ts). */
  { storage: 'q8'; scales: Float32Array } | { storage: 'f16' | 'f32' };

/** That of weights of a file, of which no values are known yet. */
export const expectedForm = (dtype: 'f32' | 'f16' | 'q8'): ExactForm =>
  dtype === 'q8' ? { storage: 'q8', scales: new Float32Array(0) } : { storage: dtype };

/** @param values [.., outputs] */
export function exactForm(values: Float32Array, outputs: number): ExactForm {
  const scales = scalesOf(values, outputs);
  if (scales) return { storage: 'q8', scales };
  return { storage: areHalves(values) ? 'f16' : 'f32' };
}

/** q of a value. */
export const stepOf = (value: number, scale: number): number => (scale === 0 ? 0 : Math.round(value / scale));

function scalesOf(values: Float32Array, outputs: number): Float32Array | null {
  const scales = new Float32Array(outputs);
  for (let channel = 0; channel < outputs; channel++) {
    let largest = 0;
    for (let i = channel; i < values.length; i += outputs) largest = Math.max(largest, Math.abs(values[i]));
    // The product with 127 was rounded, so that the scale may be a float32's neighbour.
    const near = Math.fround(largest / 127);
    const found = [near, near * (1 - 2 ** -24), near * (1 + 2 ** -23)].find((candidate) => {
      const scale = Math.fround(candidate);
      for (let i = channel; i < values.length; i += outputs)
        if (Math.fround(stepOf(values[i], scale) * scale) !== values[i]) return false;
      return true;
    });
    if (found === undefined) return null;
    scales[channel] = found;
  }
  return scales;
}

const CHUNK = 4096;

function areHalves(values: Float32Array): boolean {
  for (let begin = 0; begin < values.length; begin += CHUNK) {
    const chunk = values.subarray(begin, begin + CHUNK);
    if (decodeFloat16(encodeFloat16(chunk)).some((half, i) => half !== chunk[i])) return false;
  }
  return true;
}
