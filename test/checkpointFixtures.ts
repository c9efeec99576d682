/** Small checkpoints made in code, so that tests need neither Python nor big files. */
import { crc32 } from '../src/volume/crc32';
import { concat } from '../src/volume/gzip';

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u16 = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];
const u32 = (n: number): number[] => [...u16(n & 0xffff), ...u16(n >>> 16)];

/** Opcodes of pickle protocol 2, as torch.save writes them. */
export const op = {
  proto: [0x80, 2],
  stop: ascii('.'),
  mark: ascii('('),
  tuple: ascii('t'),
  emptyTuple: ascii(')'),
  emptyDict: ascii('}'),
  emptyList: ascii(']'),
  appends: ascii('e'),
  setItems: ascii('u'),
  reduce: ascii('R'),
  newObject: [0x81],
  build: ascii('b'),
  persistent: ascii('Q'),
  none: ascii('N'),
  false: [0x89],
  true: [0x88],
  int: (n: number): number[] => [...ascii('J'), ...u32(n)],
  float: (x: number): number[] => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, x, false);
    return [...ascii('G'), ...bytes];
  },
  text: (text: string): number[] => [...ascii('X'), ...u32(ascii(text).length), ...ascii(text)],
  global: (module: string, name: string): number[] => ascii(`c${module}\n${name}\n`),
};

export interface FixtureTensor {
  shape: number[];
  /** Row-major where not given. */
  strides?: number[];
  offset?: number;
  /** e.g. "FloatStorage" */
  storageType?: string;
  /** Bytes of the storage. */
  storage: Uint8Array;
  /** Number of values that the pickle claims; by default as many as the storage has float32s. */
  length?: number;
}

const rowMajor = (shape: number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));

const tuple = (...items: number[][]): number[] => [...op.mark, ...items.flat(), ...op.tuple];

function pickledTensor(tensor: FixtureTensor, key: string): number[] {
  const length = tensor.length ?? tensor.storage.length / 4;
  const storage = tuple(
    op.text('storage'),
    op.global('torch', tensor.storageType ?? 'FloatStorage'),
    op.text(key),
    op.text('cpu'),
    op.int(length),
  );
  return [
    ...op.global('torch._utils', '_rebuild_tensor_v2'),
    ...tuple(
      [...storage, ...op.persistent],
      op.int(tensor.offset ?? 0),
      tuple(...tensor.shape.map(op.int)),
      tuple(...(tensor.strides ?? rowMajor(tensor.shape)).map(op.int)),
      op.false,
      [...op.global('collections', 'OrderedDict'), ...op.emptyTuple, ...op.reduce],
    ),
    ...op.reduce,
  ];
}

/** An OrderedDict of tensors; `firstKey` numbers the storages. */
export function pickledStateDict(tensors: Record<string, FixtureTensor>, firstKey = 0): number[] {
  const items = Object.entries(tensors).flatMap(([name, tensor], i) => [
    ...op.text(name),
    ...pickledTensor(tensor, String(firstKey + i)),
  ]);
  return [
    ...op.global('collections', 'OrderedDict'),
    ...op.emptyTuple,
    ...op.reduce,
    ...op.mark,
    ...items,
    ...op.setItems,
  ];
}

/** A whole pickle of one value. */
export function pickle(value: number[]): Uint8Array {
  return Uint8Array.from([...op.proto, ...value, ...op.stop]);
}

/** A zip archive; entries are stored, or deflated where `deflate` is set. */
export async function zip(
  files: Record<string, Uint8Array>,
  options: { deflate?: boolean } = {},
): Promise<Uint8Array> {
  const local: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = options.deflate ? await deflate(content) : content;
    const common = [
      ...u16(0),
      ...u16(options.deflate ? 8 : 0),
      ...u32(0),
      ...u32(crc32(content)),
      ...u32(packed.length),
      ...u32(content.length),
      ...u16(name.length),
    ];
    const entry = [
      ...ascii('PK\x01\x02'),
      ...u16(20),
      ...u16(20),
      ...common,
      ...new Array(12).fill(0),
      ...u32(at),
    ];
    directory.push(Uint8Array.from([...entry, ...ascii(name)]));
    // Four bytes of padding in the local header only, as torch.save aligns its storages.
    const header = [...ascii('PK\x03\x04'), ...u16(20), ...common, ...u16(4), ...ascii(name), 0, 0, 0, 0];
    local.push(Uint8Array.from(header), packed);
    at += header.length + packed.length;
  }
  const count = u16(Object.keys(files).length);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = [...ascii('PK\x05\x06'), 0, 0, 0, 0, ...count, ...count, ...u32(size), ...u32(at), 0, 0];
  return concat([...local, ...directory, Uint8Array.from(end)]);
}

async function deflate(content: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(content)])
    .stream()
    .pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A checkpoint in the zip format. */
export function zipCheckpoint(
  object: number[],
  storages: Uint8Array[],
  options: { deflate?: boolean } = {},
): Promise<Uint8Array> {
  const data = storages.map((bytes, i): [string, Uint8Array] => [`net/data/${i}`, bytes]);
  return zip(
    { 'net/data.pkl': pickle(object), ...Object.fromEntries(data), 'net/version': Uint8Array.of(0x33, 0x0a) },
    options,
  );
}

/** A checkpoint in the legacy format; `storages` are written with keys 0, 1, ... */
export function legacyCheckpoint(object: number[], storages: Uint8Array[], littleEndian = true): Uint8Array {
  const magic = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const system = [
    ...op.emptyDict,
    ...op.mark,
    ...op.text('little_endian'),
    ...(littleEndian ? op.true : op.false),
    ...op.setItems,
  ];
  const keys = [
    ...op.emptyList,
    ...op.mark,
    ...storages.flatMap((_, i) => op.text(String(i))),
    ...op.appends,
  ];
  return concat([
    ...[magic, op.int(1001), system, object, keys].map(pickle),
    ...storages.flatMap((bytes) => [Uint8Array.from([...u32(bytes.length / 4), ...u32(0)]), bytes]),
  ]);
}

/** Float32 values as raw bytes. */
export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
