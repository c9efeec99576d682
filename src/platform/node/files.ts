import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  constants,
  createReadStream,
  openAsBlob,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import {
  access,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BadRequest } from '../../errors';
import { textOf } from '../../text';
import { unreadable, unwritable } from './fileErrors';

/** A file of more is no list: half a million paths. */
const LONGEST_TEXT = 50_000_000;

/** As much is read of a pipe, which has no size: more fits in no array. */
const LONGEST_PIPE = 2 ** 31;

/** What something on the disk is, in a word. */
export function kindOfFound(found: Stats): 'file' | 'folder' | 'pipe' | 'socket' | 'device' {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  if (found.isFIFO()) return 'pipe';
  return found.isSocket() ? 'socket' : 'device';
}

/** @throws BadRequest for what is there and no regular file: a pipe may never end, and a device has no end */
function needRegular(path: string, found: Stats): void {
  const kind = kindOfFound(found);
  if (kind === 'folder') throw unreadable(path, { code: 'EISDIR', message: '' });
  if (kind !== 'file')
    throw new BadRequest(
      `${path}: must be a regular file, got a ${kind}; move it away, or name another file`,
    );
}

/** A regular file's bytes, in a buffer of their own. Throws BadRequest with the reason where it cannot be read, or is none. */
export async function readBytes(path: string): Promise<ArrayBuffer> {
  try {
    needRegular(path, await stat(path));
    return new Uint8Array(await readFile(path)).buffer;
  } catch (error) {
    throw (error as Error).name === 'BadRequest' ? error : unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** The same of a file that the user has named for this, which may also be a pipe of up to `longest` bytes. */
export async function readGiven(path: string, longest = LONGEST_PIPE): Promise<ArrayBuffer> {
  if (!(await isPipe(path))) return readBytes(path);
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of createReadStream(path)) {
      size += (part as Uint8Array).length;
      if (size > longest) break;
      parts.push(part as Uint8Array);
    }
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  if (size > longest)
    throw new BadRequest(
      `${path}: must be up to ${longest} bytes from a pipe, got more; write them to a file, and give that`,
    );
  return new Uint8Array(Buffer.concat(parts)).buffer;
}

const isPipe = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  );

/**
 * A list or a table: text in the encodings of `textOf`.
 * @param wanted what it must be, for the refusal
 * @throws BadRequest with the reason where it cannot be read, is longer than any such file, or is no text
 */
export async function readText(path: string, wanted = 'text'): Promise<string> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const refusal = (got: string, advice: string) =>
    new BadRequest(`${path}: must be ${wanted}, got ${got}; ${advice}choose another file`);
  if (size > LONGEST_TEXT) throw refusal(`${size} bytes, more than ${LONGEST_TEXT}`, '');
  return textOf(await readGiven(path, LONGEST_TEXT), (got) => refusal(got, 'save it as UTF-8, or '));
}

/** A file to be read where its bytes are needed. Throws BadRequest with the reason where it cannot be read. */
export async function openBlob(path: string): Promise<Blob> {
  const isPlain = await access(path, constants.R_OK)
    .then(() => stat(path))
    .then((found) => found.isFile())
    .catch(() => false);
  // Of what cannot be read `readBytes` has the reason.
  return isPlain ? openAsBlob(path) : new Blob([await readBytes(path)]);
}

/** The same of a file that the user has named for this, which may also be a pipe. */
export async function openGiven(path: string): Promise<Blob> {
  // A pipe has no size by which it could be opened.
  return (await isPipe(path)) ? new Blob([await readGiven(path)]) : openBlob(path);
}

/**
 * Writes a file whole or not at all: aside, to the disk, then renamed; the renaming itself, too, is on the disk when this returns.
 * Throws BadRequest with the reason where it cannot be written, Error where there is no room.
 */
export async function writeBytes(path: string, bytes: Uint8Array | string): Promise<void> {
  const aside = asideOf(path);
  try {
    const file = await open(aside, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {});
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
  const folder = await open(dirname(path), 'r').catch(() => null);
  // Windows does not open folders.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

/** Puts these bytes behind the file's first `at`; what lay beyond is dropped. Throws as `writeBytes`. */
export async function writeBehind(path: string, at: number, bytes: Uint8Array): Promise<void> {
  try {
    // Not 'a': it would write at the end, whatever lies there.
    const file = await open(path, constants.O_RDWR | constants.O_CREAT);
    try {
      await file.truncate(at);
      // On a disk that is nearly full a part may be written, without an error.
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/** UTF-8, all at once. Throws as `readBytes`. */
export function readTextSync(path: string): string {
  try {
    needRegular(path, statSync(path));
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw (error as Error).name === 'BadRequest' ? error : unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** Throws as `writeBytes`; of the line a part may be there then. */
export function addLine(path: string, line: string): void {
  try {
    appendFileSync(path, `${line}\n`);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Removes what processes that were killed have left of files in a folder.
 * @param isOurs whether this program writes a file of this name there: what else lies there is not touched
 */
export async function removeUnfinished(folder: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const whole = unfinishedOf(name);
    if (whole !== null && isOurs(whole)) await rm(join(folder, name), { force: true });
  }
}

/** What is being written. */
export const ASIDE = '.part';

/** The file that one was to become which `asideOf` has named; null for any other. */
function unfinishedOf(name: string): string | null {
  return /^(.+)\.[0-9a-f]{8}\.part$/.exec(name)?.[1] ?? null;
}

/**
 * Throws BadRequest with the reason where `path` cannot be written: to be asked before long work, not after it.
 * Tries it with an empty file aside, since permissions alone do not tell (a read-only disk, a system folder).
 */
export async function checkWritable(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory())
    throw unwritable(path, { code: 'EISDIR', message: '' });
  const aside = asideOf(path);
  try {
    await writeFile(aside, '');
    await rm(aside);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Makes a folder and those that it lies in, where they are not there. Step by step: in one go Node never ends where the system lets
 * none be made, as in /proc.
 * @throws BadRequest with the reason where one of them is a file or cannot be made, Error where there is no room
 */
export async function makeFolder(path: string): Promise<void> {
  for (const at of await missingFolders(path)) {
    await mkdir(at).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code === 'EEXIST' && (await isFolder(at))) return;
      if (error.code === 'ENOENT')
        throw new BadRequest(`${at}: no folder can be made here`, { cause: error });
      throw unwritable(at, error);
    });
  }
}

/** The folders that must be made for a folder to be there, the outermost first. @throws BadRequest where one of them is a file */
export async function missingFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await isFolder(at)); at = dirname(at)) missing.unshift(at);
  return missing;
}

/** False where nothing is there. @throws BadRequest where something else is */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    // Behind a file nothing is; the file itself is found next.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw unwritable(path, error);
  });
  if (found && !found.isDirectory())
    throw new BadRequest(`${path}: must be a folder, got a file; choose another name`);
  return found !== null;
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

/**
 * Throws BadRequest where a file that is there was not written by this program: it would be lost. An empty one, as scripts make to
 * have a name, is nobody's.
 * @param wanted what may be written over
 */
export async function refuseForeign(
  path: string,
  wanted: string,
  isOurs: () => boolean | Promise<boolean>,
): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size === 0 || (await isOurs())) return;
  throw new BadRequest(
    `${path}: must be new or ${wanted}, got another file; give another name, or delete it first`,
  );
}

/** Where a path leads, whether its last part exists or not. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  });
}

/** Where a file is written first. */
export function asideOf(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}${ASIDE}`;
}
