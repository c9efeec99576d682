/** A network as dispatches over buffers: plain data, from which the memory is planned and the device is set up. */
import type * as tf from '../../tf';
import type { Layer } from '../layer';
import type { Size, Tile } from './convolution';
import type { Kernel, WeightStorage } from './wgsl';

/** A buffer by its number, or a block of weights by its. */
export type Operand = ({ buffer: number } | { block: number }) & { /** Bytes, of 256. */ offset?: number };

/** A convolution, and what other tiles make of it. */
export interface Tiling {
  /** The same for all that compute alike. */
  shape: string;
  out: Size;
  tile: Tile;
  /** Those that fit. */
  tiles: readonly Tile[];
  /** The kernel by another tile, and the bytes of each buffer that it writes. */
  by(tile: Tile): { kernel: Kernel; bytes: readonly number[] };
}

export interface Dispatch {
  label: string;
  /** Of one of the batch's images, for benchmarks. */
  layer: Layer;
  kernel: Kernel;
  /** In the order of the shader's bindings; then what it writes, buffers by their numbers. */
  reads: readonly Operand[];
  writes: readonly number[];
  tiling?: Tiling;
}

export type Values = (tensor: tf.Tensor) => Float32Array;

/** Weights as a kernel wants them. */
export interface Block {
  /** Numbers. */
  length: number;
  storage: WeightStorage;
  /** The numbers; of eight bits the whole ones. */
  fill: (values: Values) => Float32Array;
  /** Of eight bits what comes before them: how many scales, and these. */
  scales?: { length: number; fill: () => Float32Array };
}

const BYTES = { f32: 4, f16: 2, q8: 1 } as const;

export const bytesOfBlock = ({ length, storage, scales }: Block): number =>
  length * BYTES[storage] + 4 * (scales?.length ?? 0);

export interface Graph {
  /** Bytes of each buffer. */
  buffers: readonly number[];
  blocks: readonly Block[];
  dispatches: readonly Dispatch[];
  /** What is written before the first dispatch. */
  inputs: { images: readonly number[] /** Null where it listens to no z and t. */; hidden: number | null };
  output: number;
}

export interface MemoryPlan {
  /** Which piece of memory each buffer lies in, and the bytes of each piece. */
  pieceOf: readonly number[];
  pieces: readonly number[];
}

/**
 * Buffers that never live at the same time share a piece of memory, the largest first. A dispatch never reads and writes the same piece, which
 * WebGPU forbids.
 */
export function planMemory({ buffers, dispatches, inputs, output }: Graph): MemoryPlan {
  const first = new Array<number>(buffers.length).fill(Number.POSITIVE_INFINITY);
  const last = new Array<number>(buffers.length).fill(-1);
  const uses = (id: number, at: number) => {
    first[id] = Math.min(first[id], at);
    last[id] = Math.max(last[id], at);
  };
  for (const id of [...inputs.images, inputs.hidden]) if (id !== null) uses(id, -1);
  dispatches.forEach(({ reads, writes }, at) => {
    for (const operand of reads) if ('buffer' in operand) uses(operand.buffer, at);
    for (const id of writes) uses(id, at);
  });
  uses(output, dispatches.length);
  const pieceOf = new Array<number>(buffers.length).fill(-1);
  const pieces: { bytes: number; lives: number[] }[] = [];
  const bySize = buffers.map((_, id) => id).sort((a, b) => buffers[b] - buffers[a] || first[a] - first[b]);
  for (const id of bySize) {
    const free = pieces.findIndex(({ lives }) =>
      lives.every((other) => last[other] < first[id] || last[id] < first[other]),
    );
    if (free >= 0) pieces[free].lives.push(id);
    else pieces.push({ bytes: buffers[id], lives: [id] });
    pieceOf[id] = free >= 0 ? free : pieces.length - 1;
  }
  return { pieceOf, pieces: pieces.map(({ bytes }) => bytes) };
}
