/** A file in a folder of the origin's private file system, and bytes that are kept in one with their checksum. */
import { sha256 } from '../../engine/formats/sha256';
import { CorruptFile } from '../../errors';

const HASH_LENGTH = 64;

/** Keeps bytes under a name. @throws Error where they do not fit: what was there before still is */
export type PutKept = (folder: FileSystemDirectoryHandle, name: string, bytes: Uint8Array) => Promise<void>;

export const putKept: PutKept = async (folder, name, bytes) =>
  writeFile(folder, name, [new Blob([await sha256(bytes), bytes as Uint8Array<ArrayBuffer>])]);

/** Null where there is no such file. @throws CorruptFile where the bytes are not what was put */
export async function getKept(folder: FileSystemDirectoryHandle, name: string): Promise<Uint8Array | null> {
  const kept = await storedFile(folder, name);
  if (!kept) return null;
  const hash = await kept.slice(0, HASH_LENGTH).text();
  const bytes = new Uint8Array(await kept.slice(HASH_LENGTH).arrayBuffer());
  if ((await sha256(bytes)) !== hash)
    throw new CorruptFile(`${name}: must be as it was kept, got other bytes; open the files again`);
  return bytes;
}

/** Null where there is none. */
export async function storedFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return null;
    throw error;
  }
}

/** All of it or, where it throws, what was there before. */
export async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  parts: readonly Blob[],
): Promise<void> {
  const isNew = (await storedFile(folder, name)) === null;
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  try {
    for (const part of parts) await writable.write(part);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => undefined);
    // Only closing puts the new in its place.
    if (isNew) await folder.removeEntry(name).catch(() => undefined);
    throw error;
  }
}
