/** A program of kernels on buffers whose places in one arena are settled before it runs. */
import type { Layer } from '../layer';
import type { Kernels } from './kernels';
import type { Recorded } from './recording';
import { roundUp } from './rooms';

/** Its offset in the arena. It is in use until as many have given it back as hold it. */
export interface Buffer {
  offset: number;
  bytes: number;
  holders: number;
}

/** Starts kernels, and does nothing else: it is recorded. Told where the arena begins. */
type Step = (arena: number) => void;

export class Plan {
  /** The arena's size. */
  bytes = 0;
  private readonly free: { offset: number; bytes: number }[] = [];
  private readonly steps: { layer: Layer; step: Step }[] = [];
  private recorded: Recorded | null = null;

  /** @param layer what it is a part of, for benchmarks: the same object in all steps of one layer */
  add(layer: Layer, step: Step): void {
    this.steps.push({ layer, step });
  }

  /** @param arena always the same */
  run(kernels: Kernels, arena: number): void {
    if (!this.recorded || !kernels.fits(this.recorded)) {
      this.dispose();
      this.recorded = kernels.record(() => {
        for (const { step } of this.steps) step(arena);
      });
    }
    this.recorded.play();
  }

  /** What `run` keeps. */
  dispose(): void {
    this.recorded?.dispose();
    this.recorded = null;
  }

  /** The same, told of every step as it is done. */
  watched(arena: number, done: (layer: Layer) => void): void {
    for (const { layer, step } of this.steps) {
      step(arena);
      done(layer);
    }
  }

  /** A buffer of so many float32, whose contents are whatever was there. */
  take(floats: number): Buffer {
    const bytes = roundUp(floats * 4, 64);
    const found = this.free.findIndex((gap) => gap.bytes >= bytes);
    if (found < 0) {
      // What is free at the end grows.
      const last = this.free.at(-1);
      const begin = last && last.offset + last.bytes === this.bytes ? last.offset : this.bytes;
      if (begin !== this.bytes) this.free.pop();
      this.bytes = begin + bytes;
      return { offset: begin, bytes, holders: 1 };
    }
    const gap = this.free[found];
    const { offset } = gap;
    if (gap.bytes === bytes) this.free.splice(found, 1);
    else Object.assign(gap, { offset: offset + bytes, bytes: gap.bytes - bytes });
    return { offset, bytes, holders: 1 };
  }

  give(buffer: Buffer): void {
    if (--buffer.holders > 0) return;
    const { offset, bytes } = buffer;
    const next = this.free.findIndex((gap) => gap.offset > offset);
    const at = next < 0 ? this.free.length : next;
    this.free.splice(at, 0, { offset, bytes });
    this.join(at);
    if (at > 0) this.join(at - 1);
  }

  /** A gap and the one behind it, where they touch. */
  private join(at: number): void {
    const [gap, next] = [this.free[at], this.free[at + 1]];
    if (!next || gap.offset + gap.bytes !== next.offset) return;
    gap.bytes += next.bytes;
    this.free.splice(at + 1, 1);
  }
}

/** Weights as the kernels want them, in memory of their own until they are disposed. */
export class Packed {
  /** Of all that is taken. */
  bytes = 0;
  private readonly taken: number[] = [];

  constructor(private readonly kernels: Kernels) {}

  /** Zeros. */
  take(floats: number): number {
    const address = this.kernels.allocate(floats * 4);
    this.taken.push(address);
    this.bytes += floats * 4;
    this.kernels.floats(address, floats).fill(0);
    return address;
  }

  dispose(): void {
    for (const address of this.taken.splice(0)) this.kernels.free(address);
  }
}
