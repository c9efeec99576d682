/**
 * Shipped weights: fetched from the page's own origin with progress, checked by sha256, and kept in the origin private file
 * system under their hash. Where that is refused (private window, quota) they are simply fetched again next time.
 */
import { sha256 } from '../../engine/formats/sha256';
import { CorruptFile } from '../../errors';

export interface CachedWeights {
  bytes: ArrayBuffer;
  fromCache: boolean;
}

/** @throws CorruptFile if what arrives has another hash; Error if the server does not answer. */
export async function loadWeights(
  url: string,
  expected: { sha256: string; bytes: number },
  onProgress: (receivedBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<CachedWeights> {
  const cached = await readCache(expected.sha256);
  if (cached && (await sha256(cached)) === expected.sha256) {
    onProgress(expected.bytes, expected.bytes);
    return { bytes: cached, fromCache: true };
  }
  const bytes = await fetchBytes(url, expected.bytes, onProgress, signal);
  const hash = await sha256(bytes);
  if (hash !== expected.sha256) {
    throw new CorruptFile(
      `weights: ${url} must have sha256 ${expected.sha256}, got ${hash}; reload the page to fetch them again`,
    );
  }
  await writeCache(expected.sha256, bytes);
  return { bytes, fromCache: false };
}

async function fetchBytes(
  url: string,
  expectedBytes: number,
  onProgress: (receivedBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) {
    throw new Error(
      `weights: ${url} could not be fetched (status ${response.status}); check that the server is running`,
    );
  }
  const out = new Uint8Array(expectedBytes);
  let received = 0;
  for await (const chunk of streamOf(response.body)) {
    if (received + chunk.length > expectedBytes) {
      throw new CorruptFile(`weights: ${url} must have ${expectedBytes} bytes, got more; reload the page`);
    }
    out.set(chunk, received);
    received += chunk.length;
    onProgress(received, expectedBytes);
  }
  if (received < expectedBytes) {
    throw new CorruptFile(
      `weights: ${url} must have ${expectedBytes} bytes, got ${received}; reload the page`,
    );
  }
  return out.buffer;
}

/** Not every browser can iterate a stream. */
async function* streamOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

async function cacheFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('weights', { create: true });
}

async function readCache(hash: string): Promise<ArrayBuffer | null> {
  try {
    const handle = await (await cacheFolder()).getFileHandle(hash);
    return await (await handle.getFile()).arrayBuffer();
  } catch {
    return null;
  }
}

async function writeCache(hash: string, bytes: ArrayBuffer): Promise<void> {
  try {
    const handle = await (await cacheFolder()).getFileHandle(hash, { create: true });
    const file = await handle.createWritable();
    await file.write(bytes);
    await file.close();
  } catch {
    // Not kept: the weights are in memory, and the hash guards against half-written files.
  }
}
