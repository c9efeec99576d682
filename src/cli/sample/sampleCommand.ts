import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadTranslator } from '../../engine/methods/translator';
import { sampleImages } from '../../engine/sampleImages';
import { refuseConditional } from '../../engine/unconditional';
import { Aborted, BadRequest } from '../../errors';
import { checkWritable, makeFolder, writeBytes } from '../../platform/node/files';
import { lockFolder } from '../../platform/node/folderLock';
import { modelPixels, screenImage } from '../../volume/modelImage';
import type { Arguments, Command } from '../kit/command';
import { type Io, saying } from '../kit/io';
import { type LoadedModel, loadModel } from '../kit/models';
import {
  ENGINE_OPTIONS,
  type EngineChoice,
  engineChoice,
  engineSentence,
  pauseOf,
  startNodeEngine,
} from '../kit/nodeEngine';
import { required, wholeNumber } from '../kit/options';
import { greyPng } from '../kit/png';
import { startProgress } from '../kit/progress';
import { counted, JSON_OPTION, jsonText } from '../kit/report';

const LARGEST_SEED = 2 ** 32 - 1;
const MOST = 1_000_000;

export const sampleCommand: Command = {
  name: 'sample',
  summary: 'Draw images of noise alone by an unconditional model',
  positionals: [],
  options: {
    model: {
      value: 'FOLDER|FILE',
      text: 'a model that `syndiff train --unconditional` has made (required)',
    },
    output: { value: 'DIR', text: 'folder for the images, SEED-NUMBER.png of 8 bits (required)' },
    count: { value: 'N', text: 'how many images', default: '16' },
    first: {
      value: 'N',
      text: 'number of the first image; an image depends on seed and number',
      default: '0',
    },
    seed: { value: 'N', text: 'the same seed gives the same images', default: '0' },
    ...ENGINE_OPTIONS,
    json: JSON_OPTION,
  },
  example: '--model run1/a-to-b --count 100 --seed 1 --output images',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const output = required(args, 'output');
  const settings = {
    seed: wholeNumber(args, 'seed', 0, LARGEST_SEED),
    first: wholeNumber(args, 'first', 0, MOST),
    count: wholeNumber(args, 'count', 1, MOST),
  };
  const want = engineChoice(args);
  const model = await loadModel(required(args, 'model'));
  refuseConditional(model.card);
  const names = Array.from({ length: settings.count }, (_, n) => {
    const number = String(settings.first + n).padStart(6, '0');
    return join(output, `${settings.seed}-${number}.png`);
  });
  refuseThere(names);
  await makeFolder(output);
  const release = lockFolder(output, saying(io), '--output');
  try {
    // Another process may have come to its end in between.
    refuseThere(names);
    await checkWritable(names[0]);
    io.guard();
    return await draw({ args, io, output, settings, want, model, names });
  } finally {
    release();
  }
}

interface Order {
  args: Arguments;
  io: Io;
  output: string;
  settings: { seed: number; first: number; count: number };
  want: EngineChoice;
  model: LoadedModel;
  /** Paths of the images. */
  names: readonly string[];
}

function refuseThere(names: readonly string[]): void {
  const there = names.find((name) => existsSync(name));
  if (there !== undefined)
    throw new BadRequest(`${there}: must not be there yet; choose another --output, --seed or --first`);
}

async function draw({ args, io, output, settings, want, model, names }: Order): Promise<number> {
  const engine = await startNodeEngine(want, io.signal);
  const { backend } = engine.info;
  io.err(`${engineSentence(engine.info)}\n`);
  const progress = startProgress(io);
  const translator = await loadTranslator(model.card, model.weights.state);
  let done = 0;
  let step = 0;
  const onStep = () =>
    progress.show(
      `image ${done + 1} of ${names.length}, step ${(step++ % translator.steps) + 1} of ${translator.steps}`,
    );
  const hooks = { signal: engine.signal, onStep, pause: pauseOf(engine, io) };
  try {
    for await (const image of sampleImages({ card: model.card, translator }, settings, hooks)) {
      const { pixels, size, order } = screenImage(modelPixels(image));
      const text = `${model.card.target} of noise alone, seed ${settings.seed}. Image order: ${order}`;
      await writeBytes(names[done], greyPng(pixels, size, text));
      done++;
    }
  } catch (error) {
    // The signal also carries the failure of the GPU, which says more than "cancelled".
    if (engine.signal.aborted && !io.signal.aborted) throw engine.signal.reason;
    if ((error as Error).name !== 'Aborted') throw error;
    throw new Aborted(
      `sampling: stopped after ${counted(done, 'image')}; go on with --first ${settings.first + done}`,
    );
  } finally {
    progress.end();
    translator.dispose();
  }
  const report = { output, model: model.card.id, seed: settings.seed, backend, images: names };
  io.out(
    args.has('json') ? jsonText(report) : `${output}: ${counted(done, 'image')} of ${model.card.target}\n`,
  );
  return 0;
}
