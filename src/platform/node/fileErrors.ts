/** What the system says of files, in words: the one place where its codes become sentences. */
import { lstatSync } from 'node:fs';
import { BadRequest } from '../../errors';

const WHY: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  // Node's own, of removing.
  ERR_FS_EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'is there already',
  ENOTEMPTY: 'is a folder that is not empty',
  EACCES: 'not allowed to read or write here',
  EPERM: 'the system does not allow to change it',
  EROFS: 'the disk is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'no larger file is allowed here (ulimit -f)',
  EIO: 'the disk failed',
  ENXIO: 'the disk or device does not answer',
  ENODEV: 'the disk or device is gone',
  ETIMEDOUT: 'the network disk does not answer',
  ESTALE: 'the network disk has lost it',
  EBUSY: 'is in use by another program',
  ETXTBSY: 'is in use by another program',
  EMFILE: 'too many files are open (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOMEM: 'no memory is left',
  ENAMETOOLONG: 'no file has so long a name',
  ELOOP: 'its links lead in a circle',
  EINVAL: 'the system does not take it as a file here',
  EOPNOTSUPP: 'the disk cannot do this',
};
/** In place of these where something is made: what is missing then is its folder. */
const WHY_MADE: Record<string, string> = { ENOENT: 'no such folder' };

/** Of what is read. */
const WHAT_TO_DO: Record<string, string> = { ENOENT: 'correct the name', EISDIR: 'choose a file' };

/** What another path alone does not mend. */
const OF_MACHINE = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EMFILE', 'ENFILE', 'ENOMEM', 'ETIMEDOUT']);

/** As `fs` throws it. */
export type FileError = Pick<NodeJS.ErrnoException, 'code' | 'path' | 'message'>;

/** Why a file cannot be used, without its name. */
export function whyOf({ code = '', message }: FileError): string {
  // As "ECODE: what it means, open 'path'".
  return WHY[code] ?? message.replace(/^E[A-Z0-9]+: /, '').replace(/, \w+( '.*)?$/s, '');
}

/** Of a file that cannot be read. */
export function unreadable(path: string, error: FileError): Error {
  if (error.code === 'ENOENT' && isLink(path))
    return told(path, error, 'is a link to nothing; get the file that it leads to, or name another');
  const advice = WHAT_TO_DO[error.code ?? ''];
  return told(path, error, advice ? `${whyOf(error)}; ${advice}` : whyOf(error));
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Of a file that cannot be written. */
export function unwritable(path: string, error: FileError): Error {
  return told(path, error, WHY_MADE[error.code ?? ''] ?? whyOf(error), error);
}

function told(path: string, { code = '' }: FileError, why: string, cause?: FileError): Error {
  const message = `${path || '""'}: ${why}`;
  return OF_MACHINE.has(code) ? new Error(message, { cause }) : new BadRequest(message, { cause });
}

/** Whether an error is that of a file which could not be written. */
export function isUnwritten(error: unknown): boolean {
  return error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code !== undefined;
}

/** An error of `fs` that nobody has put into words, in words; any other as it is. */
export function inWords(error: unknown): unknown {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const isRaw = error instanceof Error && typeof code === 'string' && syscall !== undefined;
  return isRaw ? unreadable(path ?? 'a file', error) : error;
}
