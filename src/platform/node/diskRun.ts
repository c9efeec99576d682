/** A training run's files in a folder, each written whole or not at all (what a crash leaves is the file before) or appended to. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunFiles } from '../../engine/training/checkpoint';
import { BadRequest } from '../../errors';

const ASIDE = '.part';

export class DiskRun implements RunFiles {
  constructor(readonly folder: string) {}

  /** Makes the folder and clears what a killed process left. @throws BadRequest where it cannot be made */
  async create(): Promise<void> {
    await mkdir(this.folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new BadRequest(
        `${this.folder}: must be a folder to write to, got ${error.code}; choose another --out`,
      );
    });
    for (const name of await readdir(this.folder)) if (name.endsWith(ASIDE)) await this.remove(name);
  }

  async read(name: string): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await readFile(join(this.folder, name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await writeSafely(join(this.folder, name), bytes);
  }

  async append(name: string, at: number, bytes: Uint8Array): Promise<void> {
    // Not 'a': it would write at the end, whatever lies there.
    const file = await open(join(this.folder, name), constants.O_RDWR | constants.O_CREAT);
    try {
      await file.truncate(at);
      await file.write(bytes, 0, bytes.length, at);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  async list(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.endsWith(ASIDE));
  }
}

/** Aside, to the disk, then renamed; the renaming itself, too, is on the disk when this returns. */
export async function writeSafely(path: string, content: Uint8Array | string): Promise<void> {
  const aside = path + ASIDE;
  const file = await open(aside, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  const folder = await open(dirname(path), 'r').catch(() => null);
  // Windows does not open folders.
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
