/**
 * Checkpoints as `torch.save` writes them, read without Python and without running anything.
 *
 * zip format (PyTorch 1.6 and later): ARCHIVE/data.pkl, the pickled object, and ARCHIVE/data/KEY, one raw storage each.
 * legacy format: five pickles' worth in a row: magic number, protocol 1001, facts of the machine, the object, the list of
 * storage keys; then each storage in that order: its number of values as int64, then the values.
 *
 * The object is either one state_dict, or a dict of several things (the authors' content.pth: `gen_diffusive_1_dict`,
 * optimizer states, an argparse Namespace under `args`).
 */
import { BadRequest, CorruptFile, UnsupportedFile } from '../../errors';
import type { NamedTensor, StateDict } from './namedTensor';
import { type PickleOptions, PickleRecord, PickleType, readPickle } from './pickle';
import { plainBytes } from './plainBytes';
import { elementCount } from './safetensors';
import { decodeTorchTensor, TORCH_STORAGES, TorchStorage, TorchTensor } from './torchTensor';
import { listZip, readZipEntry } from './zip';

/** 0x1950a86a20f9469cfc6c, the first pickle of a legacy checkpoint. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** Six networks of a run have some three thousand. */
export const MOST_TENSORS = 65_536;
/** Plain values and their letters: the authors' arguments are sixty of them. */
const MOST_ARGS = 100_000;

export interface TorchNetwork {
  /** Key in the file without "_dict"; "" where the file is one bare state_dict. */
  readonly name: string;
  /** Parameter names in file order, without the "module." of DataParallel. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

export interface TorchCheckpoint {
  readonly format: 'pth-zip' | 'pth-legacy';
  readonly networks: readonly TorchNetwork[];
  /** The plain values and lists of the Namespace or dict under `args`; empty where there is none. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Bytes of the storage with this key. */
  readonly storage: (key: string) => Promise<Uint8Array>;
}

/**
 * What is in a checkpoint; no tensor is decoded yet.
 * @throws UnsupportedFile for anything that is no PyTorch checkpoint, or names a type outside the list (it is named);
 *         CorruptFile where it is cut short or contradicts itself
 */
export async function openTorchCheckpoint(input: Uint8Array): Promise<TorchCheckpoint> {
  const bytes = plainBytes(input);
  return bytes[0] === 0x50 ? openZip(bytes) : openLegacy(bytes);
}

/**
 * Decodes one network.
 * @throws CorruptFile where a storage is missing, or a tensor leaves its storage
 */
export async function readTorchNetwork(
  checkpoint: TorchCheckpoint,
  network: TorchNetwork,
): Promise<{ state: StateDict; dtype: string }> {
  const storages = new Set([...network.tensors.values()].map((tensor) => tensor.storage));
  const available = sum([...storages], (storage) => storage.length);
  const claimed = sum([...network.tensors.values()], (tensor) => elementCount(tensor.shape));
  // Thousands of tensors on one storage would decode to far more than the file holds.
  if (claimed > available) {
    throw new CorruptFile(
      `checkpoint: tensors must not share storage, got ${claimed} values in storages of ${available}`,
    );
  }
  // Each is unpacked and checked once, however many tensors lie in it.
  const contents = new Map<TorchStorage, Uint8Array>();
  for (const storage of storages) contents.set(storage, await checkpoint.storage(storage.key));
  const state = new Map<string, NamedTensor>();
  for (const [name, tensor] of network.tensors)
    state.set(name, decodeTorchTensor(name, tensor, contents.get(tensor.storage)!));
  const dtypes = new Set([...storages].map((storage) => storage.kind.dtype));
  return { state, dtype: dtypes.size === 1 ? [...dtypes][0] : 'mixed' };
}

async function openZip(bytes: Uint8Array): Promise<TorchCheckpoint> {
  const entries = listZip(bytes);
  const pickle = [...entries.values()].find((entry) => /^[^/]*\/data\.pkl$/.test(entry.name));
  if (!pickle) {
    throw new UnsupportedFile(
      'checkpoint: zip archive must hold data.pkl as torch.save writes it, got none; save the state_dict with torch.save',
    );
  }
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw new UnsupportedFile(
      'checkpoint: file must be a state_dict, got a TorchScript program; save model.state_dict() with torch.save',
    );
  }
  const order = entries.get(`${folder}byteorder`);
  if (order) requireLittleEndian(new TextDecoder().decode(await readZipEntry(bytes, order)) === 'little');

  const storages = new Map<string, TorchStorage>();
  const { value } = readPickle(await readZipEntry(bytes, pickle), 0, pickleOptions(storages));
  return {
    format: 'pth-zip',
    ...describe(value),
    storage: async (key) => {
      const entry = entries.get(`${folder}data/${key}`);
      if (!entry) {
        throw new CorruptFile(`checkpoint: archive must hold storage ${key}, got none; the file is damaged`);
      }
      return readZipEntry(bytes, entry);
    },
  };
}

function openLegacy(bytes: Uint8Array): TorchCheckpoint {
  const storages = new Map<string, TorchStorage>();
  const options = pickleOptions(storages);
  const magic = readPickle(bytes, 0, options);
  if (magic.value !== LEGACY_MAGIC) {
    throw new UnsupportedFile(
      'checkpoint: pickle must be one that torch.save wrote, got another; save the state_dict with torch.save',
    );
  }
  const protocol = readPickle(bytes, magic.end, options);
  if (protocol.value !== 1001) {
    throw new UnsupportedFile('checkpoint: legacy protocol must be 1001, got another');
  }
  const system = readPickle(bytes, protocol.end, options);
  requireLittleEndian(system.value instanceof Map && system.value.get('little_endian') !== false);
  const object = readPickle(bytes, system.end, options);
  const keys = readPickle(bytes, object.end, options);
  const contents = legacyStorages(bytes, keys.end, keys.value, storages);
  return {
    format: 'pth-legacy',
    ...describe(object.value),
    storage: async (key) => {
      const content = contents.get(key);
      if (!content) {
        throw new CorruptFile(`checkpoint: file must hold storage ${key}, got none; the file is damaged`);
      }
      return content;
    },
  };
}

function legacyStorages(
  bytes: Uint8Array,
  start: number,
  keys: unknown,
  storages: ReadonlyMap<string, TorchStorage>,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw new CorruptFile('checkpoint: legacy file must list its storages; the file is damaged');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const contents = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw new CorruptFile(`checkpoint: storage ${key} must belong to a tensor, got none`);
    const length = storage.length * storage.kind.bytesPerValue;
    if (at + 8 + length > bytes.length) {
      throw new CorruptFile(
        `checkpoint: storage ${key} must have ${length} bytes, got ${Math.max(0, bytes.length - at - 8)}; the file is cut short`,
      );
    }
    if (view.getBigInt64(at, true) !== BigInt(storage.length)) {
      throw new CorruptFile(
        `checkpoint: storage ${key} must have ${storage.length} values, got ${view.getBigInt64(at, true)}`,
      );
    }
    contents.set(key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return contents;
}

function requireLittleEndian(little: boolean): void {
  if (!little) {
    throw new UnsupportedFile(
      'checkpoint: values must be little-endian, got a file from a big-endian machine',
    );
  }
}

/** The types that a checkpoint of weights needs; storages met on the way are noted in `storages`. */
function pickleOptions(storages: Map<string, TorchStorage>): PickleOptions {
  const types = [
    new PickleType('collections.OrderedDict', orderedDict),
    new PickleType('argparse.Namespace', () => new PickleRecord()),
    new PickleType('torch.Size', ([sides]) => sides),
    new PickleType('torch._utils._rebuild_tensor_v2', rebuildTensor),
    new PickleType('torch._utils._rebuild_parameter', ([tensor]) => tensor),
    ...[...TORCH_STORAGES.keys()].map(
      (name) =>
        new PickleType(name, () => {
          throw new UnsupportedFile(`checkpoint: ${name} must lie beside the pickle, got one inside it`);
        }),
    ),
  ];
  return {
    types: new Map(types.map((type) => [type.name, type])),
    persistent: (id) => {
      const storage = parseStorage(id);
      const known = storages.get(storage.key);
      // One object for each storage, so that sharing can be seen.
      if (known?.kind === storage.kind && known.length === storage.length) return known;
      if (known) throw new CorruptFile(`checkpoint: storage ${storage.key} must be of one type and length`);
      storages.set(storage.key, storage);
      return storage;
    },
  };
}

/** ('storage', type, key, device, number of values), and in legacy files a view that has not been written since 2017. */
function parseStorage(id: unknown): TorchStorage {
  const [tag, type, key, , length, view = null] = Array.isArray(id) ? id : [];
  const kind = type instanceof PickleType ? TORCH_STORAGES.get(type.name) : undefined;
  if (tag !== 'storage' || !kind || typeof key !== 'string' || !isCount(length) || view !== null) {
    throw new CorruptFile('checkpoint: outside objects must be storages of numbers; the file is damaged');
  }
  return new TorchStorage(kind, key, length);
}

/** Called without arguments, or with a list of (key, value). */
function orderedDict([pairs = []]: readonly unknown[]): Map<unknown, unknown> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw new CorruptFile('checkpoint: dict must be made of pairs; the file is damaged');
  }
  return new Map(pairs);
}

function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): TorchTensor {
  if (
    !(storage instanceof TorchStorage) ||
    !isCount(offset) ||
    !isCountList(shape) ||
    !isCountList(strides) ||
    shape.length !== strides.length
  ) {
    throw new CorruptFile(
      'checkpoint: tensor must have a storage, an offset, sizes and strides; the file is damaged',
    );
  }
  return new TorchTensor(storage, offset, shape, strides);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function describe(value: unknown): Pick<TorchCheckpoint, 'networks' | 'args'> {
  if (!(value instanceof Map)) {
    throw new UnsupportedFile('checkpoint: file must hold a state_dict, got something else');
  }
  const bare = asTensors(value);
  if (bare) return { networks: [{ name: '', tensors: bare }], args: {} };
  const networks: TorchNetwork[] = [];
  let looked = 0;
  for (const [key, entry] of value) {
    // The same dict may stand under many keys.
    if (entry instanceof Map) looked += entry.size;
    if (looked > MOST_TENSORS)
      throw new UnsupportedFile(
        `checkpoint: file must hold up to ${MOST_TENSORS} tensors, got more; save the state_dict alone`,
      );
    const tensors = asTensors(entry);
    if (tensors && typeof key === 'string') networks.push({ name: key.replace(/_dict$/, ''), tensors });
  }
  if (networks.length === 0) {
    throw new UnsupportedFile('checkpoint: file must hold a state_dict, got no tensors by name');
  }
  return { networks, args: asRecord(value.get('args')) };
}

/** A dict is a state_dict where it is not empty and all its values are tensors under text. */
function asTensors(value: unknown): Map<string, TorchTensor> | null {
  if (!(value instanceof Map) || value.size === 0) return null;
  const out = new Map<string, TorchTensor>();
  for (const [name, tensor] of value) {
    if (typeof name !== 'string' || !(tensor instanceof TorchTensor)) return null;
    out.set(unwrapped(name), tensor);
  }
  return out;
}

/** Without what PyTorch's wrappers put before names: "module." of DataParallel, "_orig_mod." of torch.compile, in any order. */
export function unwrapped(name: string): string {
  return name.replace(/^((module|_orig_mod)\.)+/, '');
}

/**
 * Plain values and flat lists of them only: what a pickle nests further may refer back to itself. The same list may stand under many
 * names, so that a small file could tell of more than fits into memory.
 */
function asRecord(value: unknown): Record<string, unknown> {
  const fields = value instanceof PickleRecord ? value.fields : value;
  if (!(fields instanceof Map)) return {};
  const isPlain = (field: unknown): boolean =>
    field === null || ['boolean', 'number', 'string'].includes(typeof field);
  let told = 0;
  const count = (values: number): void => {
    told += values;
    if (told > MOST_ARGS)
      throw new UnsupportedFile(
        `checkpoint: args must be up to ${MOST_ARGS} values and letters, got more; save the state_dict alone`,
      );
  };
  for (const field of fields.values()) {
    const items: readonly unknown[] = Array.isArray(field) ? field : [field];
    count(items.length);
    for (const item of items) if (typeof item === 'string') count(item.length);
  }
  return Object.fromEntries(
    [...fields].filter(
      ([key, field]) =>
        typeof key === 'string' && (isPlain(field) || (Array.isArray(field) && field.every(isPlain))),
    ),
  );
}

/**
 * Picks a network by name ("gen_diffusive_1" or "gen_diffusive_1_dict").
 * @throws BadRequest naming those that are there
 */
export function chooseNetwork<N extends { readonly name: string }>(networks: readonly N[], name: string): N {
  const found = networks.find((network) => network.name === name.replace(/_dict$/, ''));
  if (found) return found;
  const there = networks.map((network) => network.name || 'one unnamed network').join(', ');
  throw new BadRequest(`checkpoint: network must be one of ${there}, got "${name}"`);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
