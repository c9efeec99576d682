/** A training run's files in a folder, each written whole or not at all (what a crash leaves is the file before) or appended to. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFiles } from '../../engine/training/runFiles';
import { unreadable, unwritable } from './fileErrors';
import { ASIDE, makeFolder, readBytes, removeUnfinished, writeBehind, writeBytes } from './files';
import { LOCK_FILE, lockFolder } from './folderLock';

export class DiskRun implements RunFiles {
  private release: (() => void) | null = null;

  /** @param isOurs whether the run writes a file of this name: what else lies in the folder is not touched */
  constructor(
    readonly folder: string,
    private readonly isOurs: (name: string) => boolean,
  ) {}

  /**
   * Makes the folder, takes its lock until `close`, and clears what a killed process left.
   * @param say told where the lock of a process that is gone was taken over
   * @throws BadRequest where it cannot be made, or another process writes to it
   */
  async open(say: (sentence: string) => void): Promise<void> {
    await makeFolder(this.folder);
    this.release = lockFolder(this.folder, say);
    await removeUnfinished(this.folder, (name) => name === LOCK_FILE || this.isOurs(name));
  }

  close(): void {
    this.release?.();
    this.release = null;
  }

  async read(name: string): Promise<Uint8Array | null> {
    const path = join(this.folder, name);
    try {
      return new Uint8Array(await readBytes(path));
    } catch (error) {
      if (!existsSync(path)) return null;
      throw error;
    }
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return writeBytes(join(this.folder, name), bytes);
  }

  append(name: string, at: number, bytes: Uint8Array): Promise<void> {
    return writeBehind(join(this.folder, name), at, bytes);
  }

  async remove(name: string): Promise<void> {
    const path = join(this.folder, name);
    await rm(path, { force: true }).catch((error) => {
      throw unwritable(path, error);
    });
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error) => {
      throw unreadable(this.folder, error);
    });
    return names.filter((name) => !name.endsWith(ASIDE) && name !== LOCK_FILE);
  }
}
