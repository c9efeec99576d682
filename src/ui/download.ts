import { plainLine } from '../plainText';

/** Hands bytes made here to the user as a file; nothing leaves the machine. */
export function download(name: string, data: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([data], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = plainLine(name);
  link.click();
  // The browser reads the blob after the click; a minute is enough on any machine.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
