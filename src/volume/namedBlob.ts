import { BadRequest } from '../errors';

/** A file as the page, its workers and the command line hand it on: read only where its bytes are needed. */
export interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** @throws BadRequest where the file cannot be read any more: it was deleted, moved or changed since it was chosen */
export async function readBlob({ name, blob }: NamedBlob): Promise<{ name: string; bytes: ArrayBuffer }> {
  try {
    return { name, bytes: await blob.arrayBuffer() };
  } catch (error) {
    throw new BadRequest(
      `${name}: must be readable, got "${(error as Error).message}"; choose the file again`,
    );
  }
}
