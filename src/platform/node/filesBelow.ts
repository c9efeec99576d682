/** All files in a folder and below. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { BadRequest } from '../../errors';
import { unreadable } from './fileErrors';

/**
 * Their paths, seen from the folder. Links to folders are followed, each folder is entered once, under the name without a link where it
 * has one, and none that the folder itself lies in: links may lead in a circle. A link that leads to nothing counts as a file.
 * @throws BadRequest with the reason where a folder cannot be read
 */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const root = await realpath(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new BadRequest(`${folder}: no such folder; correct the name`);
    throw unreadable(folder, error);
  });
  const entered = new Set<string>();
  const folders = [{ path: folder, real: root }];
  const links: string[] = [];
  // Links last, and no calls within calls, of which a deep tree would need too many.
  for (;;) {
    const at = folders.pop();
    if (at) await enter(at);
    else {
      const link = links.shift();
      if (link === undefined) return files;
      const real = await realOf(link);
      if (real !== root && !root.startsWith(real.replace(/[\\/]?$/, sep))) folders.push({ path: link, real });
    }
  }

  async function enter({ path, real }: { path: string; real: string }): Promise<void> {
    if (entered.has(real)) return;
    entered.add(real);
    const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
      throw unreadable(path, error);
    });
    for (const entry of entries) {
      const one = join(path, entry.name);
      if (entry.isDirectory()) folders.push({ path: one, real: join(real, entry.name) });
      else if (entry.isSymbolicLink() && (await isFolder(one))) links.push(one);
      else files.push(relative(folder, one));
    }
  }
}

const realOf = (path: string): Promise<string> =>
  realpath(path).catch((error) => {
    throw unreadable(path, error);
  });

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
