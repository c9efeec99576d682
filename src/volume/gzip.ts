/**
 * The platform's own gzip (DecompressionStream, CompressionStream), chunk by chunk: what is not asked for is never
 * inflated, so a file that would swell to gigabytes costs no more than its first kilobytes.
 */
import { type FlateError, FlateErrorCode, Gunzip } from 'fflate';
import { crc32 } from './crc32';

/** Deflate cannot do better than 1032 to 1 (RFC 1951: a 258-byte match in two bits). */
export const LARGEST_DEFLATE_RATIO = 1032;

/** Compressed bytes handed over at a time: bounds what one write can swell to (16 MiB). */
const INPUT_CHUNK = 1 << 14;
/** The same on a thread of its own, which has nothing else to do: 64 MiB. */
const FILE_CHUNK = 1 << 16;

/** The two magic bytes of RFC 1952. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Inflated chunks of all members of a file (RFC 1952 allows several, as bgzip and cat make them); throws on damage, a member cut
 * short or a wrong checksum. Browsers refuse whatever stands behind the first member, Node passes over what is no member: what
 * the platform did not read whole is read by fflate, so that a file is the same everywhere.
 * @param onStray told at the end, where bytes behind the last member were left out, how many
 * @param inflated what another thread makes of it; the platform's stream here where absent, or where it throws before it makes anything
 */
export async function* gunzip(
  bytes: Uint8Array,
  onStray: (count: number) => void = () => {},
  inflated?: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let passed = 0;
  try {
    for await (const chunk of begun(inflated, () => through([bytes], new DecompressionStream('gzip')))) {
      passed += chunk.length;
      yield chunk;
    }
    if (endsWithSize(bytes, passed)) return;
  } catch {
    // Damaged, or with something behind the first member: told apart below.
  }
  const pieces = members(bytes);
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done) {
      if (next.value > 0) onStray(next.value);
      return;
    }
    const known = Math.min(passed, next.value.length);
    passed -= known;
    if (known < next.value.length) yield next.value.subarray(known);
  }
}

/** The first, or the other where there is none or it could not begin. */
async function* begun<T>(
  first: AsyncIterable<T> | undefined,
  other: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  let has = false;
  try {
    for await (const one of first ?? []) {
      has = true;
      yield one;
    }
  } catch (error) {
    if (has) throw error;
  }
  if (!has) yield* other();
}

/** What the platform's stream makes of a gzip file; what is not asked for is not inflated. @throws Error as that stream, behind a first member, too */
export async function* inflate(file: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // Browsers read two megabytes of a file at once, which may swell to gigabytes.
  const cut = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(read, controller) {
      for (let at = 0; at < read.length; at += FILE_CHUNK)
        controller.enqueue(read.subarray(at, at + FILE_CHUNK));
    },
  });
  yield* chunksOf(file.stream().pipeThrough(cut).pipeThrough(new DecompressionStream('gzip')));
}

/** As a file of one member does. */
function endsWithSize(bytes: Uint8Array, size: number): boolean {
  return bytes.length >= 4 && uint32(bytes, bytes.length - 4) === size % 2 ** 32;
}

/** Member after member. @returns the number of bytes behind the last one */
function* members(bytes: Uint8Array): Generator<Uint8Array, number> {
  let read: Uint8Array[] = [];
  let [crc, size] = [0, 0];
  const unpacked = new Gunzip((chunk) => {
    read.push(chunk);
    crc = crc32(chunk, crc);
    size += chunk.length;
  });
  // Of the member that ended; `begin` is where the next one does.
  unpacked.onmember = (begin) => {
    if (!isTrailer(bytes, begin - TRAILER, crc, size))
      throw new Error('gzip: a checksum that does not match');
    [crc, size] = [0, 0];
  };
  for (let at = 0; at < bytes.length; at += INPUT_CHUNK) {
    try {
      unpacked.push(bytes.subarray(at, at + INPUT_CHUNK), at + INPUT_CHUNK >= bytes.length);
    } catch (error) {
      // Behind a member stands what is none.
      if ((error as FlateError).code !== FlateErrorCode.InvalidHeader) throw error;
      at = bytes.length;
    }
    yield* read;
    read = [];
  }
  let end = bytes.length - TRAILER;
  while (end >= 0 && !isTrailer(bytes, end, crc, size)) end--;
  if (end < 0) throw new Error('gzip: a checksum that does not match');
  if (isGzip(bytes.subarray(end + TRAILER))) throw new Error('gzip: a member cut short');
  return bytes.length - end - TRAILER;
}

/** Checksum and size of a member's content, behind it. */
const TRAILER = 8;

function isTrailer(bytes: Uint8Array, at: number, crc: number, size: number): boolean {
  return uint32(bytes, at) === crc && uint32(bytes, at + 4) === size % 2 ** 32;
}

function uint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
}

/** The first bytes of a file, inflated if it is gzip; fewer where it is short or damaged. */
export async function firstBytes(bytes: Uint8Array, count: number): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes.subarray(0, count);
  const chunks: Uint8Array[] = [];
  try {
    let length = 0;
    for await (const chunk of gunzip(bytes)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= count) break;
    }
  } catch {
    // What came before the damage is enough to tell the format, which then says what is wrong.
  }
  return concat(chunks).subarray(0, count);
}

/** The parts, one after the other, as one gzip member, piece by piece: a part is asked for when those before it are packed. */
export function gzip(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  return through(parts, new CompressionStream('gzip'));
}

/** All that comes, in one. */
export async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return concat(all);
}

export function concat(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

async function* through(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  transform: CompressionStream | DecompressionStream,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const pieces = split(parts);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  yield* chunksOf(source.pipeThrough(transform));
}

async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Reached early when the consumer stops: the rest is then never inflated.
    reader.cancel().catch(() => undefined);
  }
}

async function* split(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += INPUT_CHUNK)
      yield part.subarray(at, at + INPUT_CHUNK) as Uint8Array<ArrayBuffer>;
  }
}
