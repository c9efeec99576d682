/** Damage to bytes, whatever they mean. */
import type { Random } from './random';

/** Ends of ranges, and what claims to be larger than any file. */
const WHOLE = [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000];
const REAL = [0, -0, 1, -1, 1e-45, 3.4e38, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

const flipBits: Damage = (bytes, random) => {
  for (let n = 1 + random.below(8); n > 0; n--) bytes[random.below(bytes.length)] ^= 1 << random.below(8);
  return bytes;
};

const setByte: Damage = (bytes, random) => {
  bytes[random.below(bytes.length)] = random.once(2)
    ? random.bits() & 0xff
    : random.pick([0, 0x7f, 0x80, 0xff]);
  return bytes;
};

/** A length, an offset, a count or a real number of a header. */
const setNumber: Damage = (bytes, random) => {
  const size = random.pick([2, 4, 8]);
  if (bytes.length < size) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = random.below(bytes.length - size + 1);
  const little = !random.once(3);
  const value = random.once(2)
    ? random.pick(WHOLE)
    : random.pick([bytes.length, -1, 0xffffffff]) + random.below(3);
  if (size === 2) view.setUint16(at, value, little);
  else if (random.once(4)) {
    if (size === 4) view.setFloat32(at, random.pick(REAL), little);
    else view.setFloat64(at, random.pick(REAL), little);
  } else if (size === 4) view.setUint32(at, value, little);
  else view.setBigUint64(at, BigInt(value) * (random.once(3) ? 1n << 31n : 1n), little);
  return bytes;
};

/** One step up or down, which rules about sizes often miss. */
const step: Damage = (bytes, random) => {
  bytes[random.below(bytes.length)] += random.once(2) ? 1 : 255;
  return bytes;
};

const cut: Damage = (bytes, random) => bytes.slice(0, random.below(bytes.length));

const cutStart: Damage = (bytes, random) => bytes.slice(random.below(Math.min(bytes.length, 64)));

const remove: Damage = (bytes, random) => {
  const [from, count] = part(bytes, random);
  return joined(bytes.subarray(0, from), bytes.subarray(from + count));
};

const insert: Damage = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  const added = Uint8Array.from({ length: 1 + random.below(16) }, () =>
    random.once(2) ? 0 : random.bits() & 0xff,
  );
  return joined(bytes.subarray(0, at), added, bytes.subarray(at));
};

/** A part of the file in another place. */
const splice: Damage = (bytes, random) => {
  const [from, count] = part(bytes, random);
  const copy = bytes.slice(from, from + count);
  const at = random.below(bytes.length + 1);
  if (random.once(2)) return joined(bytes.subarray(0, at), copy, bytes.subarray(at));
  bytes.set(copy.subarray(0, bytes.length - at), at);
  return bytes;
};

const fill: Damage = (bytes, random) => {
  const [from, count] = part(bytes, random);
  return bytes.fill(random.pick([0, 0xff, 0x20]), from, from + count);
};

const DAMAGES = [
  flipBits,
  flipBits,
  setByte,
  setNumber,
  setNumber,
  setNumber,
  step,
  cut,
  cutStart,
  remove,
  insert,
  splice,
  fill,
];

/** Damaged once or a few times; the bytes that are given stay as they are. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  // No Buffer, whose methods are others.
  let damaged: Uint8Array = new Uint8Array(bytes);
  for (let n = random.pick([1, 1, 1, 2, 4]); n > 0 && damaged.length > 0; n--)
    damaged = random.pick(DAMAGES)(damaged, random);
  return new Uint8Array(damaged);
}

function part(bytes: Uint8Array, random: Random): [from: number, count: number] {
  return [random.below(bytes.length), 1 + random.below(random.pick([4, 32, bytes.length]))];
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of parts) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
