/** Any file of weights that a user may have: the format is told by its content, never by its name. */
import { UnsupportedFile, WeightsMismatch } from '../../errors';
import { parseJson, record } from '../../schema';
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import { plainBytes } from '../formats/plainBytes';
import { decodeQ8 } from '../formats/q8';
import { readSafetensors, type StoredTensor } from '../formats/safetensors';
import { chooseNetwork, openTorchCheckpoint, readTorchNetwork, unwrapped } from '../formats/torchCheckpoint';
import { METHODS, type Network } from '../methods';
import { inferNetwork, kindOfNames, networksAmong, translators } from '../methods/recognise';

export type WeightsFormat = 'safetensors' | 'pth-zip' | 'pth-legacy';

export interface WeightsFile {
  readonly name: string;
  readonly bytes: ArrayBuffer | Uint8Array;
}

export interface Weights {
  readonly state: StateDict;
  readonly config: Network;
  readonly format: WeightsFormat;
  /** How values were stored: f32, f16, bf16, f64, q8; "mixed" where several kinds lie in one file. */
  readonly dtype: string;
  /** Number of values. */
  readonly parameters: number;
  /** Names of the networks in the file that can be asked for; empty where it holds a single unnamed one. */
  readonly networks: string[];
  /** The one of them that was read; "" for a single unnamed one. */
  readonly network: string;
  /** The file's own notes: safetensors metadata, or the simple values of the authors' arguments as text. */
  readonly metadata: Record<string, string>;
}

/**
 * Reads the network of a method, the one that translates.
 * @param options.network which network of a file with several; the first diffusive generator where not given
 * @throws UnsupportedFile for a file that is no weights (saying what it looks like) or a pickle with a forbidden type;
 *         CorruptFile where it is damaged; WeightsMismatch where the network is no generator; BadRequest for a
 *         network that is not there
 */
export async function readWeights(file: WeightsFile, options: { network?: string } = {}): Promise<Weights> {
  const bytes = plainBytes(file.bytes);
  try {
    return await read(bytes, options.network);
  } catch (error) {
    if (error instanceof Error) error.message = `${file.name}: ${error.message}`;
    throw error;
  }
}

async function read(bytes: Uint8Array, network?: string): Promise<Weights> {
  // First: the length that such a file begins with can be the bytes of a pickle.
  if (looksLikeSafetensors(bytes)) return readNamed(bytes, network);
  if (looksLikeTorch(bytes)) return readTorch(bytes, network);
  throw new UnsupportedFile(
    `weights: file must be .safetensors or a PyTorch .pth, got ${whatItLooksLike(bytes)}`,
  );
}

async function readTorch(bytes: Uint8Array, name?: string): Promise<Weights> {
  const checkpoint = await openTorchCheckpoint(bytes);
  const { args } = checkpoint;
  const networks = checkpoint.networks.flatMap(networksIn);
  const network = name === undefined ? firstGenerator(networks) : chooseNetwork(networks, name);
  const { state, dtype } = await readTorchNetwork(checkpoint, network);
  return {
    state,
    config: inferNetwork(state, args),
    format: checkpoint.format,
    dtype,
    parameters: countValues(state),
    networks: namesOf(networks),
    network: network.name,
    metadata: Object.fromEntries(Object.entries(args).map(([key, value]) => [key, JSON.stringify(value)])),
  };
}

interface NamedNetwork<T> {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, T>;
}

/** One that lies alone behind a prefix keeps its name, several have theirs from it. */
function networksIn<T>({ name, tensors }: NamedNetwork<T>): NamedNetwork<T>[] {
  const found = [...networksAmong(tensors)];
  if (found.length === 1) return [{ name, tensors: found[0][1] }];
  return found.map(([prefix, inside]) => ({
    name: [name, prefix].filter(Boolean).join('.'),
    tensors: inside,
  }));
}

const namesOf = (networks: readonly { readonly name: string }[]): string[] =>
  networks.map(({ name }) => name).filter((name) => name !== '');

/** A single unnamed network is taken as it is: what it is instead is said when its configuration is looked for. */
function firstGenerator<T>(networks: readonly NamedNetwork<T>[]): NamedNetwork<T> {
  const names = networks.map(({ tensors }) => [...tensors.keys()]);
  const first = Object.values(METHODS).flatMap((method) =>
    networks.filter((_, i) => method.hasNames(names[i])),
  )[0];
  if (first) return first;
  if (networks.length === 1 && networks[0].name === '') return networks[0];
  const there = networks.map(({ name }, i) => `${name} (${kindOfNames(names[i])})`).join(', ');
  throw new WeightsMismatch(`weights: file must hold ${translators()}, got ${there}`);
}

function readNamed(bytes: Uint8Array, name?: string): Weights {
  const { tensors, metadata } = readSafetensors(bytes);
  const unwrappedOnes = [...decodeQ8(tensors)].map(([one, tensor]) => [unwrapped(one), tensor] as const);
  const networks = networksIn({ name: '', tensors: new Map(unwrappedOnes) });
  const network = name === undefined ? firstGenerator(networks) : chooseNetwork(networks, name);
  const state = asState(network.tensors);
  return {
    state,
    config: inferNetwork(state, recordedConfig(metadata)),
    format: 'safetensors',
    dtype: storedDtype(tensors),
    parameters: countValues(state),
    networks: namesOf(networks),
    network: network.name,
    metadata,
  };
}

/** JSON under `config`, as the project's own files and the golden ones have it. */
function recordedConfig(metadata: Readonly<Record<string, string>>): Record<string, unknown> {
  if (metadata.config === undefined) return {};
  return parseJson(metadata.config, record, { subject: 'safetensors', name: '__metadata__.config' });
}

function asState(tensors: ReadonlyMap<string, StoredTensor>): StateDict {
  const state = new Map<string, NamedTensor>();
  for (const [name, { shape, data }] of tensors) {
    state.set(name, {
      shape,
      data: data instanceof Float32Array ? data : Float32Array.from(data),
    });
  }
  return state;
}

function storedDtype(tensors: ReadonlyMap<string, StoredTensor>): string {
  const dtypes = new Set([...tensors.values()].map((tensor) => tensor.dtype));
  if (dtypes.has('I8')) return 'q8';
  return dtypes.size === 1 ? [...dtypes][0].toLowerCase() : 'mixed';
}

function countValues(state: StateDict): number {
  let count = 0;
  for (const { data } of state.values()) count += data.length;
  return count;
}

/** Zip's first entry, or a pickle of protocol 2 and later. */
function looksLikeTorch(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) || (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5);
}

/** The header is JSON and begins at byte 8, right after its own length, which is below 2^40. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b && bytes[5] === 0 && bytes[6] === 0 && bytes[7] === 0;
}

function whatItLooksLike(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file; download it again';
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 512)).trimStart();
  if (/^<(!doctype|html|\?xml|head|body)/i.test(text)) {
    return 'a web page; the link leads to a page about the file rather than to the file';
  }
  if (text.startsWith('version https://git-lfs'))
    return 'a git-lfs pointer; fetch the file itself with git lfs pull';
  if (/^[{[]/.test(text)) return 'JSON; choose the file of weights that belongs to it';
  const magic = new TextDecoder('latin1').decode(bytes.subarray(344, 348));
  if (/^(n\+1|ni1)\0/.test(magic) || new TextDecoder('latin1').decode(bytes.subarray(4, 7)) === 'n+2') {
    return 'a NIfTI scan; open it as a scan';
  }
  if (startsWith(bytes, 0x1f, 0x8b)) return 'a gzip file, perhaps a NIfTI scan; open a scan as a scan';
  if (startsWith(bytes, 0x89, 0x48, 0x44, 0x46)) return 'an HDF5 file, as Keras writes it';
  if (looksLikeOnnx(bytes))
    return 'an ONNX graph, which this program writes but does not read; give the .safetensors or .pth that it was made of';
  return `${bytes.length} bytes of another kind`;
}

/** A protobuf message that begins with its version (field 1) and a text or message of the fields up to 8. */
function looksLikeOnnx(bytes: Uint8Array): boolean {
  const [first, version, second] = bytes;
  return first === 0x08 && version > 0 && version < 0x20 && (second & 7) === 2 && second < 0x48;
}

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
