import { CorruptFile } from '../../errors';
import { concat, gunzip, isGzip, LARGEST_DEFLATE_RATIO } from '../gzip';
import { type NamedBlob, readBlob } from '../namedBlob';
import type { ReadOptions } from './scanFormat';

/** Bytes of a gzip file from which on it is worth another thread. */
const LARGE = 2 ** 22;

/** A file's bytes in order, inflated on the way if it is gzip. */
export class ByteStream {
  readonly name: string;
  readonly isEmpty: boolean;
  /** Named .gz without being gzip: web servers unpack such files on the way and keep the name, so this alone is no fault. */
  readonly misnamed: boolean;
  /** More than this many bytes cannot come out, whatever a header claims. */
  readonly mostBytes: number;
  /** Of the file itself where it is gzip; null where it is not. */
  readonly packedBytes: number | null;
  /** Bytes passed so far. */
  position = 0;
  /** Behind a gzip stream that was read to its end; they are left out. */
  strayBytes = 0;
  private readonly chunks: AsyncGenerator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  static async of(file: NamedBlob, inflate?: ReadOptions['inflate']): Promise<ByteStream> {
    const { name, bytes } = await readBlob(file);
    const isLarge = bytes.byteLength >= LARGE;
    return new ByteStream(name, new Uint8Array(bytes), isLarge ? inflate?.(file.blob) : undefined);
  }

  private constructor(name: string, bytes: Uint8Array, inflated?: AsyncIterable<Uint8Array>) {
    const compressed = isGzip(bytes);
    this.name = name;
    this.isEmpty = bytes.length === 0;
    this.misnamed = /\.gz$/i.test(name) && !compressed;
    this.mostBytes = compressed ? bytes.length * LARGEST_DEFLATE_RATIO : bytes.length;
    this.packedBytes = compressed ? bytes.length : null;
    this.chunks = compressed
      ? gunzip(
          bytes,
          (count) => {
            this.strayBytes = count;
          },
          inflated,
        )
      : whole(bytes);
  }

  /** The next `count` bytes in a buffer of their own; fewer at the end. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken: Uint8Array[] = [];
    await this.advance(count, (piece) => taken.push(piece));
    return concat(taken);
  }

  /** Fills `target`. @returns how many bytes there were */
  async readInto(target: Uint8Array): Promise<number> {
    let at = 0;
    await this.advance(target.length, (piece) => {
      target.set(piece, at);
      at += piece.length;
    });
    return at;
  }

  /** Passes over up to `count` bytes. */
  skip(count: number): Promise<void> {
    return this.advance(count, () => undefined);
  }

  /** Stops inflating. */
  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }

  private async advance(count: number, use: (piece: Uint8Array) => void): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.rest.length === 0 && !(await this.fill())) return;
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      this.position += piece.length;
      left -= piece.length;
      use(piece);
    }
  }

  private async fill(): Promise<boolean> {
    try {
      const { done, value } = await this.chunks.next();
      if (!done) this.rest = value;
      return !done;
    } catch {
      throw new CorruptFile(
        `${this.name}: its gzip stream must be whole and match its checksum, got one that is cut short or damaged; download or export it again`,
      );
    }
  }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
