import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../engine/formats/sha256';
import { methodOf } from '../../engine/methods';
import { inspectWeights } from '../../engine/models/inspectWeights';
import { tableText } from '../../engine/textTable';
import { readGiven } from '../../platform/node/files';
import type { Arguments, Command, OptionSpec } from '../kit/command';
import type { Io } from '../kit/io';
import { modelFileOrId, readCard, tellCard } from '../kit/models';
import { factsText, JSON_OPTION, jsonText } from '../kit/report';

export const NETWORK_OPTION: OptionSpec = {
  value: 'NAME',
  text: 'which network of a file with several (default: its first diffusive generator)',
};

export const weightsInspectCommand: Command = {
  name: 'weights inspect',
  summary:
    'Say what a file of weights holds (.safetensors, or a PyTorch .pth, read without running any code)',
  positionals: ['FILE|FOLDER|ID'],
  options: { json: JSON_OPTION, network: NETWORK_OPTION },
  example: 'gen_diffusive_1_50.pth',
  run: inspect,
};

/** The file itself, or that of a model's folder or card, of which what is odd is told. */
async function weightsFile(given: string, io: Io): Promise<string> {
  const path = await modelFileOrId(given);
  if (!/\.json$/i.test(path)) return path;
  const card = await readCard(path);
  tellCard(card, io);
  return join(dirname(path), card.weights.file);
}

async function inspect(args: Arguments, io: Io): Promise<number> {
  const path = await weightsFile(args.positionals[0], io);
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
