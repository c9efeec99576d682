/**
 * Half precision to and from float32 (IEEE 754 binary16; bfloat16 is the upper half of a float32).
 * Node 20 and older browsers have no Float16Array.
 */

import { BadRequest } from '../../errors';

/** Largest finite float16. */
export const FLOAT16_MAX = 65504;

/** Exact: every float16 is a float32. NaN stays NaN, its payload shifted. */
export function decodeFloat16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < halves.length; i++) {
    const sign = (halves[i] & 0x8000) << 16;
    const rest = halves[i] & 0x7fff;
    if (rest >= 0x7c00) bits[i] = sign | 0x7f800000 | ((rest & 0x3ff) << 13);
    else if (rest >= 0x400) bits[i] = sign | ((rest << 13) + 0x38000000);
    // Subnormals count in steps of 2^-24; the sign goes in as bits because -0 is one of them.
    else {
      out[i] = rest * 2 ** -24;
      bits[i] |= sign;
    }
  }
  return out;
}

/** Rounds to nearest, ties to even; above 65519.99 becomes infinity, NaN becomes the quiet NaN. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    const rest = bits[i] & 0x7fffffff;
    if (rest > 0x7f800000) out[i] = sign | 0x7e00;
    // 65520 lies halfway between 65504 and the next step, 65536, which float16 does not have.
    else if (rest >= 0x477ff000) out[i] = sign | 0x7c00;
    else if (rest < 0x38800000) out[i] = sign | roundHalfEven(Math.abs(values[i]) * 2 ** 24);
    // Half of the dropped 13 bits, less one where the kept part is even: a tie then rounds to even.
    else out[i] = sign | ((rest + 0xfff + ((rest >>> 13) & 1) - 0x38000000) >>> 13);
  }
  return out;
}

/** The same for a tensor of a file. @throws BadRequest for a finite value that would become infinity, beginning with `subject` */
export function checkedFloat16(subject: string, name: string, values: Float32Array): Uint16Array {
  const halves = encodeFloat16(values);
  for (let i = 0; i < halves.length; i++) {
    if ((halves[i] & 0x7fff) === 0x7c00 && Number.isFinite(values[i])) {
      throw new BadRequest(
        `${subject}: float16 holds values up to ${FLOAT16_MAX}, got ${values[i]} in "${name}"; write f32 instead`,
      );
    }
  }
  return halves;
}

/** Exact. */
export function decodeBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

/** x >= 0. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
