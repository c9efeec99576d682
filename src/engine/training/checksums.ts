/** Checksums of a run's files, so that a file which a disk has changed is named before anything is computed from it. */
import { CorruptFile } from '../../errors';
import { type Infer, jsonOf, object, type Place, text, whole } from '../../schema';
import { sha256 } from '../formats/sha256';

export const FILE_SUM = object({ bytes: whole(), sha256: text(/^[0-9a-f]{64}$/, '64 hex digits') });
export type FileSum = Infer<typeof FILE_SUM>;

/** What to do about a file that is not as it was written. */
const ADVICE = 'restore it from a copy, or start a new run';

export async function sumOf(bytes: Uint8Array): Promise<FileSum> {
  return { bytes: bytes.length, sha256: await sha256(bytes) };
}

/** @param sum absent in runs of former versions, which are taken as they are @throws CorruptFile */
export async function checkSum(name: string, bytes: Uint8Array, sum: FileSum | undefined): Promise<void> {
  if (!sum) return;
  if (bytes.length !== sum.bytes)
    throw new CorruptFile(`${name}: must be of ${sum.bytes} bytes, got ${bytes.length}; ${ADVICE}`);
  if ((await sha256(bytes)) !== sum.sha256) throw changed(name);
}

/** JSON whose last field is the checksum of what is before it. */
export async function sealed(value: object): Promise<Uint8Array> {
  const json = JSON.stringify(value);
  const sum = await sha256(new TextEncoder().encode(json));
  return new TextEncoder().encode(`${json.slice(0, -1)}${seal(sum)}`);
}

/**
 * What `sealed` was given.
 * @param mark a field of what was never written without a checksum; former versions wrote none
 * @throws CorruptFile where it is no JSON, or not as it was written
 */
export async function unsealed(bytes: Uint8Array, at: Place, mark?: string): Promise<unknown> {
  const value = jsonOf(bytes, at);
  const start = bytes.length - SEAL_LENGTH;
  const end = new TextDecoder().decode(bytes.subarray(Math.max(start, 0)));
  if (/^,"sha256":"[0-9a-f]{64}"\}$/.test(end)) {
    const json = bytes.slice(0, start + 1);
    json[start] = '}'.charCodeAt(0);
    if (end !== seal(await sha256(json))) throw changed(at.subject);
  } else if (mark && typeof value === 'object' && value !== null && mark in value) throw changed(at.subject);
  return value;
}

const seal = (sum: string) => `,"sha256":"${sum}"}`;
const SEAL_LENGTH = seal('').length + 64;

function changed(name: string): CorruptFile {
  return new CorruptFile(
    `${name}: must be as it was written, got other bytes (its checksum differs); ${ADVICE}`,
  );
}
