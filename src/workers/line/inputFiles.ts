import type { InputFile } from '../translate/protocol';

/** Files of the page's as they cross the line. */
export function readFiles(files: readonly File[]): Promise<InputFile[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, bytes: await file.arrayBuffer() })));
}
