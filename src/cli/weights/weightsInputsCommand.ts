import { basename, resolve } from 'node:path';
import { type ModelCard, readModelCard } from '../../engine/cards/modelCard';
import { scanStatistics } from '../../engine/training/dataset';
import { gridOfModel, gridOfSide } from '../../engine/training/settings';
import { Aborted, BadRequest } from '../../errors';
import { checkWritable, readBytes } from '../../platform/node/files';
import { chosenScans, refuseRivals } from '../../platform/node/scanChoice';
import { readChosen } from '../../platform/node/scans';
import { SPLITS, setOf, type TrainingScan, trainingScans } from '../../platform/node/trainingScans';
import type { InputStatistics } from '../../volume/inputStatistics';
import { summariseInputs } from '../../volume/trainingInputs';
import { FILTER_OPTION, filterOf, volumeOf } from '../kit/choice';
import type { Arguments, Command } from '../kit/command';
import { type Io, saying } from '../kit/io';
import { modelFile, tellCard, writeCard } from '../kit/models';
import { oneOf, required } from '../kit/options';
import { startProgress } from '../kit/progress';
import { counted, factsText, JSON_OPTION, jsonText } from '../kit/report';

export const weightsInputsCommand: Command = {
  name: 'weights inputs',
  summary:
    "Write the statistics of a model's training scans on its card, so that others are held against them",
  positionals: ['CARD'],
  options: {
    data: {
      value: 'DIR:SUFFIX[,...]',
      several: true,
      text: 'scans of the source contrast, named as for `train` (required)',
    },
    filter: FILTER_OPTION,
    volume: { value: 'N', text: 'which volume of scans with several, from 0' },
    split: { value: 'train|val|test', text: 'whose scans count', default: 'train' },
    text: { value: 'TEXT', text: 'which scans these are, for the card (default: data sets and numbers)' },
    json: JSON_OPTION,
  },
  example: 'model/card.json --data data:T1w --split train',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const path = await modelFile(args.positionals[0]);
  const split = oneOf(args, 'split', SPLITS);
  const card = readModelCard(basename(path), await readBytes(path));
  tellCard(card, io);
  await checkWritable(path);
  const [filter, say] = [filterOf(args), saying(io)];
  const { data } = chosenScans(
    { data: await trainingScans(required(args, 'data'), say, filter) },
    filter,
    say,
  );
  const scans = data
    .filter((scan) => scan.split === split)
    .map((scan) => ({ ...scan, path: resolve(scan.path), volume: volumeOf(args, 'volume') }));
  refuseRivals(scans, say);
  const found = await readStatistics(scans, card, io);
  const summary = summariseInputs(found);
  if (!summary)
    throw new BadRequest(`--data: must have scans with a head in the ${split} split, got none; name others`);
  const inputs = { data: args.text('text') ?? setsText(scans, split), ...summary };
  io.guard();
  await writeCard(path, { ...card, inputs });
  io.out(
    args.has('json')
      ? jsonText(inputs)
      : factsText([
          ['card', path],
          ['scans', `${inputs.scans}, ${inputs.data}`],
          ['with skull', `${Math.round(inputs.withSkull * inputs.scans)}`],
          ...Object.entries(inputs.measures).map(
            ([name, { mean, std, least, most }]) => [name, `${mean} ± ${std}, ${least} to ${most}`] as const,
          ),
        ]),
  );
  return 0;
}

/** Of each scan that shows anything. */
async function readStatistics(
  scans: readonly TrainingScan[],
  { preprocessing }: ModelCard,
  io: Io,
): Promise<InputStatistics[]> {
  // A run's contrast a is a model's source.
  const grid = gridOfSide(gridOfModel(preprocessing), 'a');
  const progress = startProgress(io);
  const say = (text: string) => {
    progress.end();
    saying(io)(text);
  };
  const found: InputStatistics[] = [];
  try {
    for (const [n, scan] of scans.entries()) {
      progress.show(`reading scan ${n + 1} of ${scans.length}`);
      await new Promise<void>((resolved) => setImmediate(resolved));
      if (io.signal.aborted) throw new Aborted('statistics: cancelled, and the card is as it was');
      const statistics = scanStatistics((await readChosen(scan, say)).image, grid);
      if (statistics) found.push(statistics);
    }
  } finally {
    progress.end();
  }
  return found;
}

function setsText(scans: readonly TrainingScan[], split: string): string {
  const names = scans.map(({ path }) => setOf(path));
  const parts = [...new Set(names)].map(
    (name) => `${name} (${counted(names.filter((one) => one === name).length, 'scan')})`,
  );
  return `${parts.join(', ')}, ${split} split`;
}
