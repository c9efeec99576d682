import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { crc32 } from './crc32';
import { concat, firstBytes, gunzip, gzip, inflate, whole } from './gzip';

const ascii = (text: string) => new TextEncoder().encode(text);

async function unpack(bytes: Uint8Array): Promise<{ text: Uint8Array; stray: number }> {
  const chunks: Uint8Array[] = [];
  let stray = 0;
  for await (const chunk of gunzip(bytes, (count) => {
    stray = count;
  }))
    chunks.push(chunk);
  return { text: concat(chunks), stray };
}

const NodeStream = DecompressionStream;

/** As browsers do: whatever stands behind the first member is an error, and what was read last is lost with it. */
class StrictStream extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    const inside = new NodeStream('gzip');
    const writer = inside.writable.getWriter();
    const seen: Uint8Array[] = [];
    super({
      transform: (chunk) => void seen.push(chunk),
      async flush(controller) {
        const whole = concat(seen);
        const size = whole.length >= 4 ? new DataView(whole.buffer).getUint32(whole.length - 4, true) : 0;
        const written = writer.write(whole).then(() => writer.close());
        for (const ends of [written, writer.closed]) ends.catch(() => undefined);
        const out: Uint8Array[] = [];
        const reader = inside.readable.getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) out.push(next.value);
        await written;
        if (concat(out).length !== size) throw new TypeError('Junk found after end of compressed data.');
        controller.enqueue(concat(out));
      },
    });
  }
}

/** Enough for several windows, of what deflate stores, copies and codes in its three ways. */
const LONG = concat([randomBytes(70_000), ascii('a head, '.repeat(60_000)), randomBytes(300), ascii('end')]);

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ['as Node has it', null],
  ['as browsers have it', StrictStream],
])('gunzip over the stream %s', (_, Stream) => {
  const begin = () => {
    if (Stream) vi.stubGlobal('DecompressionStream', Stream);
  };

  it('reads one member, several, and what stands behind them', async () => {
    begin();
    const [one, two] = [gzipSync(LONG), gzipSync('and more')];
    expect(await unpack(one)).toEqual({ text: LONG, stray: 0 });
    const both = concat([LONG, ascii('and more')]);
    expect(await unpack(concat([one, two]))).toEqual({ text: both, stray: 0 });
    // What bgzip puts at the end: a member of nothing.
    expect(await unpack(concat([one, two, gzipSync('')]))).toEqual({ text: both, stray: 0 });
    for (const behind of [ascii('\n'), new Uint8Array(512), ascii('some words')])
      expect(await unpack(concat([one, two, behind]))).toEqual({ text: both, stray: behind.length });
    expect(await firstBytes(concat([two, ascii('\n')]), 3)).toEqual(ascii('and'));
  });

  it('refuses every cut, and damage in any member', async () => {
    begin();
    const [one, two] = [gzipSync('a head'), gzipSync('and more')];
    for (let end = 2; end < one.length; end++)
      await expect(unpack(one.subarray(0, end)), `${end}`).rejects.toThrow();
    const both = concat([one, two]);
    for (let end = one.length + 2; end < both.length; end++)
      await expect(unpack(both.subarray(0, end)), `${end}`).rejects.toThrow();
    for (const at of [one.length - 6, both.length - 6, both.length - 2]) {
      const damaged = both.slice();
      damaged[at] ^= 1;
      await expect(unpack(damaged), `${at}`).rejects.toThrow();
    }
  });
});

it('reads again what it wrote', async () => {
  expect(await unpack(await whole(gzip([LONG, ascii('!')])))).toEqual({
    text: concat([LONG, ascii('!')]),
    stray: 0,
  });
});

it('passes over what a member says of itself', async () => {
  const [head, data] = [Uint8Array.of(0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3), gzipSync('x')];
  const told = concat([head, Uint8Array.of(2, 0, 9, 9), ascii('name\0word\0'), Uint8Array.of(0, 0)]);
  expect((await unpack(concat([gzipSync('x'), told, data.subarray(10)]))).text).toEqual(ascii('xx'));
});

it('inflates by the stream of the platform what another thread could not begin', async () => {
  const make = vi.fn();
  class Counted extends NodeStream {
    constructor() {
      super('gzip');
      make();
    }
  }
  vi.stubGlobal('DecompressionStream', Counted);
  const failing = (pieces: Uint8Array[]) =>
    (async function* () {
      yield* pieces;
      throw new Error('no thread');
    })();
  const packed = gzipSync(LONG);
  for (const [pieces, count] of [
    [[], 1],
    [[LONG.subarray(0, 9)], 1],
  ] as const) {
    expect(await whole(gunzip(packed, () => {}, failing([...pieces])))).toEqual(LONG);
    expect(make).toHaveBeenCalledTimes(count);
  }
});

it('hands the stream little of a file at a time, of which no browser makes more than megabytes before it is taken', async () => {
  const sizes: number[] = [];
  class Noting extends TransformStream<Uint8Array, Uint8Array> {
    constructor() {
      super({ transform: (chunk) => void sizes.push(chunk.length) });
    }
  }
  vi.stubGlobal('DecompressionStream', Noting);
  // As browsers read files: 2 MiB at once.
  const file = new Blob();
  file.stream = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(2 ** 21));
        controller.close();
      },
    });
  await whole(inflate(file));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2 ** 21);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 ** 16);
});

it('has the checksum of zip and gzip, in parts too', () => {
  expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
  expect(crc32(ascii('6789'), crc32(ascii('12345')))).toBe(0xcbf43926);
});
