/**
 * The platform's own gzip (DecompressionStream, CompressionStream), chunk by chunk: what is not asked for is never
 * inflated, so a file that would swell to gigabytes costs no more than its first kilobytes.
 */

/** Deflate cannot do better than 1032 to 1 (RFC 1951: a 258-byte match in two bits). */
export const LARGEST_DEFLATE_RATIO = 1032;

/** Compressed bytes handed over at a time: bounds what one write can swell to (16 MiB). */
const INPUT_CHUNK = 1 << 14;

/** The two magic bytes of RFC 1952. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Inflated chunks; throws what the platform throws (TypeError, zlib error) on damage, a short stream or a wrong checksum. */
export function gunzip(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  return through([bytes], new DecompressionStream('gzip'));
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

/** The parts, one after the other, as one gzip member. */
export async function gzip(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of through(parts, new CompressionStream('gzip'))) chunks.push(chunk);
  return concat(chunks);
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
  parts: readonly Uint8Array[],
  transform: CompressionStream | DecompressionStream,
): AsyncGenerator<Uint8Array> {
  const pieces = split(parts);
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const next = pieces.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const reader = source.pipeThrough(transform).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Reached early when the consumer stops: the rest is then never inflated.
    reader.cancel().catch(() => undefined);
  }
}

function* split(parts: readonly Uint8Array[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += INPUT_CHUNK) yield part.slice(at, at + INPUT_CHUNK);
  }
}
