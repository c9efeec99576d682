/**
 * As much of the tar format as plain files of one folder need: ustar (POSIX.1-1988), a header of 512 bytes before each file,
 * which is filled up to whole blocks, and two empty blocks at the end. Unlike a zip it has no checksums of what the files hold,
 * so none is read for them, and no limit of 4 GB.
 */
const BLOCK = 512;

export const TAR_END = new Uint8Array(2 * BLOCK);

export interface TarEntry {
  folder: string;
  name: string;
  bytes: number;
  modified: Date;
}

/** Where a header's fields begin, and how long they are. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  folder: [345, 155],
} as const;

/** @throws Error where a name is too long for the format */
export function tarHeader({ folder, name, bytes, modified }: TarEntry): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const put = (field: keyof typeof FIELDS, text: string) => {
    const [at, length] = FIELDS[field];
    const written = new TextEncoder().encode(text);
    if (written.length > length)
      throw new Error(
        `${folder}/${name}: ${field} must be of at most ${length} bytes in a tar, got ${written.length}; delete the run`,
      );
    header.set(written, at);
  };
  /** Octal digits and the zero byte that ends them. */
  const putNumber = (field: keyof typeof FIELDS, value: number) =>
    put(field, `${value.toString(8).padStart(FIELDS[field][1] - 1, '0')}\0`);
  put('name', name);
  put('folder', folder);
  put('type', '0');
  put('magic', 'ustar\x0000');
  putNumber('mode', 0o644);
  putNumber('owner', 0);
  putNumber('group', 0);
  putNumber('size', bytes);
  putNumber('modified', Math.floor(modified.getTime() / 1000));
  // Over the header with blanks in the checksum's own place.
  put('checksum', ' '.repeat(FIELDS.checksum[1]));
  putNumber(
    'checksum',
    header.reduce((sum, byte) => sum + byte, 0),
  );
  return header;
}

/** What fills a file's last block up. */
export function tarPadding(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);
}
