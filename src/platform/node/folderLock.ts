/** One process a folder: a file in it says which. Of a process that was killed it stays, and the next one takes it over. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BadRequest } from '../../errors';
import { type Infer, nullable, object, parseJson, text, whole } from '../../schema';
import { unwritable, whyOf } from './fileErrors';
import { asideOf, kindOfFound } from './files';

export const LOCK_FILE = 'lock.json';

const HOLDER = object({
  pid: whole(1),
  host: text(),
  /** ISO 8601, of the lock. */
  started: text(),
  /** As `beginOf` the process. */
  began: nullable(text()),
});
type Holder = Infer<typeof HOLDER>;

/** Of processes that begin at once each lets another go first a few times. */
const MOST_TRIES = 100;
/**
 * Milliseconds after which a lock that does not say whose it is is that of a process killed while it wrote it. Waited for, since the
 * times of files may come from another clock.
 */
const UNSAID_FOR = 1000;
const LOOK_EVERY = 50;

/**
 * @param option what the user names the folder by
 * @param say told where the lock of a process that is gone was taken over
 * @returns what gives the lock back; the end of the process does, too
 * @throws BadRequest where a process holds it that lives, or of which it cannot be known
 */
export function lockFolder(folder: string, say: (sentence: string) => void, option = '--out'): () => void {
  const path = join(folder, LOCK_FILE);
  const { pid } = process;
  const mine = JSON.stringify({
    pid,
    host: hostname(),
    started: new Date().toISOString(),
    began: beginOf(pid),
  } satisfies Holder);
  for (let tries = 0; !written(path, mine); tries++) {
    // As a link that leads nowhere.
    if (tries > MOST_TRIES)
      throw new BadRequest(`${path}: must be a file that can be read, got something else; delete it`);
    const found = settledContent(path);
    if (found === null) continue;
    const holder = holderOf(path, found);
    if (holder) refuseHeld(folder, path, holder, option);
    if (!taken(path, found)) continue;
    const who = holder ? `process ${holder.pid} since ${holder.started}` : 'a process that was killed';
    say(`${folder}: was in use by ${who}, which is gone; its lock was taken over`);
  }
  const release = () => {
    process.off('exit', release);
    if (contentOf(path) === mine) rmSync(path, { force: true });
  };
  process.on('exit', release);
  return release;
}

/** Whether there was none. @throws as `writeBytes` */
function written(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Made, but without room for what it says.
    if (contentOf(path) === '') rmSync(path, { force: true });
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
}

/** Null where it is gone. */
function contentOf(path: string): string | null {
  try {
    const kind = kindOfFound(statSync(path));
    if (kind !== 'file')
      throw new BadRequest(`${path}: must be a file that can be read, got a ${kind}; delete it`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof BadRequest) throw error;
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === 'ENOENT') return null;
    throw new BadRequest(
      `${path}: must be a file that can be read, got one that cannot (${whyOf(cause)}); delete it`,
    );
  }
}

/** The content, of a lock that is just being made once it says whose it is. Null where it is gone. */
function settledContent(path: string): string | null {
  let found = contentOf(path);
  for (
    let waited = 0;
    found !== null && !holderOf(path, found) && waited < UNSAID_FOR;
    waited += LOOK_EVERY
  ) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY);
    found = contentOf(path);
  }
  return found;
}

/** Null where the lock does not say whose it is. */
function holderOf(path: string, content: string): Holder | null {
  try {
    return parseJson(content, HOLDER, { subject: path });
  } catch {
    return null;
  }
}

function refuseHeld(folder: string, path: string, holder: Holder, option: string): void {
  const rule = `${folder}: must be used by one process at a time`;
  const { pid, host, started } = holder;
  if (host !== hostname())
    throw new BadRequest(
      `${rule}, got process ${pid} on ${host} since ${started}; choose another ${option}, or delete ${path} if that process is gone`,
    );
  if (isAlive(holder))
    throw new BadRequest(
      `${rule}, got process ${pid} since ${started}; choose another ${option}, or wait for it to end`,
    );
}

/** Whether the lock was still the one that was looked at; it is gone then. */
function taken(path: string, found: string): boolean {
  const aside = asideOf(path);
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const moved = contentOf(aside);
  // Another process was faster, and this is its lock.
  if (moved !== null && moved !== found) written(path, moved);
  rmSync(aside, { force: true });
  return moved === found;
}

function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not allowed to: it is somebody else's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = beginOf(pid);
  return began === null || now === null || now === began;
}

/** What tells a process from a later one of the same number: when it began. Null where the system does not tell. */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name: the state is the third field, the ticks from the machine's start to the process's the 22nd.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return state === 'Z' ? 'ended' : `${boot} ${fields[18]}`;
  } catch {
    return null;
  }
}
