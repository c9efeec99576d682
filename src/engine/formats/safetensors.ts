/**
 * The safetensors format: u64 length of the header, little-endian; the header, JSON; then the tensors' bytes, back to back.
 * Header: name -> { dtype, shape, data_offsets: [begin, end] } counted from the end of the header, and `__metadata__`, a
 * string map. https://github.com/huggingface/safetensors#format
 */
import { BadRequest, CorruptFile, UnsupportedFile } from '../../errors';
import { parseJson, record } from '../../schema';
import { checkedFloat16, decodeBfloat16, decodeFloat16 } from './float16';
import { plainBytes } from './plainBytes';

export type SafetensorsDtype = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I8' | 'U8';

const BYTES_PER_VALUE: Record<SafetensorsDtype, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I8: 1,
  U8: 1,
};

/** The format allows 100 MB; that of a network has some hundred kB. */
const LONGEST_HEADER = 16_000_000;
/** As many networks as a run has are some three thousand. */
const MOST_TENSORS = 65_536;

/** Values as numbers: F32, F16 and BF16 in a Float32Array, F64 and I64 in a Float64Array, the rest in arrays of their kind. */
export interface StoredTensor {
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Int8Array | Uint8Array;
}

export interface SafetensorsFile {
  /** In file order. */
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** What `writeSafetensors` takes: F16 is rounded from float32. */
export type WritableTensor =
  | { readonly dtype: 'F32' | 'F16'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array };

/**
 * All tensors of a file, copied out of it.
 * @throws CorruptFile where the header is not valid, or offsets leave the file, overlap or contradict dtype and shape;
 *         UnsupportedFile for a dtype that is not in `SafetensorsDtype`.
 */
export function readSafetensors(input: ArrayBuffer | Uint8Array): SafetensorsFile {
  const bytes = plainBytes(input);
  if (bytes.length < 8) throw corrupt(`file must have at least 8 bytes, got ${bytes.length}`);
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerLength > LONGEST_HEADER && headerLength <= bytes.length - 8) {
    throw new UnsupportedFile(
      `safetensors: header must be up to ${LONGEST_HEADER} bytes, got ${headerLength}; save one network alone`,
    );
  }
  if (headerLength > bytes.length - 8) {
    throw corrupt(
      `header must fit into the file of ${bytes.length} bytes, got a length of ${headerLength}; the file is cut short or damaged`,
    );
  }
  const dataStart = 8 + Number(headerLength);
  const header = parseHeader(bytes.subarray(8, dataStart));
  const body = bytes.subarray(dataStart);

  const places = [...header.tensors].sort((a, b) => a[1].begin - b[1].begin || a[1].end - b[1].end);
  let expected = 0;
  for (const [name, { begin, end }] of places) {
    if (begin !== expected) {
      throw corrupt(
        `tensors must follow each other without gap or overlap, got "${name}" at byte ${begin} where ${expected} was due`,
      );
    }
    expected = end;
  }
  if (expected !== body.length) {
    throw corrupt(
      `tensors must fill the file, got ${body.length} bytes where the header tells of ${expected}; the file is cut short or damaged`,
    );
  }

  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of header.tensors) {
    tensors.set(name, {
      dtype,
      shape,
      data: decode(name, dtype, new Uint8Array(body.subarray(begin, end)).buffer),
    });
  }
  return { tensors, metadata: header.metadata };
}

/**
 * The file's bytes: tensors in the given order, the header padded with spaces to a multiple of 8.
 * @throws BadRequest where a shape contradicts its data, or a finite value is too large for float16 (the tensor is named)
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, WritableTensor]>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: [name: string, place: unknown][] = [['__metadata__', metadata]];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    if (elementCount(tensor.shape) !== tensor.data.length) {
      throw new BadRequest(
        `safetensors: "${name}" of shape [${tensor.shape}] must have ${elementCount(tensor.shape)} values, got ${tensor.data.length}`,
      );
    }
    const part = encode(name, tensor);
    header.push([
      name,
      { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, offset + part.length] },
    ]);
    parts.push(part);
    offset += part.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(8 + headerLength + offset);
  new DataView(out.buffer).setBigUint64(0, BigInt(headerLength), true);
  out.fill(0x20, 8, 8 + headerLength);
  out.set(json, 8);
  let position = 8 + headerLength;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

/** Product of the sides; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

interface Place {
  dtype: SafetensorsDtype;
  shape: number[];
  begin: number;
  end: number;
}

function parseHeader(bytes: Uint8Array): { tensors: Map<string, Place>; metadata: Record<string, string> } {
  const at = { subject: 'safetensors', name: 'header', advice: 'the file is damaged' };
  const json = parseJson(textOf(bytes), record, at);
  const tensors = new Map<string, Place>();
  let metadata: Record<string, string> = {};
  const entries = Object.entries(json);
  if (entries.length > MOST_TENSORS)
    throw new UnsupportedFile(
      `safetensors: file must hold up to ${MOST_TENSORS} tensors, got ${entries.length}; save one network alone`,
    );
  for (const [name, value] of entries) {
    if (name === '__metadata__') metadata = value === null ? {} : parseMetadata(value);
    else tensors.set(name, parsePlace(name, value));
  }
  return { tensors, metadata };
}

/** @throws CorruptFile where it is no UTF-8 */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw corrupt('header must be JSON, got text that is not UTF-8; the file is damaged');
  }
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw corrupt('__metadata__ must be an object');
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw corrupt(`__metadata__.${key} must be a string, got ${typeof text}`);
      return [key, text];
    }),
  );
}

function parsePlace(name: string, value: unknown): Place {
  if (!isRecord(value)) throw corrupt(`"${name}" must be an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') throw corrupt(`"${name}" must have a dtype`);
  if (!isDtype(dtype)) {
    throw new UnsupportedFile(
      `safetensors: dtype must be one of ${Object.keys(BYTES_PER_VALUE).join(', ')}, got ${dtype} in "${name}"`,
    );
  }
  if (!isCountList(shape)) throw corrupt(`shape of "${name}" must be a list of whole numbers`);
  if (!isCountList(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw corrupt(`data_offsets of "${name}" must be [begin, end]`);
  }
  const [begin, end] = offsets;
  const needed = elementCount(shape) * BYTES_PER_VALUE[dtype];
  if (end - begin !== needed) {
    throw corrupt(`"${name}" of ${dtype} [${shape}] must have ${needed} bytes, got ${end - begin}`);
  }
  return { dtype, shape, begin, end };
}

function decode(name: string, dtype: SafetensorsDtype, buffer: ArrayBuffer): StoredTensor['data'] {
  switch (dtype) {
    case 'F64':
      return new Float64Array(buffer);
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return decodeFloat16(new Uint16Array(buffer));
    case 'BF16':
      return decodeBfloat16(new Uint16Array(buffer));
    case 'I64':
      return Float64Array.from(new BigInt64Array(buffer), (value) => {
        if (!Number.isSafeInteger(Number(value))) {
          throw new UnsupportedFile(
            `safetensors: whole numbers must be below 2^53, got ${value} in "${name}"`,
          );
        }
        return Number(value);
      });
    case 'I32':
      return new Int32Array(buffer);
    case 'I8':
      return new Int8Array(buffer);
    case 'U8':
      return new Uint8Array(buffer);
  }
}

function encode(name: string, tensor: WritableTensor): Uint8Array {
  const data = tensor.dtype === 'F16' ? checkedFloat16('safetensors', name, tensor.data) : tensor.data;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function corrupt(what: string): CorruptFile {
  return new CorruptFile(`safetensors: ${what}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isDtype(value: string): value is SafetensorsDtype {
  return Object.hasOwn(BYTES_PER_VALUE, value);
}
