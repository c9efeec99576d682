import { randomBytes } from 'node:crypto';
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { BadRequest } from '../errors';

const WHY: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'no such folder',
  EACCES: 'not allowed to read or write here',
  ENOSPC: 'no space left on the disk',
  EROFS: 'the disk is read-only',
};

/** A file's bytes, in a buffer of their own. Throws BadRequest with the reason where it cannot be read. */
export async function readBytes(path: string): Promise<ArrayBuffer> {
  const buffer = await readFile(path).catch((error) => {
    throw unusable(path, error as NodeJS.ErrnoException);
  });
  return Uint8Array.from(buffer).buffer;
}

/** Writes a file whole or not at all. Throws BadRequest with the reason where it cannot be written. */
export async function writeBytes(path: string, bytes: Uint8Array | string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw unusable(path, error as NodeJS.ErrnoException);
  }
}

/** Throws BadRequest where writing to `output` would destroy the file `input`. */
export async function refuseOverwrite(input: string, output: string): Promise<void> {
  const real = (path: string) => realpath(path).catch(() => path);
  if ((await real(input)) === (await real(output))) {
    throw new BadRequest(`${output}: would overwrite the input; give another name`);
  }
}

function unusable(path: string, error: NodeJS.ErrnoException): BadRequest {
  return new BadRequest(`${path}: ${WHY[error.code ?? ''] ?? error.message}`);
}
