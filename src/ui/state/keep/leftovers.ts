/** What a tab has kept and cannot open again: handed over as it is, or deleted; until then it stays. */
import { holdsScan } from '../../../volume/formats/content';
import { archiveOf } from '../../rooms/train/state/runArchive';
import type { Context } from '../context';
import type { AppActions } from '../types';
import type { TabFiles } from './tabFiles';

export interface Leftovers {
  /** Why it cannot be opened, in a sentence. */
  why: string;
  count: number;
  bytes: number;
  /** All of it in one zip. */
  archive(now: Date): Promise<Blob>;
  remove(): Promise<void>;
}

/** Null where nothing is there. @param names of what is kept; those that are deleted are taken out */
export async function leftoversOf(tab: TabFiles, names: Set<string>, why: string): Promise<Leftovers | null> {
  const found = await Promise.all([...names].map(async (name) => ({ name, blob: await tab.file(name) })));
  const files = found.flatMap(({ name, blob }) => (blob ? [{ name, blob }] : []));
  if (files.length === 0) return null;
  return {
    why,
    count: files.length,
    bytes: files.reduce((sum, { blob }) => sum + blob.size, 0),
    async archive(now) {
      const named = files.map(async ({ name, blob }) => ({ name: await nameOf(name, blob), blob }));
      return archiveOf('kept', await Promise.all(named), now);
    },
    async remove() {
      for (const name of names) {
        await tab.remove(name);
        names.delete(name);
      }
    },
  };
}

export function leftoverActions({
  get,
  set,
  services: { download, now },
  report,
}: Context): Pick<AppActions, 'answerLeftovers'> {
  return {
    async answerLeftovers(answer) {
      const { leftovers } = get();
      if (!leftovers) return;
      try {
        if (answer === 'download')
          download('syndiff-kept.zip', await leftovers.archive(now()), 'application/zip');
        if (answer === 'delete') await leftovers.remove();
        if (answer !== 'download') set({ leftovers: null });
      } catch (error) {
        report(error);
      }
    },
  };
}

/** Their own names were in what cannot be read: at least the ending tells what they are. */
async function nameOf(name: string, blob: Blob): Promise<string> {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const isGzip = first === 0x1f && second === 0x8b;
  if (await holdsScan({ name, blob })) return isGzip ? `${name}.nii.gz` : `${name}.nii`;
  return first === 0x50 && second === 0x4b ? `${name}.pth` : `${name}.bin`;
}
