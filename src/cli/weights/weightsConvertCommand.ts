import { basename } from 'node:path';
import { checkSize, customCard } from '../../engine/cards/customCard';
import { readSafetensors } from '../../engine/formats/safetensors';
import { sha256 } from '../../engine/formats/sha256';
import { convertWeights, encodeWeights, type WeightsDtype } from '../../engine/models/convertWeights';
import { type OnnxFile, onnxFile } from '../../engine/models/onnxModel';
import type { Model } from '../../engine/models/readModel';
import { readWeights } from '../../engine/models/readWeights';
import type { Port } from '../../engine/onnx/graph';
import { GRAPH_KINDS } from '../../engine/onnx/layers';
import { isOwnModelFile } from '../../engine/onnx/modelFile';
import { BadRequest } from '../../errors';
import {
  checkWritable,
  readBytes,
  readGiven,
  refuseForeign,
  refuseOverwrite,
  writeBytes,
} from '../../platform/node/files';
import { packageVersion } from '../../platform/node/packageRoot';
import type { Arguments, Command } from '../kit/command';
import type { Io } from '../kit/io';
import { loadByCard, modelFileOrId, tellCard } from '../kit/models';
import { oneOf, optional, required, wholeNumber } from '../kit/options';
import { JSON_OPTION, jsonText } from '../kit/report';
import { NETWORK_OPTION } from './weightsInspectCommand';

/** What can be written, by the file's ending: which dtypes it has, the first where none is asked for, and whether a file is one of ours. */
const OUTPUTS = {
  '.safetensors': {
    dtypes: ['f16', 'q8', 'f32'],
    isOurs: (bytes: Uint8Array) => {
      const { metadata } = readSafetensors(bytes);
      return 'format' in metadata && 'config' in metadata;
    },
  },
  '.onnx': { dtypes: ['f32', 'f16'], isOurs: isOwnModelFile },
} as const;
type Ending = keyof typeof OUTPUTS;

/** Options of a graph alone. */
const OF_GRAPHS = ['graph', 'size'] as const;

export const weightsConvertCommand: Command = {
  name: 'weights convert',
  summary: 'Store weights as .safetensors, or their network as an ONNX graph',
  positionals: ['FILE|FOLDER|ID'],
  options: {
    output: {
      value: 'FILE',
      text: 'the file to write: .safetensors, or .onnx for a graph of one reverse step or of the one pass (required)',
    },
    dtype: {
      value: 'q8|f16|f32',
      text: 'how values are stored: about 1, 2 or 4 bytes each (default: f16; of .onnx f32, no q8)',
    },
    graph: {
      value: GRAPH_KINDS.join('|'),
      text: "of .onnx: any batch, standard operators; or one image a call, for onnxruntime-web's WebGPU (default: straight)",
    },
    size: {
      value: 'PIXELS',
      text: "of .onnx: side of the images (default: the card's, else the network's)",
    },
    network: NETWORK_OPTION,
    json: JSON_OPTION,
  },
  example: 'content.pth --network gen_diffusive_2 --output model.safetensors --dtype f16',
  run: convert,
};

async function convert(args: Arguments, io: Io): Promise<number> {
  const path = await modelFileOrId(args.positionals[0]);
  const output = required(args, 'output');
  const ending = endingOf(args, output);
  const dtype = dtypeOf(args, ending);
  await refuseOverwrite([path], output);
  await checkWritable(output);
  await refuseForeign(output, `a ${ending} file that this program has written`, () => isOurs(output, ending));
  io.err(`reading ${basename(path)}\n`);
  const { bytes, ...ports } = isOnnx(output)
    ? await onnxOf(path, dtype, args, io)
    : { bytes: await safetensorsOf(path, dtype, args, io) };
  io.guard();
  await writeBytes(output, bytes);
  const result = { file: output, dtype, bytes: bytes.byteLength, sha256: await sha256(bytes), ...ports };
  io.out(
    args.has('json')
      ? jsonText(result)
      : `${output}: ${result.bytes} bytes, ${dtype}, sha256 ${result.sha256}\n${portLines(ports)}`,
  );
  return 0;
}

/** What a graph takes and gives, a line each. */
function portLines({ inputs = [], outputs = [] }: Partial<Omit<OnnxFile, 'bytes'>>): string {
  const lineOf =
    (role: string) =>
    ({ name, shape, text }: Port) =>
      `  ${role} ${name}: float32 [${shape.join(', ')}], ${text}\n`;
  return [...inputs.map(lineOf('in')), ...outputs.map(lineOf('out'))].join('');
}

/** @throws BadRequest for another ending, and for options that what it stands for does not have */
function endingOf(args: Arguments, output: string): Ending {
  const endings = Object.keys(OUTPUTS) as Ending[];
  const ending = endings.find((known) => output.toLowerCase().endsWith(known));
  if (ending === undefined)
    throw new BadRequest(
      `--output: must end in ${endings.join(' or ')}, got "${output}"; name the file so, as its ending says what is written`,
    );
  const stray = isOnnx(output) ? undefined : OF_GRAPHS.find((name) => args.text(name) !== undefined);
  if (stray !== undefined)
    throw new BadRequest(
      `--${stray}: must be given with an --output that ends in .onnx, got "${output}"; leave it out, or write .onnx`,
    );
  return ending;
}

function dtypeOf(args: Arguments, ending: Ending): WeightsDtype {
  const { dtypes } = OUTPUTS[ending];
  const dtype = optional(args, 'dtype', (all, name) => oneOf<WeightsDtype>(all, name, ['q8', 'f16', 'f32']));
  if (dtype === undefined) return dtypes[0];
  if (!(dtypes as readonly string[]).includes(dtype))
    throw new BadRequest(
      `--dtype: must be ${dtypes.join(' or ')} for ${ending}, got ${dtype}; choose one of these`,
    );
  return dtype;
}

async function isOurs(output: string, ending: Ending): Promise<boolean> {
  try {
    return OUTPUTS[ending].isOurs(new Uint8Array(await readBytes(output)));
  } catch {
    return false;
  }
}

async function safetensorsOf(path: string, dtype: WeightsDtype, args: Arguments, io: Io) {
  if (!isCard(path, args)) return convertWeights(await fileOf(path), dtype, args.text('network'));
  const { card, weights } = await loadTold(path, io);
  return encodeWeights({ state: weights.state, config: card.network }, dtype);
}

async function onnxOf(path: string, dtype: WeightsDtype, args: Arguments, io: Io): Promise<OnnxFile> {
  const kind = optional(args, 'graph', (all, name) => oneOf(all, name, GRAPH_KINDS)) ?? 'straight';
  const model = await modelOf(path, args, io);
  return onnxFile(model, { half: dtype === 'f16', kind, version: packageVersion() });
}

/** A card with its weights, or weights with a card that is guessed; of the size that is asked for. */
async function modelOf(path: string, args: Arguments, io: Io): Promise<Model> {
  const size = optional(args, 'size', (all, name) => wholeNumber(all, name, 16, 1024));
  if (isCard(path, args)) {
    const { card, weights } = await loadTold(path, io);
    if (size === undefined) return { card, weights };
    checkSize('--size', size, card.network);
    return { card: { ...card, preprocessing: { ...card.preprocessing, size } }, weights };
  }
  const file = await fileOf(path);
  const weights = await readWeights(file, { network: args.text('network') });
  if (size !== undefined) checkSize('--size', size, weights.config);
  const about = { name: file.name, bytes: file.bytes.byteLength, sha256: await sha256(file.bytes) };
  return { card: customCard(about, weights, { size }), weights };
}

async function loadTold(path: string, io: Io) {
  const model = await loadByCard(path);
  tellCard(model.card, io);
  return model;
}

/** @throws BadRequest for a card and a network beside it */
function isCard(path: string, args: Arguments): boolean {
  const isOne = /\.json$/i.test(path);
  const network = args.text('network');
  if (isOne && network !== undefined)
    throw new BadRequest(
      `--network: must be given with a file of weights, got "${network}" with a card; leave it out, as a card has one network`,
    );
  return isOne;
}

const isOnnx = (output: string) => output.toLowerCase().endsWith('.onnx');

async function fileOf(path: string) {
  return { name: basename(path), bytes: await readGiven(path) };
}
