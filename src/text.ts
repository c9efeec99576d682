/** Bytes as text: of lists, tables and JSON alike, in the encodings that editors and spreadsheets save. */
const CONTROL = [...Array(32).keys()].filter((code) => code < 9 || code > 13);
/** As much as tells one encoding from another. */
const LOOKED_AT = 4096;

/**
 * UTF-8, UTF-16 with its byte order mark, else the letters of Windows; without the mark.
 * @param refusal the error to throw where this is no text, of what it is
 */
export function textOf(bytes: Uint8Array | ArrayBuffer, refusal: (got: string) => Error): string {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const mark = (...wanted: number[]) => wanted.every((byte, at) => all[at] === byte);
  if (mark(0xff, 0xfe, 0, 0) || mark(0, 0, 0xfe, 0xff)) throw refusal('UTF-32');
  if (mark(0xff, 0xfe)) return new TextDecoder('utf-16le').decode(all);
  if (mark(0xfe, 0xff)) return new TextDecoder('utf-16be').decode(all);
  const head = all.subarray(0, LOOKED_AT);
  // Of two bytes of a Latin letter one is 0, always the same.
  const zeros = [0, 1].map((odd) => head.filter((byte, at) => byte === 0 && at % 2 === odd).length);
  const share = Math.max(...zeros) / head.length;
  if (Math.min(...zeros) === 0 && share > 0.4) throw refusal('UTF-16 without a byte order mark');
  if (CONTROL.some((code) => head.includes(code))) throw refusal('bytes that are no text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(all);
  } catch {
    return new TextDecoder('windows-1252').decode(all);
  }
}

/** Without what ends them: \n, \r\n or \r. */
export const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);
