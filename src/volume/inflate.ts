/**
 * Deflate (RFC 1951) in plain code. The platform's own is faster but does not say where a stream ends, which is asked only of
 * files that it does not read whole (gzip.ts).
 */

/** How far back a copy may reach. */
const WINDOW = 1 << 15;
const LONGEST_COPY = 258;
/** Bytes given out at a time, with the window before them. */
const BUFFER = 1 << 18;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** The order in which the lengths of the lengths' own codes are stored. */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** All codes by their next `bits` bits: symbol << 4 | length of the code, 0 where there is none. */
interface Codes {
  readonly table: Uint16Array;
  readonly bits: number;
}

/**
 * The bytes of the stream that begins at `start`, piece by piece.
 * @returns where the stream ends
 * @throws Error for what is damaged or cut short
 */
export function* inflate(bytes: Uint8Array, start: number): Generator<Uint8Array, number> {
  const input = new BitReader(bytes, start);
  const buffer = new Uint8Array(BUFFER);
  let to = 0;
  let given = 0;
  /** The buffer was moved on at least once: all of the window before `to` is there. */
  let isFull = false;
  for (let isLast = false; !isLast; ) {
    isLast = input.take(1) === 1;
    const kind = input.take(2);
    if (kind === 3) throw new Error('deflate: no such kind of block');
    let stored = 0;
    let codes: [Codes, Codes] | null = null;
    if (kind === 0) stored = input.storedLength();
    else codes = kind === 1 ? fixedCodes() : dynamicCodes(input);
    for (let isOpen = codes !== null || stored > 0; isOpen; ) {
      if (to > BUFFER - LONGEST_COPY) {
        yield buffer.slice(given, to);
        buffer.copyWithin(0, to - WINDOW, to);
        to = given = WINDOW;
        isFull = true;
      }
      if (codes === null) {
        const piece = input.bytes(Math.min(stored, BUFFER - to));
        buffer.set(piece, to);
        to += piece.length;
        stored -= piece.length;
        isOpen = stored > 0;
        continue;
      }
      const symbol = input.symbol(codes[0]);
      if (symbol < 256) {
        buffer[to++] = symbol;
        continue;
      }
      if (symbol === 256) {
        isOpen = false;
        continue;
      }
      const length = LENGTH_BASE[symbol - 257] + input.take(LENGTH_EXTRA[symbol - 257] ?? 0);
      const step = input.symbol(codes[1]);
      const distance = DISTANCE_BASE[step] + input.take(DISTANCE_EXTRA[step] ?? 0);
      // Not a number for the symbols that stand for nothing.
      if (!(length >= 3 && distance <= (isFull ? WINDOW : to)))
        throw new Error('deflate: a copy from before the beginning');
      for (let n = 0; n < length; n++, to++) buffer[to] = buffer[to - distance];
    }
  }
  yield buffer.slice(given, to);
  return input.end();
}

/** Bits of a stream, the lowest of each byte first. */
class BitReader {
  private held = 0;
  private count = 0;

  constructor(
    private readonly source: Uint8Array,
    private at: number,
  ) {}

  /** Up to 16 bits as a number. */
  take(bits: number): number {
    this.fill(bits);
    const value = this.held & ((1 << bits) - 1);
    this.drop(bits);
    return value;
  }

  symbol({ table, bits }: Codes): number {
    this.fill(bits);
    const entry = table[this.held & ((1 << bits) - 1)];
    if (entry === 0) throw new Error('deflate: no such code');
    this.drop(entry & 15);
    return entry >>> 4;
  }

  /** The length of a stored block, which begins on a whole byte. */
  storedLength(): number {
    this.drop(this.count & 7);
    const length = this.take(16);
    if (length !== (this.take(16) ^ 0xffff))
      throw new Error('deflate: a stored length that contradicts itself');
    return length;
  }

  /** Whole bytes of a stored block. */
  bytes(count: number): Uint8Array {
    this.at = this.end();
    this.held = this.count = 0;
    const piece = this.source.subarray(this.at, this.at + count);
    this.at += count;
    this.end();
    return piece;
  }

  /** The first whole byte that is not used. */
  end(): number {
    const end = this.at - (this.count >> 3);
    if (end > this.source.length) throw new Error('deflate: cut short');
    return end;
  }

  /** Zeros behind the end: a code may be shorter than what is looked at. `drop` finds those that were used. */
  private fill(bits: number): void {
    for (; this.count < bits; this.count += 8) this.held |= (this.source[this.at++] ?? 0) << this.count;
  }

  private drop(bits: number): void {
    this.held >>>= bits;
    this.count -= bits;
    if (this.at > this.source.length) this.end();
  }
}

/** Canonical codes of symbols by the lengths of their codes. @throws Error where there are more than fit */
function codesOf(lengths: ArrayLike<number>): Codes {
  const counts = new Uint16Array(16);
  for (let n = 0; n < lengths.length; n++) counts[lengths[n]]++;
  counts[0] = 0;
  const bits = Math.max(
    1,
    counts.findLastIndex((count) => count > 0),
  );
  const next = new Uint32Array(17);
  for (let length = 1; length <= 15; length++) next[length + 1] = (next[length] + counts[length]) << 1;
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    const code = next[length]++;
    if (code >= 1 << length) throw new Error('deflate: more codes than fit');
    for (let at = reversed(code, length); at < table.length; at += 1 << length)
      table[at] = (symbol << 4) | length;
  }
  return { table, bits };
}

function reversed(code: number, bits: number): number {
  let out = 0;
  for (let n = 0; n < bits; n++) out |= ((code >>> n) & 1) << (bits - 1 - n);
  return out;
}

function fixedCodes(): [Codes, Codes] {
  const lengths = Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8));
  return [codesOf(lengths), codesOf(new Uint8Array(30).fill(5))];
}

function dynamicCodes(input: BitReader): [Codes, Codes] {
  const literals = input.take(5) + 257;
  const distances = input.take(5) + 1;
  const own = new Uint8Array(19);
  const stored = input.take(4) + 4;
  for (let n = 0; n < stored; n++) own[LENGTHS_ORDER[n]] = input.take(3);
  const codes = codesOf(own);
  const lengths = new Uint8Array(literals + distances);
  for (let n = 0; n < lengths.length; ) {
    const symbol = input.symbol(codes);
    if (symbol < 16) {
      lengths[n++] = symbol;
      continue;
    }
    const value = symbol === 16 ? lengths[n - 1] : 0;
    const times = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
    if (value === undefined || n + times > lengths.length) throw new Error('deflate: too many lengths');
    lengths.fill(value, n, n + times);
    n += times;
  }
  return [codesOf(lengths.subarray(0, literals)), codesOf(lengths.subarray(literals))];
}
