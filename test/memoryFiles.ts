import type { RunFiles } from '../src/engine/training/runFiles';

/**
 * A run's files in memory. `writesLeft`: the machine dies at the write after so many; that write is lost, as promised, and of
 * what was to be appended half is there.
 */
export class MemoryFiles implements RunFiles {
  readonly files = new Map<string, Uint8Array>();

  /** Bytes written and appended. */
  written = 0;

  /** There is no room for this file; what was to be appended is there in part. */
  full: string | null = null;

  constructor(public writesLeft = Infinity) {}

  async read(name: string): Promise<Uint8Array | null> {
    return this.files.get(name) ?? null;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.writesLeft-- <= 0) throw new Error('killed');
    if (name === this.full) throw noSpace(name);
    this.files.set(name, bytes.slice());
    this.written += bytes.length;
  }

  async append(name: string, at: number, bytes: Uint8Array): Promise<void> {
    const dies = this.writesLeft-- <= 0;
    const fails = dies || name === this.full;
    const kept = (this.files.get(name) ?? new Uint8Array()).subarray(0, at);
    // Of a write in place a crash leaves a part.
    const added = fails ? bytes.subarray(0, bytes.length / 2) : bytes;
    this.files.set(name, Uint8Array.from([...kept, ...added]));
    if (dies) throw new Error('killed');
    if (fails) throw noSpace(name);
    this.written += bytes.length;
  }

  async remove(name: string): Promise<void> {
    if (this.writesLeft <= 0) throw new Error('killed');
    this.files.delete(name);
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }
}

const noSpace = (name: string) => new Error(`${name}: no space left`);
