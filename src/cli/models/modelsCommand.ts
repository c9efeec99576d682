import { tableText } from '../../engine/textTable';
import type { Arguments, Command } from '../kit/command';
import type { Io } from '../kit/io';
import { listModels } from '../kit/models';
import { JSON_OPTION, jsonText } from '../kit/report';

export const modelsCommand: Command = {
  name: 'models',
  summary: 'List the models that come with the program',
  positionals: [],
  options: { json: JSON_OPTION },
  example: '',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const cards = await listModels();
  if (args.has('json')) {
    io.out(jsonText(cards));
    return 0;
  }
  const rows = cards.map(({ id, source, target, preprocessing, weights, licence }) => [
    id,
    `${source} -> ${target}`,
    `${preprocessing.size} x ${preprocessing.size} of ${preprocessing.pixelSize} mm`,
    `${(weights.bytes / 1e6).toFixed(1)} MB`,
    licence,
  ]);
  io.out(rows.length ? tableText([['id', 'from -> to', 'image', 'weights', 'licence'], ...rows]) : 'none\n');
  return 0;
}
