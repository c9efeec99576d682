import { basename } from 'node:path';
import { readSafetensors } from '../../engine/formats/safetensors';
import { sha256 } from '../../engine/formats/sha256';
import { methodOf } from '../../engine/methods';
import { convertWeights } from '../../engine/models/convertWeights';
import { inspectWeights } from '../../engine/models/inspectWeights';
import { tableText } from '../../engine/textTable';
import {
  checkWritable,
  readBytes,
  readGiven,
  refuseForeign,
  refuseOverwrite,
  writeBytes,
} from '../../platform/node/files';
import type { Arguments, Command, OptionSpec } from '../kit/command';
import type { Io } from '../kit/io';
import { oneOf, required } from '../kit/options';
import { factsText, JSON_OPTION, jsonText } from '../kit/report';

const NETWORK_OPTION: OptionSpec = {
  value: 'NAME',
  text: 'which network of a file with several (default: its first diffusive generator)',
};

export const weightsInspectCommand: Command = {
  name: 'weights inspect',
  summary:
    'Say what a file of weights holds (.safetensors, or a PyTorch .pth, read without running any code)',
  positionals: ['FILE'],
  options: { json: JSON_OPTION, network: NETWORK_OPTION },
  example: 'gen_diffusive_1_50.pth',
  run: inspect,
};

export const weightsConvertCommand: Command = {
  name: 'weights convert',
  summary: 'Store weights as .safetensors',
  positionals: ['FILE'],
  options: {
    output: { value: 'FILE.safetensors', text: 'the file to write (required)' },
    dtype: { value: 'q8|f16|f32', text: 'how values are stored: about 1, 2 or 4 bytes each', default: 'f16' },
    network: NETWORK_OPTION,
    json: JSON_OPTION,
  },
  example: 'content.pth --network gen_diffusive_2 --output model.safetensors --dtype f16',
  run: convert,
};

async function inspect(args: Arguments, io: Io): Promise<number> {
  const [path] = args.positionals;
  const bytes = await readGiven(path);
  const report = await inspectWeights({ name: basename(path), bytes }, { network: args.text('network') });
  for (const warning of report.warnings) io.err(`${basename(path)}: ${warning}\n`);
  if (args.has('json')) {
    io.out(jsonText({ ...report, sha256: await sha256(bytes) }));
    return 0;
  }
  const { config } = report;
  io.out(
    factsText([
      ['format', `${report.format}, ${report.dtype}, ${report.bytes} bytes`],
      ['networks', report.networks.join(', ') || 'one, unnamed'],
      ['this one', `${report.network || methodOf(config).network}, ${report.parameters} parameters`],
      ...methodOf(config).describe(config),
    ]),
  );
  io.out(
    tableText([
      ['tensor', 'shape', 'rms', 'largest'],
      ...report.tensors.map(({ name, shape, rms, largest }) => [
        name,
        shape.join(' x '),
        rms.toPrecision(3),
        largest.toPrecision(3),
      ]),
    ]),
  );
  return 0;
}

async function isConverted(path: string): Promise<boolean> {
  try {
    const { metadata } = readSafetensors(new Uint8Array(await readBytes(path)));
    return 'format' in metadata && 'config' in metadata;
  } catch {
    return false;
  }
}

async function convert(args: Arguments, io: Io): Promise<number> {
  const [path] = args.positionals;
  const output = required(args, 'output');
  const dtype = oneOf(args, 'dtype', ['q8', 'f16', 'f32']);
  await refuseOverwrite([path], output);
  await checkWritable(output);
  await refuseForeign(output, 'weights that this program has written', () => isConverted(output));
  io.err(`reading ${basename(path)}\n`);
  const file = { name: basename(path), bytes: await readGiven(path) };
  const bytes = await convertWeights(file, dtype, args.text('network'));
  io.guard();
  await writeBytes(output, bytes);
  const result = { file: output, dtype, bytes: bytes.byteLength, sha256: await sha256(bytes) };
  io.out(
    args.has('json')
      ? jsonText(result)
      : `${output}: ${result.bytes} bytes, ${dtype}, sha256 ${result.sha256}\n`,
  );
  return 0;
}
