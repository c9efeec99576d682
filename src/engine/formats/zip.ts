/**
 * As much of the zip format as PyTorch's checkpoints use: the central directory, stored and deflated entries, checksums.
 * No zip64 (over 4 GB), no encryption. APPNOTE.TXT 4.3 gives the records, all little-endian.
 */
import { CorruptFile, UnsupportedFile } from '../../errors';
import { crc32 } from '../../volume/crc32';

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  readonly headerOffset: number;
}

const STORED = 0;
const DEFLATED = 8;
const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const DIRECTORY_SIGNATURE = 0x02014b50;
const DIRECTORY_SIZE = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_SIZE = 30;
/** torch.save does not compress, and weights that others have compressed hardly shrink. */
const MOST_RATIO = 20;

/**
 * Entries by name.
 * @throws CorruptFile where the directory is missing, leaves the file or gives the same bytes to several entries; UnsupportedFile
 *         for zip64, encryption and what would unpack to many times its size
 */
export function listZip(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = viewOf(bytes);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) {
    throw new UnsupportedFile(
      'zip: archive must be smaller than 4 GB with under 65535 entries, got a zip64 one',
    );
  }
  const entries = new Map<string, ZipEntry>();
  const names = new TextDecoder();
  for (let i = 0; i < count; i++) {
    if (at + DIRECTORY_SIZE > end || view.getUint32(at, true) !== DIRECTORY_SIGNATURE) {
      throw new CorruptFile(`zip: directory must have ${count} entries, got ${i}; the file is damaged`);
    }
    const nameEnd = at + DIRECTORY_SIZE + view.getUint16(at + 28, true);
    const name = names.decode(bytes.subarray(at + DIRECTORY_SIZE, nameEnd));
    if (view.getUint16(at + 8, true) & 1) {
      throw new UnsupportedFile(`zip: entries must not be encrypted, got "${name}"`);
    }
    entries.set(name, {
      name,
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      compressedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    });
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  refuseOverlap([...entries.values()]);
  refuseBomb([...entries.values()], bytes.length);
  return entries;
}

/** A small file would unpack to many times what it could hold. */
function refuseOverlap(entries: ZipEntry[]): void {
  let end = 0;
  for (const entry of entries.sort((a, b) => a.headerOffset - b.headerOffset)) {
    if (entry.headerOffset < end)
      throw new CorruptFile(
        `zip: "${entry.name}" must have bytes of its own, got those of another; the file is damaged or made to do harm: get it again from where it came`,
      );
    end = entry.headerOffset + LOCAL_SIZE + entry.compressedSize;
  }
}

/** Nothing is unpacked yet, and no entry unpacks to more than it says here. */
function refuseBomb(entries: readonly ZipEntry[], bytes: number): void {
  const unpacked = entries.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > MOST_RATIO * bytes)
    throw new UnsupportedFile(
      `zip: archive may unpack to ${MOST_RATIO} times its ${bytes} bytes, got ${unpacked}; the file is made to do harm or packed otherwise than by torch.save: get it again from where it came`,
    );
}

/**
 * An entry's content: a view of the archive where it is stored, new bytes where it is deflated.
 * @throws CorruptFile where it leaves the file, unpacks to another size or fails its checksum
 */
export async function readZipEntry(bytes: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  const view = viewOf(bytes);
  const at = entry.headerOffset;
  if (at + LOCAL_SIZE > bytes.length || view.getUint32(at, true) !== LOCAL_SIGNATURE) {
    throw new CorruptFile(`zip: "${entry.name}" must start with its own header; the file is damaged`);
  }
  const start = at + LOCAL_SIZE + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const end = start + entry.compressedSize;
  if (end > bytes.length) {
    throw new CorruptFile(
      `zip: "${entry.name}" must end within the file of ${bytes.length} bytes, got ${end}; the file is cut short or damaged`,
    );
  }
  const packed = bytes.subarray(start, end);
  const content = await unpack(packed, entry);
  if (content.length !== entry.size || crc32(content) !== entry.crc32) {
    throw new CorruptFile(`zip: "${entry.name}" does not match its checksum; the file is damaged`);
  }
  return content;
}

async function unpack(packed: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.method === STORED) return packed;
  if (entry.method !== DEFLATED) {
    throw new UnsupportedFile(
      `zip: entries must be stored or deflated, got method ${entry.method} in "${entry.name}"`,
    );
  }
  const stream = new Blob([new Uint8Array(packed)])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new CorruptFile(`zip: "${entry.name}" cannot be unpacked; the file is damaged`);
    });
    if (done) break;
    chunks.push(value);
    size += value.length;
    // Stops a small file that unpacks without end; the directory's size is not allocated beforehand either.
    if (size > entry.size) {
      await reader.cancel();
      throw new CorruptFile(
        `zip: "${entry.name}" must unpack to ${entry.size} bytes, got more; the file is damaged or made to do harm: get it again from where it came`,
      );
    }
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}

/** The end record stands last, before a comment of up to 65535 bytes. */
function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_SIZE - 0xffff);
  for (let at = view.byteLength - END_SIZE; at >= first; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  throw new CorruptFile('zip: archive must end with its directory, got none; the file is cut short');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
