import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { chartSvg } from '../../engine/bench/chartSvg';
import type { ModelCard } from '../../engine/cards/modelCard';
import { VAL_SPLIT_LIMIT, withScoreLimit } from '../../engine/cards/scoreLimits';
import { cardMetrics } from '../../engine/evaluation/cardMetrics';
import { trainingOf } from '../../engine/methods';
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import { sealed, unsealed } from '../../engine/training/checksums';
import { dataBytes, type TrainData } from '../../engine/training/data';
import { estimateMemory, type MemoryEstimate, memoryLimits } from '../../engine/training/estimate';
import { OWN_LICENCE } from '../../engine/training/exportModel';
import { readHistory } from '../../engine/training/historyFile';
import { EVERY } from '../../engine/training/loop';
import { lossCharts } from '../../engine/training/lossCharts';
import type { Preview, RunHistory } from '../../engine/training/reports';
import {
  beginRun,
  type RunHooks,
  readRunData,
  resumeRun,
  type StepProgress,
} from '../../engine/training/session';
import { type TrainSettings, variantText } from '../../engine/training/settings';
import { readStoredRun, restoreCheckpoint } from '../../engine/training/storedRun';
import { isUnconditionalModel } from '../../engine/unconditional';
import { Aborted, BadRequest, CorruptFile } from '../../errors';
import { DiskRun } from '../../platform/node/diskRun';
import { isUnwritten } from '../../platform/node/fileErrors';
import { checkWritable, makeFolder, removeUnfinished, writeBytes } from '../../platform/node/files';
import { contrastOf } from '../../platform/node/trainingScans';
import { type Infer, list, object, refusal, text } from '../../schema';
import { exitCodeOf } from '../evaluate/evaluatePairs';
import { evaluationText } from '../evaluate/evaluationTable';
import { isBadInput } from '../kit/badInput';
import { filterOf, volumesOf } from '../kit/choice';
import type { Arguments, Command } from '../kit/command';
import { type Io, saying } from '../kit/io';
import { writeCard } from '../kit/models';
import {
  type EngineChoice,
  engineChoice,
  engineSentence,
  type NodeEngine,
  pauseOf,
  startNodeEngine,
} from '../kit/nodeEngine';
import { oneOf, optional, required } from '../kit/options';
import { greyPng } from '../kit/png';
import { startProgress } from '../kit/progress';
import { counted, jsonText } from '../kit/report';
import { loadData } from './loadData';
import {
  CALL_FILE,
  checkCards,
  checkKinds,
  EVALUATION_FILE,
  FILES,
  isRunFile,
  LOG_FILE,
  LOSS_CHARTS,
  PREVIEWS,
  RUN_FOLDER,
  refuseInTheWay,
} from './runFolder';
import { refuseTogether } from './trainContradictions';
import {
  dataText,
  findScans,
  numbersText,
  ofSplit,
  RUN_SCANS,
  type RunScans,
  refuseMixed,
  refuseSameFile,
  refuseUnchosen,
} from './trainData';
import { type DirectionReport, evaluateModel } from './trainEvaluation';
import { type StartLine, TrainLog } from './trainLog';
import { type TrainedModel, writeModels, writtenFacts } from './trainModels';
import { everyOf, planRun, refuseWithResume, TRAIN_OPTIONS, USUAL_EVERY } from './trainOptions';
import { closingText, progressText, scoringText } from './trainProgress';

export const trainCommand: Command = {
  name: 'train',
  summary: 'Train models on your own scans, in checkpoints that can be gone on with',
  positionals: [],
  options: TRAIN_OPTIONS,
  example: '--a data:T1w --b data:FLAIR --out run1 --preset small --steps 20000 --eval val',
  run,
};

const EVALUATIONS = ['val', 'test'] as const;
type EvaluationSplit = (typeof EVALUATIONS)[number];

const ADVICE = 'start a new run with another --out';

const RUN_CALL = object({
  scans: RUN_SCANS,
  /** Subjects whose two contrasts are aligned in the training slices. */
  aligned: list(text()),
  every: EVERY,
  /** As `DataFacts`. */
  data: text(),
  licence: text(),
});
type RunCall = Infer<typeof RUN_CALL>;

/** A run that is ready to go on. */
interface ReadyRun {
  settings: TrainSettings;
  call: RunCall;
  data: TrainData;
  estimate: MemoryEstimate;
  engine: NodeEngine;
  goOn: (hooks: RunHooks) => Promise<CheckpointIndex>;
  /** Null where the run is new. */
  before: { index: CheckpointIndex; history: RunHistory } | null;
}

async function run(args: Arguments, io: Io): Promise<number> {
  const out = required(args, 'out');
  const split = optional(args, 'eval', (a, n) => oneOf(a, n, EVALUATIONS));
  const want = engineChoice(args);
  const files = new DiskRun(join(out, RUN_FOLDER), isRunFile);
  const order = { args, io, out, files, split, want };
  try {
    return await carryOut(order);
  } catch (error) {
    throw isUnwritten(error) ? await withAdvice(error as Error, order) : error;
  } finally {
    files.close();
  }
}

/** The models are those of the last checkpoint, so that going on with the run also writes what was not. */
async function withAdvice(error: Error, { out, files }: Order): Promise<Error> {
  const { message } = error;
  const index = await storedIn(files).catch(() => null);
  if (!index && isBadInput(error)) return new BadRequest(`${message}; choose another --out`);
  const room = 'free some space or make it writable';
  if (!index) return new Error(`${message}; nothing is trained yet: ${room}, or choose another --out`);
  const done = `the checkpoint of iteration ${index.step} of ${index.settings.iterations} is kept`;
  return new Error(`${message}; ${done}: ${room}, and go on with ${commandToResume(out)}`);
}

const commandToResume = (out: string) => `\`syndiff train --out ${out} --resume\``;

async function carryOut(order: Order): Promise<number> {
  const { args, io, out, files, split } = order;
  await checkKinds(out);
  const log = new TrainLog(join(out, LOG_FILE), saying(io));
  const ready = args.has('resume') ? await resumed(order) : await begun(order);
  const { engine, call } = ready;
  const index = await train(ready, io, out, files, log);

  io.err(`${out}: writing the models\n`);
  const models = await ofRun(files, writeModels(out, files, index, call, saying(io)));
  log.add({ event: 'end', step: index.step });
  const evaluation = split ? await evaluate(ready, io, out, { files, index, models, split }) : null;
  const { steps, validations } = await readHistory(files, index);
  for (const chart of lossCharts(index.settings, steps))
    await writeBytes(join(out, LOSS_CHARTS[chart.id]), chartSvg(chart));
  const report = {
    out,
    iterations: index.step,
    variant: variantText(index.settings),
    backend: engine.info.backend,
    reason: engine.info.reason,
    losses: steps.at(-1)?.losses ?? null,
    validation: validations.at(-1) ?? null,
    models: models.map(({ direction, card, path }) => ({
      direction,
      card: path,
      id: card.id,
      weightsSha256: card.weights.sha256,
    })),
    evaluation: evaluation && join(out, EVALUATION_FILE),
    scores: evaluation?.map(withoutSlices) ?? null,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
  if (args.has('json')) io.out(jsonText(report));
  else {
    for (const { card, path } of models)
      io.out(`${path}: ${contrastsText(card)}, ${counted(index.step, 'iteration')}\n`);
    for (const one of evaluation ?? []) io.out(`${evaluationText(one, split!, io.columns())}\n`);
  }
  return exitCodeOf(evaluation ?? []);
}

const contrastsText = (card: ModelCard): string =>
  isUnconditionalModel(card) ? `${card.target} of noise alone` : `${card.source} to ${card.target}`;

/** What is asked for. */
interface Order {
  args: Arguments;
  io: Io;
  out: string;
  files: DiskRun;
  split: EvaluationSplit | undefined;
  want: EngineChoice;
}

/** Takes the run's folder for this process, and clears what one that was killed has left beside it. */
async function takeFolder({ files, io, out }: Order): Promise<void> {
  await files.open(saying(io));
  await checkWritable(join(out, LOG_FILE));
  await removeUnfinished(out, (name) => FILES.includes(name));
  await removeUnfinished(join(out, PREVIEWS), (name) => PREVIEW_NAME.test(name));
}

async function begun(order: Order): Promise<ReadyRun> {
  const { args, io, files, split, want } = order;
  refuseTogether(args);
  const isOne = args.has('unconditional');
  const names = {
    a: required(args, 'a'),
    b: isOne ? undefined : required(args, 'b'),
    valA: args.text('val-a'),
    valB: args.text('val-b'),
    choice: { filter: filterOf(args), volumes: volumesOf(args, 'volume') },
  };
  await refuseStored(order);
  const progress = startProgress(io);
  const say = (text: string) => {
    progress.end();
    saying(io)(text);
  };
  const scans = await findScans(names, say, progress.show).finally(progress.end);
  refuseMixed(scans, args.text('contrasts') !== undefined, saying(io));
  // Before the contrasts, which one file's name does not tell two of.
  refuseSameFile(scans);
  const { settings, start } = await planRun(args, {
    a: contrastOf(scans.a),
    b: contrastOf(isOne ? scans.a : scans.b),
  });
  const every = everyOf(args, settings);
  const isPaired = settings.variant.pairing === 'paired';
  refuseUnchosen(scans, isPaired, ['train', 'val', ...(split === 'test' ? [split] : [])], saying(io));
  needPairs(scans, split);
  await takeFolder(order);
  // Another process may have come to its end in between.
  await refuseStored(order);

  const engine = await startEngine(io, want);
  // What is outside of the backend does not decide whether it fits.
  refuseTooLarge(estimateOf(settings, engine, 0));
  const { data, volumes, aligned, inputs } = await loadData(
    scans,
    settings,
    io,
    split === 'test' ? ofSplit(scans, split) : [],
  );
  io.guard();
  const { train, validation } = data;
  const estimate = estimateOf(settings, engine, dataBytes(data));
  io.err(
    `${isOne ? `${settings.contrasts.a}: ${train.a.count}` : `${settings.contrasts.a} and ${settings.contrasts.b}: ${train.a.count} and ${train.b.count}`} slices of ${settings.size} x ${settings.size}${cropText(settings)}, ${counted(validation?.a.count ?? 0, 'validation pair')}; ${variantText(settings)}\n`,
  );
  if (validation && every.validation === 0 && args.text('every-validation') === undefined)
    io.err(
      `validation: none on the way, as a slice takes ${trainingOf(settings).diffusion(settings).steps} steps; --every-validation N for one\n`,
    );
  const call: RunCall = {
    scans,
    aligned,
    every,
    data: args.text('data') ?? dataText(scans, settings, volumes, names.choice),
    licence: args.text('licence') ?? OWN_LICENCE,
  };
  await files.write(CALL_FILE, await sealed(call));
  return {
    settings,
    call,
    data,
    estimate,
    engine,
    goOn: (hooks) => beginRun(files, { settings, start, every }, { data, volumes, inputs }, hooks),
    before: null,
  };
}

/** The folder must be new, or that of a run which was stopped before its first checkpoint. */
async function refuseStored({ out, files }: Order): Promise<void> {
  if (await storedIn(files))
    throw new BadRequest(
      `${out}: must not hold a run yet, got one; go on with it by --out ${out} --resume, or choose another --out`,
    );
  const { isWhole } = await readCall(files);
  if (!isWhole) await refuseInTheWay(out);
}

async function resumed(order: Order): Promise<ReadyRun> {
  const { args, io, out, files, split, want } = order;
  refuseWithResume(args);
  if (!(await storedIn(files)))
    throw new BadRequest(`${out}: must hold a run to go on with, got none; start one without --resume`);
  await checkCards(out);
  const found = await readCall(files);
  if (split && !found.isWhole)
    throw new BadRequest(`${found.reason}, so the scans to evaluate on are not known; leave out --eval`);
  if (found.isWhole) needPairs(found.call.scans, split);
  await takeFolder(order);
  io.err(`${out}: reading the run\n`);
  const restored = await ofRun(files, restoreCheckpoint(files));
  if (restored !== null) io.err(`${files.folder}${sep}${restored}\n`);
  // As it is now that nobody else writes to it.
  const index = (await storedIn(files))!;
  const call = found.isWhole ? found.call : await callOf(index, out);
  if (!found.isWhole)
    io.err(
      `${found.reason}; the run goes on with ${USUAL_EVERY.checkpoint} iterations between checkpoints, as by default, and its models' cards say "${call.data}" of the scans, and of their licence "${call.licence}"\n`,
    );
  const engine = await startEngine(io, want);
  const data = await ofRun(files, readRunData(files, index));
  io.guard();
  const estimate = estimateOf(index.settings, engine, dataBytes(data));
  if (index.step < index.settings.iterations) refuseTooLarge(estimate);
  const history = await ofRun(files, readHistory(files, index));
  for (const sentence of history.damage) io.err(`${files.folder}${sep}${sentence}\n`);
  io.err(`${out}: ${index.step} of ${counted(index.settings.iterations, 'iteration')} done\n`);
  return {
    settings: index.settings,
    call,
    data,
    estimate,
    engine,
    goOn: (hooks) => ofRun(files, resumeRun(files, call.every, hooks)),
    before: { index, history },
  };
}

/** The run that is in the folder, or null. @throws CorruptFile, saying where, for one that cannot be read */
async function storedIn(files: DiskRun): Promise<CheckpointIndex | null> {
  return existsSync(files.folder) ? ofRun(files, readStoredRun(files)) : null;
}

/** What is read of a run's files. @throws CorruptFile, saying where they are, and CorruptFile as it is for those elsewhere */
async function ofRun<T>({ folder }: DiskRun, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof CorruptFile) || error.message.split(': ', 1)[0].includes(sep)) throw error;
    throw new CorruptFile(`${folder}${sep}${error.message.replace(/\bstart a new run$/, ADVICE)}`);
  }
}

const cropText = ({ crop }: TrainSettings) => (crop ? ` in crops of ${crop} x ${crop}` : '');

function needPairs(scans: RunScans, split: EvaluationSplit | undefined): void {
  if (split && ofSplit(scans, split).length === 0)
    throw new BadRequest(
      `--eval: needs subjects of the ${split} split with both contrasts, got none; name the splits in participants.tsv${split === 'val' ? ', or give --val-a and --val-b' : ''}`,
    );
}

type FoundCall = { isWhole: true; call: RunCall } | { isWhole: false; reason: string };

/** Without it a run can go on. */
async function readCall(files: DiskRun): Promise<FoundCall> {
  const at = { subject: join(files.folder, CALL_FILE) };
  try {
    const bytes = await files.read(CALL_FILE);
    if (!bytes) throw refusal('there to tell what the run was called with', 'no such file', at);
    return { isWhole: true, call: RUN_CALL.read(await unsealed(bytes, at), at) };
  } catch (error) {
    if (!(error instanceof CorruptFile)) throw error;
    return { isWhole: false, reason: error.message.split('; ', 1)[0] };
  }
}

/** In place of one that is gone: what the run itself tells, and of the scans its models' cards. */
async function callOf({ volumes, settings }: CheckpointIndex, out: string): Promise<RunCall> {
  const written = await writtenFacts(out);
  return {
    scans: { a: [], b: [], validation: null },
    aligned: [],
    every: USUAL_EVERY,
    data: written?.data ?? numbersText(volumes, settings),
    licence: written?.licence ?? OWN_LICENCE,
  };
}

async function startEngine(io: Io, want: EngineChoice): Promise<NodeEngine> {
  const engine = await startNodeEngine(want, io.signal, true);
  io.err(`${engineSentence(engine.info)}\n`);
  return engine;
}

function estimateOf(settings: TrainSettings, { info }: NodeEngine, outside: number): MemoryEstimate {
  return estimateMemory(settings, memoryLimits(info), outside);
}

function refuseTooLarge({ fits, sentence }: MemoryEstimate): void {
  if (!fits) throw new BadRequest(sentence);
}

/** Trains to the end of the run. Throws Aborted after Ctrl-C, with a checkpoint written, and what the GPU failed with. */
async function train(
  { settings, call, estimate, engine, goOn, before }: ReadyRun,
  io: Io,
  out: string,
  files: DiskRun,
  log: TrainLog,
): Promise<CheckpointIndex> {
  io.err(`${estimate.sentence}\n`);
  const { backend, reason } = engine.info;
  const { every } = call;
  const started = before?.index.started ?? new Date().toISOString();
  const start: StartLine = { event: 'start', started, backend, reason, settings, every, estimate };
  const progress = startProgress(io);
  try {
    if (before) await log.rewind(start, before.index.step, before.history);
    else await log.start(start);
    await makeFolder(join(out, PREVIEWS));
    const begin = performance.now();
    let last = null as StepProgress | null;
    const index = await goOn({
      signal: io.signal,
      now: () => performance.now(),
      today: () => new Date(),
      pause: pauseOf(engine, io),
      onReady: () => undefined,
      onStep: (step) => {
        last = step;
        log.add({ event: 'step', ...step.report, memoryBytes: step.memoryBytes });
        progress.show(progressText(step, settings));
      },
      onScoring: (scoring) => progress.show(scoringText(scoring)),
      onDrawing: ({ slice, of }) => progress.show(`making pictures, ${slice} of ${of}`),
      onValidation: (validation) => log.add({ event: 'validation', ...validation }),
      onPreview: (preview) => writePreview(join(out, PREVIEWS), preview),
      onCheckpoint: ({ step, bytes }) => log.add({ event: 'checkpoint', step, bytes }),
    });
    progress.end();
    if (last) io.err(`${closingText(last, settings, performance.now() - begin)}\n`);
    return index;
  } catch (error) {
    if ((error as Error).name !== 'Aborted') throw error;
    const index = await storedIn(files);
    if (!index) throw error;
    throw new Aborted(
      `training: stopped after iteration ${index.step} of ${settings.iterations}; go on with ${commandToResume(out)}`,
    );
  } finally {
    progress.end();
  }
}

/** What `writePreview` names them. */
const PREVIEW_NAME = /^\d{6,}-(aToB|bToA)\.png$/;

/** Rows of source, synthetic and, where there is one, target, the patient's left at the left as on the page. */
function writePreview(folder: string, { step, direction, rows }: Preview): Promise<void> {
  const { size, order } = rows[0].source;
  const width = size * (rows.some(({ target }) => target) ? 3 : 2);
  const pixels = new Uint8Array(rows.length * size * width);
  rows.forEach(({ source, synthetic, target }, n) => {
    [source, synthetic, target].forEach((image, column) => {
      if (!image) return;
      for (let y = 0; y < size; y++)
        pixels.set(image.pixels.subarray(y * size, (y + 1) * size), (n * size + y) * width + column * size);
    });
  });
  const name = `${String(step).padStart(6, '0')}-${direction}.png`;
  return writeBytes(join(folder, name), greyPng(pixels, width, `Image order: ${order}`));
}

async function evaluate(
  { call, data, engine }: ReadyRun,
  io: Io,
  out: string,
  run: { files: DiskRun; index: CheckpointIndex; models: TrainedModel[]; split: EvaluationSplit },
): Promise<DirectionReport[]> {
  const { files, index, models, split } = run;
  const pairs = ofSplit(call.scans, split, saying(io));
  const progress = startProgress(io);
  const reports: DirectionReport[] = [];
  try {
    for (const model of models) {
      const facts = { index, files, data, aligned: call.aligned };
      const report = await evaluateModel(model, pairs, facts, {
        signal: io.signal,
        pause: pauseOf(engine, io),
        onProgress: (text) => progress.show(text),
        onRemark: (text) => {
          progress.end();
          io.err(`${text}\n`);
        },
      });
      if (io.signal.aborted) throw new Aborted('evaluation: cancelled');
      for (const { subject, reason } of report.broken) {
        progress.end();
        io.err(`${subject}: left out: ${reason}\n`);
      }
      reports.push(report);
    }
  } catch (error) {
    if ((error as Error).name !== 'Aborted') throw error;
    throw new Aborted(
      `evaluation: stopped, and the models are written; score them with \`syndiff train --out ${out} --resume --eval ${split}\``,
    );
  } finally {
    progress.end();
  }
  const watched = split === 'val' ? VAL_SPLIT_LIMIT : null;
  for (const [n, { card, path }] of models.entries()) {
    const metrics = cardMetrics(reports[n], split, call.data, `After iteration ${index.step}, seed 0`);
    await writeCard(path, { ...card, metrics, limits: withScoreLimit(card.limits, watched) });
  }
  const { intensity } = index.settings;
  await writeBytes(
    resolve(out, EVALUATION_FILE),
    jsonText({ split, iterations: index.step, intensity, directions: reports }),
  );
  return reports;
}

/** For `--json`: the slices are in evaluation.json. */
function withoutSlices({ methods, ...report }: DirectionReport) {
  const kept = Object.entries(methods).map(([name, method]) => {
    if (!method) return [name, null];
    const { subjects, ...kept } = method;
    return [
      name,
      { ...kept, subjects: subjects.map(({ slices, ...row }) => ({ ...row, n: slices.length })) },
    ];
  });
  return { ...report, methods: Object.fromEntries(kept) };
}
