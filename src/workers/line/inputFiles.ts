import { plainLine } from '../../plainText';
import type { InputFile } from '../translate/protocol';

/** Files of the page's as they cross the line: the worker reads them, and their bytes are never on the page. */
export function inputFiles(files: readonly File[]): InputFile[] {
  return files.map((file) => ({ name: plainLine(file.name), blob: file }));
}
