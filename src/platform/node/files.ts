import { randomBytes } from 'node:crypto';
import { constants, openAsBlob } from 'node:fs';
import { access, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BadRequest } from '../../errors';
import { textOf } from '../../text';

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
  return new Uint8Array(buffer).buffer;
}

/** A text file, in the encodings of `textOf`. Throws BadRequest with the reason where it cannot be read, or is no text. */
export async function readText(path: string): Promise<string> {
  return textOf(
    await readBytes(path),
    (got) => new BadRequest(`${path}: must be text, got ${got}; save it as UTF-8, or choose another file`),
  );
}

/** A file to be read where its bytes are needed. Throws BadRequest with the reason where it cannot be read. */
export async function openBlob(path: string): Promise<Blob> {
  const isPlain = await access(path, constants.R_OK)
    .then(() => stat(path))
    .then((found) => found.isFile())
    .catch(() => false);
  // Pipes have no size by which they could be opened; of what cannot be read `readBytes` has the reason.
  return isPlain ? openAsBlob(path) : new Blob([await readBytes(path)]);
}

/** Writes a file whole or not at all. Throws BadRequest with the reason where it cannot be written. */
export async function writeBytes(path: string, bytes: Uint8Array | string): Promise<void> {
  const aside = asideOf(path);
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Throws BadRequest with the reason where `path` cannot be written: to be asked before long work, not after it.
 * Tries it with an empty file aside, since permissions alone do not tell (a read-only disk, a system folder).
 */
export async function checkWritable(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) throw unusable(path, { code: 'EISDIR' });
  const aside = asideOf(path);
  try {
    await writeFile(aside, '');
    await rm(aside);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/** Throws BadRequest where writing to `output` would destroy one of the files `inputs`. */
export async function refuseOverwrite(inputs: readonly string[], output: string): Promise<void> {
  const written = await realPath(output);
  for (const input of inputs) {
    if ((await realPath(input)) === written) {
      throw new BadRequest(`${output}: would overwrite the input ${input}; give another name`);
    }
  }
}

/** Where a path leads, whether its last part exists or not. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  });
}

function asideOf(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.part`;
}

function unusable(path: string, { code = '', message }: { code?: string; message?: string }): BadRequest {
  return new BadRequest(`${path || '""'}: ${WHY[code] ?? message}`);
}

/** What is missing where a file is made is its folder. */
function unwritable(path: string, error: NodeJS.ErrnoException): BadRequest {
  return unusable(path, error.code === 'ENOENT' ? { code: 'ENOTDIR' } : error);
}
