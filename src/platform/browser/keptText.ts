/** Small texts that the engine keeps between visits, in the origin private file system, which workers reach, too. */
import type { KeptText } from '../../engine/kernels/webgpu/tileStore';

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('engine', { create: true });
}

export function keptText(name: string): KeptText {
  return {
    read: async () => {
      try {
        return await (await (await (await folder()).getFileHandle(name)).getFile()).text();
      } catch {
        return null;
      }
    },
    write: async (text) => {
      try {
        const file = await (await (await folder()).getFileHandle(name, { create: true })).createWritable();
        await file.write(text);
        await file.close();
      } catch {
        // Private window, quota: found again at the next start.
      }
    },
  };
}
