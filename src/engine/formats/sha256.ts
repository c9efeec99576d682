/** SHA-256 of bytes as 64 hex digits, lower case. Needs a secure context (https or localhost) in a browser. */
export async function sha256(bytes: ArrayBuffer | Uint8Array): Promise<string> {
  // A view of a SharedArrayBuffer is not taken by crypto.subtle, and TypeScript cannot tell it apart: copy.
  const isOwn = bytes instanceof ArrayBuffer || bytes.buffer instanceof ArrayBuffer;
  const data = (isOwn ? bytes : new Uint8Array(bytes)) as BufferSource;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
