/** Files of a drop, those inside of dropped folders too, with their paths. */
import type { DroppedFile } from './rooms/train/state/volumeFiles';

/** Must be called while the drop event is handled: the browser empties it afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return Promise.all(
    entries.map(({ entry, file }) => {
      // A drag made by a script has no entries.
      if (!entry) return file ? [{ file, path: file.name }] : [];
      return filesUnder(entry);
    }),
  ).then((lists) => lists.flat());
}

/** Files of a file chooser. */
export function chosenFiles(files: readonly File[]): DroppedFile[] {
  return files.map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** The file of an entry, or all files in a folder and below; what cannot be read is left out. */
export async function filesUnder(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) => {
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null));
    });
    return file ? [{ file, path: entry.fullPath.replace(/^\//, '') }] : [];
  }
  const children = await childrenOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(children.map(filesUnder))).flat();
}

/** A reader gives a folder in parts, the last of them empty. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (part.length === 0) return children;
    for (const child of part) children.push(child);
  }
}
