/** CRC-32 as zip and gzip have it (RFC 1952). */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** @param before of the bytes that came before these */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let n = 0; n < bytes.length; n++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[n]) & 0xff];
  return ~crc >>> 0;
}

/** Of all of a blob, read in pieces. */
export async function blobCrc32(blob: Blob): Promise<number> {
  const reader = blob.stream().getReader();
  let crc = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) crc = crc32(part.value, crc);
  return crc;
}
