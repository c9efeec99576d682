/**
 * A volume's voxels as its different values and how often each occurs: what statistics rest on that do not ask where voxels lie.
 * A scan of 16-bit integers has at most 65,536 of them, whatever its size, slope and intercept, and is then walked once and not once a
 * question. Everything stays exact.
 */
export interface Tally {
  /** No two of the same bits where `times` are there; NaN, infinities and both zeros among them. */
  readonly values: Float32Array;
  /** How often each occurs; null where each counts once: the voxels themselves, of a volume of too many values. */
  readonly times: Uint32Array | null;
  /** Number of voxels. */
  readonly count: number;
}

const MOST_VALUES = 2 ** 16;
/** Slots of a hash table that is at most half full. */
const SLOT_BITS = 17;

/** @param voxels must not change as long as the tally is in use */
export function tallyOf(voxels: Float32Array): Tally {
  const bits = new Int32Array(voxels.buffer, voxels.byteOffset, voxels.length);
  const last = 2 ** SLOT_BITS - 1;
  const keys = new Int32Array(last + 1);
  const times = new Uint32Array(last + 1);
  let different = 0;
  for (let at = 0; at < bits.length; at++) {
    const own = bits[at];
    let slot = Math.imul(own, 0x9e3779b1) >>> (32 - SLOT_BITS);
    while (keys[slot] !== own || times[slot] === 0) {
      if (times[slot] === 0) {
        if (different++ === MOST_VALUES) return untallied(voxels);
        keys[slot] = own;
        break;
      }
      slot = (slot + 1) & last;
    }
    times[slot]++;
  }
  const found = new Int32Array(different);
  const counts = new Uint32Array(different);
  for (let slot = 0, to = 0; slot <= last; slot++)
    if (times[slot] > 0) {
      found[to] = keys[slot];
      counts[to++] = times[slot];
    }
  return { values: new Float32Array(found.buffer), times: counts, count: voxels.length };
}

/** Values that need no walk of their own: each counts once. */
export function untallied(voxels: Float32Array): Tally {
  return { values: voxels, times: null, count: voxels.length };
}

/** Numbers of voxels that hold no number. */
export function notFinite({ values, times }: Tally): { nan: number; infinite: number } {
  let [nan, infinite] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (value - value === 0) continue;
    if (Number.isNaN(value)) nan += times ? times[at] : 1;
    else infinite += times ? times[at] : 1;
  }
  return { nan, infinite };
}
