/** Tensors as PyTorch saves them: a window (offset, sizes, strides) into a storage of raw little-endian values. */
import { CorruptFile } from '../../errors';
import { decodeBfloat16, decodeFloat16 } from './float16';
import type { NamedTensor } from './namedTensor';
import { elementCount } from './safetensors';
import { gatherStridedBytes } from './strided';

/** Storage classes by the name in the pickle, with the bytes a value takes and how values become float32. */
export const TORCH_STORAGES: ReadonlyMap<string, StorageKind> = new Map(
  (
    [
      ['FloatStorage', 'f32', 4, (buffer) => new Float32Array(buffer)],
      ['HalfStorage', 'f16', 2, (buffer) => decodeFloat16(new Uint16Array(buffer))],
      ['BFloat16Storage', 'bf16', 2, (buffer) => decodeBfloat16(new Uint16Array(buffer))],
      ['DoubleStorage', 'f64', 8, (buffer) => Float32Array.from(new Float64Array(buffer))],
      ['LongStorage', 'i64', 8, (buffer) => Float32Array.from(new BigInt64Array(buffer), Number)],
      ['IntStorage', 'i32', 4, (buffer) => Float32Array.from(new Int32Array(buffer))],
      ['ShortStorage', 'i16', 2, (buffer) => Float32Array.from(new Int16Array(buffer))],
      ['CharStorage', 'i8', 1, (buffer) => Float32Array.from(new Int8Array(buffer))],
      ['ByteStorage', 'u8', 1, (buffer) => Float32Array.from(new Uint8Array(buffer))],
      ['BoolStorage', 'bool', 1, (buffer) => Float32Array.from(new Uint8Array(buffer))],
    ] as [string, string, number, StorageKind['decode']][]
  ).map(([name, dtype, bytesPerValue, decode]) => [`torch.${name}`, { dtype, bytesPerValue, decode }]),
);

export interface StorageKind {
  readonly dtype: string;
  readonly bytesPerValue: number;
  readonly decode: (buffer: ArrayBuffer) => Float32Array;
}

/** A storage that the pickle speaks of; its bytes lie elsewhere in the file under `key`. */
export class TorchStorage {
  constructor(
    readonly kind: StorageKind,
    readonly key: string,
    /** Number of values. */
    readonly length: number,
  ) {}
}

export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/**
 * The tensor's values in row-major order.
 * @param bytes the whole storage
 * @throws CorruptFile where the storage is not as long as the pickle says, or the window leaves it
 */
export function decodeTorchTensor(name: string, tensor: TorchTensor, bytes: Uint8Array): NamedTensor {
  const { storage, offset, shape, strides } = tensor;
  const { bytesPerValue, decode } = storage.kind;
  if (bytes.length !== storage.length * bytesPerValue) {
    throw new CorruptFile(
      `checkpoint: storage of "${name}" must have ${storage.length * bytesPerValue} bytes, got ${bytes.length}; the file is damaged`,
    );
  }
  const count = elementCount(shape);
  const last = offset + shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis], 0);
  // More values than the storage has would be a broadcast view, which no weight is: a file could claim any size by it.
  if (count > storage.length || (count > 0 && last >= storage.length)) {
    throw new CorruptFile(
      `checkpoint: "${name}" of shape [${shape}] must lie within its storage of ${storage.length} values; the file is damaged`,
    );
  }
  const isInOrder = count === 0 || isRowMajor(shape, strides);
  const values = isInOrder
    ? bytes.slice(offset * bytesPerValue, (offset + count) * bytesPerValue)
    : gatherStridedBytes(bytes.subarray(offset * bytesPerValue), bytesPerValue, shape, strides);
  return { shape, data: decode(values.buffer) };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // The stride of an axis of length 1 is never used, and PyTorch writes what it likes there.
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}
