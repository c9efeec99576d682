import type { RunFiles } from '../src/engine/training/checkpoint';

/** A run's files in memory. `writesLeft`: the machine dies at the write after so many; that write is lost, as promised. */
export class MemoryFiles implements RunFiles {
  readonly files = new Map<string, Uint8Array>();

  constructor(public writesLeft = Infinity) {}

  async read(name: string): Promise<Uint8Array | null> {
    return this.files.get(name) ?? null;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.writesLeft-- <= 0) throw new Error('killed');
    this.files.set(name, bytes.slice());
  }

  async remove(name: string): Promise<void> {
    if (this.writesLeft <= 0) throw new Error('killed');
    this.files.delete(name);
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }
}
