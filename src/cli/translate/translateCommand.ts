import { basename, resolve } from 'node:path';
import type { ModelCard } from '../../engine/cards/modelCard';
import { median } from '../../engine/evaluation/median';
import { slicesText } from '../../engine/evaluation/missingText';
import { inputWarnings } from '../../engine/inputWarnings';
import { methodOf } from '../../engine/methods';
import { previewCard } from '../../engine/methods/preview';
import { type PreparedScan, prepareScan } from '../../engine/prepareScan';
import { provenanceOf } from '../../engine/provenance';
import {
  GIVEN_STYLE,
  isDrawn,
  isFixedStyle,
  MEAN_STYLE,
  refuseStyle,
  refuseStyleScan,
} from '../../engine/style';
import { MADE_STYLE, styleNameWarning } from '../../engine/styleName';
import type { TranslateSettings } from '../../engine/translateSlices';
import { refuseUnconditional } from '../../engine/unconditional';
import { Aborted, BadRequest } from '../../errors';
import {
  checkWritable,
  openGiven,
  readBytes,
  refuseForeign,
  refuseOverwrite,
  writeBytes,
} from '../../platform/node/files';
import { packageVersion } from '../../platform/node/packageRoot';
import { readScan, scanPaths } from '../../platform/node/scans';
import { jsonOf, LONGEST_TEXT } from '../../schema';
import { refuseEmpty } from '../../volume/checkInput';
import { checkScan } from '../../volume/checkScan';
import type { WriteOptions } from '../../volume/formats/scanFormat';
import { HEAD_SHARE } from '../../volume/headSlices';
import type { NamedImage } from '../../volume/image';
import { isAbsolute } from '../../volume/intensity';
import { onlyVolume } from '../../volume/oneVolume';
import { scanMeasures } from '../../volume/scanMeasures';
import {
  isOwnSidecar,
  type SidecarFacts,
  sidecarJson,
  sidecarName,
  syntheticDescrip,
} from '../../volume/sidecar';
import type { Arguments, Command } from '../kit/command';
import { headSlicesOf } from '../kit/headSlices';
import type { Io } from '../kit/io';
import { type LoadedModel, loadModel, tellCard } from '../kit/models';
import { ENGINE_OPTIONS, engineChoice, engineSentence, startNodeEngine } from '../kit/nodeEngine';
import { oneOf, optional, required, sliceRange, wholeNumber } from '../kit/options';
import { startProgress } from '../kit/progress';
import { counted, JSON_OPTION, jsonText, timeText } from '../kit/report';
import { slicePlace } from './slicePlace';
import {
  type StepsDone,
  type TranslateCalls,
  type TranslatedVolume,
  translateVolume,
} from './translateVolume';

const LARGEST_SEED = 2 ** 32 - 1;

const NOISES = ['shared', 'independent', MEAN_STYLE] as const;

export const translateCommand: Command = {
  name: 'translate',
  summary: 'Translate a scan to another contrast',
  positionals: ['INPUT'],
  options: {
    model: {
      value: 'ID|FOLDER|FILE',
      text: 'a model: an id (see `syndiff models`), the folder of a card.json, such as run1/a-to-b, a card.json, or weights as .pth or .safetensors (required)',
    },
    output: {
      value: 'OUT.nii.gz',
      text: "the scan to write, on the input's grid; OUT.json is written beside it (required)",
    },
    slices: {
      value: 'A:B',
      text: `axial slices from A up to, but without, B; the others are zero, of CT air (default: all with at least ${100 * HEAD_SHARE.translation} % foreground)`,
    },
    seed: { value: 'N', text: 'the same seed gives the same image', default: '0' },
    samples: { value: 'N', text: 'how many samples are averaged, 1 to 16', default: '1' },
    noise: {
      value: NOISES.join('|'),
      text: `whether all slices start from the same noise; ${MEAN_STYLE}: of MUNIT, the mean style instead of one that is drawn`,
      default: 'shared',
    },
    style: {
      value: 'FILE',
      text: 'of MUNIT, the style of this scan of the target contrast instead of one that is drawn: the mean over its slices with 10 % foreground and more',
    },
    steps: {
      text: 'also write OUT_steps.nii.gz, 4-D: the noise x_T, then the estimate of every reverse step, of long chains of every eighth part',
    },
    preview: {
      text: 'for models of 1000 steps: take 50 of them, to look at and not to score',
    },
    batch: {
      value: 'N',
      text: 'slices at a time, 1 to 16: more may be faster on a large GPU; where the memory is not enough, fewer are taken',
      default: '1',
    },
    ...ENGINE_OPTIONS,
    dtype: { value: 'float32|int16', text: 'how voxels are stored (default float32; CT int16, in HU)' },
    volume: { value: 'N', text: 'which volume of an INPUT with several, from 0', default: '0' },
    json: JSON_OPTION,
  },
  example: 'sub-01_T1w.nii.gz --model t1w-to-flair --output sub-01_desc-synth_FLAIR.nii.gz',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const [input] = args.positionals;
  const output = required(args, 'output');
  const modelName = required(args, 'model');
  const want = engineChoice(args);
  const batch = wholeNumber(args, 'batch', 1, 16);
  const asked = optional(args, 'dtype', (a, name) => oneOf(a, name, ['float32', 'int16'] as const));
  const settings: TranslateSettings = {
    seed: wholeNumber(args, 'seed', 0, LARGEST_SEED),
    samples: wholeNumber(args, 'samples', 1, 16),
    noise: oneOf(args, 'noise', NOISES),
  };
  const styleFile = args.text('style');
  if (styleFile !== undefined && args.texts('noise').length > 0)
    throw new BadRequest(
      '--noise: must not be given with --style, which draws nothing; leave one of them out',
    );
  const scan = await readScan(input, wholeNumber(args, 'volume', 0, 2 ** 31 - 1), undefined, openGiven);
  const { ending } = scan;
  const { sidecar, steps } = await checkedOutputs({ output, ending, withSteps: args.has('steps') }, input, [
    modelName,
    ...(styleFile === undefined ? [] : await scanPaths(styleFile)),
  ]);
  const measures = scanMeasures(scan.image);
  refuseEmpty(scan, measures.levels());
  const slices = sliceRange(args, scan.image.shape[2]) ?? headSlicesOf(scan, HEAD_SHARE.translation);
  const whole = await loadModel(modelName);
  refuseUnconditional(whole.card);
  tellCard(whole.card, io);
  if (styleFile === undefined) refuseStyle(whole.card, { ...settings, samples: 1 });
  else refuseStyleScan(whole.card);
  refuseUndrawn(whole.card, styleFile === undefined ? settings.noise : GIVEN_STYLE, args);
  const styleOf = styleFile === undefined ? undefined : await readStyleScan(styleFile, whole.card, io);
  const model = args.has('preview') ? inShort(whole) : whole;
  const prepared = prepareScan(scan.image, model.card, measures);
  const unsuited = inputWarnings(prepared, model.card).map(({ text }) => text);
  for (const warning of [...unsuited, ...checkScan(scan, measures)])
    io.err(`${basename(input)}: ${warning}\n`);

  io.guard();
  const date = new Date();
  const { info, signal } = await startNodeEngine(want, io.signal);
  io.err(`${engineSentence(info)}\n`);
  const doing = { styleOf, keepChain: args.has('steps'), batch, signal };
  const result = await translateWithProgress(io, prepared, model, slices, settings, doing);

  const { style } = result;
  const given = style ? ({ noise: GIVEN_STYLE, style } as const) : {};
  if (result.constant.length > 0)
    io.err(
      `${output}: ${slicesText(result.constant)} came out as one value throughout; look at the weights by \`syndiff weights inspect\`, or choose another model\n`,
    );
  const facts: SidecarFacts = {
    ...provenanceOf(
      model.card,
      prepared,
      { ...settings, ...given },
      {
        backend: info.backend,
        date,
        previewOf: model === whole ? undefined : whole.card.diffusion.steps,
      },
    ),
    sourceName: basename(input),
    slices,
    softwareVersion: packageVersion(),
  };
  const isHu = isAbsolute(prepared.intensity.target.map);
  const how: WriteOptions = {
    dtype: asked ?? (isHu ? 'int16' : 'float32'),
    units: isHu ? 'HU' : 'arbitrary',
    descrip: syntheticDescrip(facts),
  };
  io.err(`writing ${output}\n`);
  const written = await scan.write(result.voxels, how);
  const writtenSteps = steps && (await scan.write(result.chain, how));
  // Packing takes a while, too.
  if (io.signal.aborted) throw new Aborted('translation: cancelled');
  await writeBytes(output, written);
  await writeBytes(sidecar, sidecarJson(facts));
  if (steps && writtenSteps) await writeBytes(steps, writtenSteps);

  const report = {
    output,
    sidecar,
    steps,
    model: facts.modelId,
    backend: info.backend,
    reason: info.reason,
    slices,
    msPerSlice: median(result.times)!,
    msFirstSlice: result.times[0],
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
  io.out(args.has('json') ? jsonText(report) : humanText(report));
  return 0;
}

/** What decides nothing must not seem to: seed, samples and noise of what draws nothing. One sample is what is made. */
function refuseUndrawn(card: ModelCard, noise: string, args: Arguments): void {
  if (isDrawn(card, noise)) return;
  const why = !isFixedStyle(noise)
    ? `which is so of ${card.id}, a model of ${methodOf(card.network).label}`
    : `which ${noise === MEAN_STYLE ? `--noise ${MEAN_STYLE}` : '--style'} decides`;
  for (const option of isFixedStyle(noise) ? ['samples', 'seed'] : ['samples', 'seed', 'noise']) {
    const [given] = args.texts(option);
    if (given === undefined || (option === 'samples' && given === '1')) continue;
    const advice = isFixedStyle(noise) ? 'leave one of them out' : 'leave it out';
    throw new BadRequest(
      `--${option}: must be left out where nothing is drawn, ${why}, got ${given}; ${advice}`,
    );
  }
}

/** The scan whose style is taken; what is odd about it is told. @throws BadRequest for an empty scan, one of several volumes */
async function readStyleScan(path: string, card: ModelCard, io: Io): Promise<NamedImage> {
  const say = (sentence: string) => io.err(`${sentence}\n`);
  const scan = await readScan(path, onlyVolume(basename(path)), undefined, openGiven);
  const measures = scanMeasures(scan.image);
  refuseEmpty(scan, measures.levels());
  // Under another name its sidecar tells.
  const isMade = await isResult(sidecarName(path));
  const ofName = isMade ? MADE_STYLE : styleNameWarning(scan.name, card);
  const warnings = [ofName ?? [], checkScan(scan, measures)].flat();
  for (const warning of warnings) say(`${scan.name}: ${warning}`);
  return scan;
}

/** The model with its method's shorter chain. */
function inShort(model: LoadedModel): LoadedModel {
  const { card } = model;
  const short = previewCard(card);
  if (!short)
    throw new BadRequest(
      `--preview: must be for a model of many steps, got ${card.id} of ${card.diffusion.steps}; leave it out`,
    );
  return { ...model, card: short };
}

/**
 * What is written beside the output. Throws BadRequest where the output has no NIfTI name, or one of the files cannot be
 * written or would replace the input or the model: the translation itself may take minutes.
 */
async function checkedOutputs(
  { output, ending, withSteps }: { output: string; ending: string; withSteps: boolean },
  input: string,
  others: readonly string[],
): Promise<{ sidecar: string; steps?: string }> {
  if (!output.toLowerCase().endsWith(ending))
    throw new BadRequest(`--output: must end in ${ending}, as what is written for ${input}, got "${output}"`);
  const sidecar = sidecarName(output);
  if (resolve(sidecar) === resolve(sidecarName(input))) {
    throw new BadRequest(`${output}: its sidecar would overwrite the input's; give another name`);
  }
  const steps = withSteps ? `${output.slice(0, -ending.length)}_steps${ending}` : undefined;
  const inputs = [...(await scanPaths(input)), ...others];
  for (const path of steps ? [output, sidecar, steps] : [output, sidecar]) {
    await refuseOverwrite(inputs, path);
    await checkWritable(path);
    await refuseForeign(path, 'a translation of this program with its sidecar', () => isResult(sidecar));
  }
  return { sidecar, steps };
}

/** Whether a sidecar is there that a translation wrote: then the image beside it is one, too. */
async function isResult(sidecar: string): Promise<boolean> {
  try {
    return isOwnSidecar(jsonOf(await readBytes(sidecar), { subject: sidecar }, LONGEST_TEXT));
  } catch {
    return false;
  }
}

async function translateWithProgress(
  io: Io,
  prepared: PreparedScan,
  model: LoadedModel,
  slices: readonly number[],
  settings: TranslateSettings,
  { keepChain, ...doing }: Pick<TranslateCalls, 'styleOf' | 'batch' | 'signal'> & { keepChain: boolean },
): Promise<TranslatedVolume> {
  const progress = startProgress(io);
  const begin = performance.now();
  const each = settings.samples * model.card.diffusion.steps;
  const all = slices.length * each;
  const onStep = ({ steps, ...done }: StepsDone) => {
    const left = ((performance.now() - begin) / steps) * (all - steps);
    const place = slicePlace({ ...done, steps, of: slices.length, each });
    progress.show(`${place}, ${timeText(left)} left`);
  };
  try {
    const result = await translateVolume(prepared, model, slices, settings, keepChain, {
      ...doing,
      onStep,
    });
    // The GPU may have failed in the very last step.
    if (doing.signal.aborted) throw new Aborted('translation: cancelled');
    return result;
  } catch (error) {
    // The signal also carries the failure of the GPU, which says more than "cancelled".
    throw doing.signal.aborted && !io.signal.aborted ? doing.signal.reason : error;
  } finally {
    progress.end();
  }
}

function humanText(report: {
  output: string;
  slices: readonly number[];
  backend: string;
  msPerSlice: number;
  peakMemoryBytes: number;
}): string {
  const { output, slices, backend, msPerSlice, peakMemoryBytes } = report;
  const memory = (peakMemoryBytes / 2 ** 20).toFixed(0);
  return `${output}: ${counted(slices.length, 'synthetic slice')}, ${msPerSlice.toFixed(0)} ms a slice on ${backend}, peak memory ${memory} MiB\n`;
}
