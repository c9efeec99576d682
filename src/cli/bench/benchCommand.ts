/** `bench`: the experiments of the paper on models and scans, as tables and charts. */
import { cpus, loadavg, machine } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Bench, type BenchModel, pairsOf, taskKey, tasksOf, taskText } from '../../engine/bench/bench';
import { onnxEngine } from '../../engine/bench/onnxEngine';
import { ownEngines, trainingEngines } from '../../engine/bench/ownEngines';
import { factLines, type ReportFacts, reportFacts } from '../../engine/bench/reportFacts';
import { rowsOf } from '../../engine/bench/rows';
import { type CellStore, runSuite, type SuiteProgress } from '../../engine/bench/runSuite';
import { deviceText, enginesBeside, selfTestsText } from '../../engine/bench/startEngines';
import type { CellResult, Suite } from '../../engine/bench/suite';
import { isEmptyRow, type SuiteReport } from '../../engine/bench/suiteReport';
import { SUITES } from '../../engine/bench/suites';
import { reportMarkdown } from '../../engine/bench/tableText';
import { methodOf } from '../../engine/methods';
import { PRESET_NAMES } from '../../engine/training/settings';
import { isUnconditionalModel } from '../../engine/unconditional';
import { Aborted, BadRequest } from '../../errors';
import { lockFolder } from '../../platform/node/folderLock';
import { namesIn } from '../../platform/node/nameList';
import { packageVersion } from '../../platform/node/packageRoot';
import { SPLITS, sayOnce } from '../../platform/node/trainingScans';
import { patientsBy } from '../evaluate/splitPairs';
import { isBadInput } from '../kit/badInput';
import { FILTER_OPTION, filterOf, volumeOf } from '../kit/choice';
import type { Arguments, Command } from '../kit/command';
import type { Io } from '../kit/io';
import { listModels, tellCard } from '../kit/models';
import { nearest } from '../kit/nearest';
import {
  ENGINE_OPTIONS,
  engineChoice,
  engineSentence,
  type NodeEngine,
  pauseOf,
  startNodeEngine,
} from '../kit/nodeEngine';
import { oneOf, optional, required, wholeNumber } from '../kit/options';
import { startProgress } from '../kit/progress';
import { counted, JSON_OPTION, jsonText, timeText } from '../kit/report';
import { benchData } from './benchData';
import { CELLS_FILE, checkFolder, makeBenchFolder, writeReport } from './benchFolder';
import { busyText } from './busyText';
import { CellFile } from './cellFile';
import { namedModels } from './namedModels';
import { onnxRuntime } from './onnxRuntime';
import { brainFeatures, realSlices } from './realSlices';

const ALL = 'all';
/** Options that choose scans, told in reports as they are given. */
const CHOICES = ['patient', 'filter', 'volume', 'reference-volume'] as const;
const usualSlices = (SUITES as readonly Suite[])
  .filter(({ usual }) => usual.slices !== null)
  .map(({ id, usual }) => `${usual.slices} of ${id}`)
  .join(', ');

export const benchCommand: Command = {
  name: 'bench',
  summary:
    'Compare models by the experiments of the paper, on the scans of a split: tables and charts. A run that was stopped goes on where it was',
  positionals: [],
  options: {
    suite: {
      value: 'NAME[,NAME...]',
      several: true,
      text: `which experiments, or ${ALL} of the paper's: ${SUITES.map(({ id, text }) => `${id}: ${text}`).join('; ')}`,
    },
    models: {
      value: 'MODELS',
      several: true,
      text: 'folders (every card.json in them and below), cards or ids of models, with commas between them; NAME=MODELS names their row. Else a row has the name of its folder, without a-to-b, b-to-a and seed1, seed2, ...: those are runs of one row (speed alone: if not given, the first model that comes with the program)',
    },
    data: {
      value: 'BIDS[,BIDS...]',
      several: true,
      text: 'data sets, as of evaluate --models; complexity and speed alone need none',
    },
    split: { value: SPLITS.join('|'), text: 'whom to score', default: 'test' },
    out: {
      value: 'FOLDER',
      text: 'where reports, charts and what is computed go; speed alone can do without, and then keeps nothing',
    },
    slices: {
      value: 'N',
      text: `how many slices of a task, spread over its scans (if not given: ${usualSlices}, else all with head)`,
    },
    samples: {
      value: 'N',
      text: 'samples of a slice where chance is measured (if not given: 10), and runs of each engine of speed (20)',
    },
    seed: { value: 'N', text: 'decides all that is drawn', default: '0' },
    against: {
      value: 'NAME',
      text: "the row that others are held against (if not given: the one called SynDiff, else the first of SynDiff's models, else the first); where it failed, the next of these",
    },
    preset: {
      value: PRESET_NAMES.join('|'),
      text: 'of the training whose iterations are timed (if not given: tiny; of speed small, too, without --quick)',
    },
    quick: { text: 'of speed: a few runs of each engine, for a first look (bench --suite speed --quick)' },
    limit: { value: 'N', text: 'at most N subjects of a data set' },
    patient: {
      value: 'REGEX',
      text: "what of a subject's name says who it is, where visits are subjects of their own",
    },
    filter: FILTER_OPTION,
    volume: { value: 'N', text: 'which volume of source scans with several, from 0' },
    'reference-volume': { value: 'N', text: 'which volume of target scans with several, from 0' },
    ...ENGINE_OPTIONS,
    json: JSON_OPTION,
  },
  example: '--suite quality --models runs --data data --split test --out bench1',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const suites = suitesOf(required(args, 'suite'));
  const split = oneOf(args, 'split', SPLITS);
  const slices = optional(args, 'slices', (a, n) => wholeNumber(a, n, 1, 1e6));
  const samples = optional(args, 'samples', (a, n) => wholeNumber(a, n, 2, 1000));
  const seed = wholeNumber(args, 'seed', 0, 2 ** 31 - 1);
  const limit = optional(args, 'limit', (a, n) => wholeNumber(a, n, 1, 1e6)) ?? Number.POSITIVE_INFINITY;
  const patientOf = patientsBy(args.text('patient'));
  const want = engineChoice(args);
  const choice = {
    filter: filterOf(args),
    source: volumeOf(args, 'volume'),
    target: volumeOf(args, 'reference-volume'),
  };
  // What takes minutes, and is of the moment, may be looked at and forgotten.
  const isSpeedAlone = suites.every(({ isApart }) => isApart);
  const out = isSpeedAlone ? args.text('out') : required(args, 'out');
  checkQuick(args, suites, isSpeedAlone);
  const date = new Date();
  // Before this program itself computes.
  const disturbed = busyText(loadavg()[0], cpus().length);
  const preset = optional(args, 'preset', (a, n) => oneOf(a, n, PRESET_NAMES));
  const needs = new Set(suites.map((suite) => suite.needs ?? 'pairs'));
  const folders = needs.size === 1 && needs.has('models') ? [] : namesIn(required(args, 'data'));
  const ids = suites.map(({ id }) => id);
  if (out !== undefined) await checkFolder(out, ids);
  const progress = startProgress(io);
  const say = (sentence: string) => {
    progress.end();
    io.err(`${sentence}\n`);
  };
  const {
    models: all,
    unread,
    repeated,
  } = await namedModels(
    isSpeedAlone ? (args.text('models') ?? (await listModels())[0].id) : required(args, 'models'),
  );
  for (const sentence of repeated) say(sentence);
  for (const { name, why } of unread) say(`${name}: ${why}; its row stays empty`);
  for (const { name, card } of all) tellCard({ ...card, id: name }, { err: (text) => say(text.trimEnd()) });
  checkRows(all);
  const against = againstOf(args.text('against'), all);
  const show = (text: string) => progress.show(text);
  const found = { folders, split, limit, patientOf, choice, say, show };
  const translating = all.filter(({ card }) => !isUnconditionalModel(card));
  if (needs.has('pairs'))
    for (const { name, card } of all)
      if (isUnconditionalModel(card))
        say(`${name}: makes images of noise alone; left out of all but unconditional and complexity`);
  const data =
    needs.has('pairs') && translating.length > 0
      ? await benchData(translating, found)
      : { pairs: [], baselines: [] };
  const real = needs.has('real slices') ? await realSlices(all, found) : [];
  const features = real.length > 0 ? await brainFeatures() : undefined;
  const paired = new Set(tasksOf({ models: translating, ...data }).map(taskKey));
  const scored = translating.filter(({ card }) => paired.has(taskKey(card)));
  io.guard();
  const engine = await startNodeEngine(want, io.signal);
  say(engineSentence(engine.info));
  const { backend } = engine.info;
  const compared = ids.includes('speed') ? await comparedEngines(engine) : {};
  const device = deviceText([engine.info], machineName());
  if (ids.includes('speed') && disturbed) say(`speed: ${disturbed}; times may be too long`);
  const isQuick = (suite: Suite) => suite.id === 'speed' && args.has('quick');
  const benchOf = (suite: Suite): Bench => ({
    ...{ models: suite.needs ? all : scored, unread, ...data, real, features, device },
    ...(suite.id === 'speed' && { ...compared, disturbed }),
    options: {
      slices: slices ?? suite.usual.slices,
      samples: (isQuick(suite) ? suite.usual.quickSamples : samples) ?? suite.usual.samples,
      ...{ seed, against, preset, quick: isQuick(suite) },
    },
  });
  const named = namesOf(required(args, 'suite'));
  const ready = readySuites(suites, benchOf, say);
  // What was asked for by its name, and not by "all", is missed.
  const isMissed = suites.some((suite) => named.includes(suite.id) && !ready.includes(suite));
  for (const sentence of rowsSentences({ models: scored, ...data })) say(sentence);
  if (out !== undefined) await makeBenchFolder(out);
  const release = out === undefined ? () => {} : lockFolder(out, say);
  // Several suites look at the same scans.
  const onRemark = sayOnce(say);
  const reports: (SuiteReport & { made: ReportFacts })[] = [];
  let failures = 0;
  try {
    const cells = out === undefined ? cellsInMemory() : await CellFile.open(join(out, CELLS_FILE), say);
    for (const suite of ready) {
      const bench = benchOf(suite);
      const earlier = suite.isApart ? earlierText(suite, bench, cells) : null;
      if (earlier !== null)
        say(`${suite.id}: ${earlier}, and not measured again; another --out measures all anew`);
      const report = await runSuite<unknown>(suite, bench, cells, {
        signal: engine.signal,
        pause: pauseOf(engine, io),
        now: () => performance.now(),
        resident: () => process.memoryUsage.rss(),
        onProgress: (at) => show(`${suite.id}: ${progressText(at)}`),
        onRemark,
        onFailure: (label, why) => {
          failures++;
          say(`${suite.id}: ${label}: ${why}`);
        },
      });
      progress.end();
      // A model whose images are all of one value fails nowhere.
      for (const { rows } of report.tables)
        failures += rows.filter((row) => row.failed !== null && isEmptyRow(row)).length;
      for (const { remark } of report.tables)
        if (remark) say(`${suite.id}: ${remark.replace(/\.$/, '')}; --against NAME chooses another`);
      const facts = reportFacts(suite.needs ? { ...bench, pairs: [] } : bench, {
        data: suite.needs === 'models' ? [] : folders,
        split: suite.needs === 'real slices' ? 'train and val' : split,
        ...{ backend, date, version: packageVersion(), ...(earlier !== null && { earlier }) },
        limit: Number.isFinite(limit) ? limit : null,
        choices: CHOICES.flatMap((name) =>
          args.texts(name).length > 0 ? [`--${name} ${args.texts(name).join(',')}`] : [],
        ),
      });
      if (out !== undefined) await writeReport(out, report, facts);
      reports.push({ ...report, made: facts });
      const isFirst = reports.length === 1;
      if (!args.has('json'))
        io.out(
          `${isFirst ? '' : '\n'}${reportMarkdown(report, { columns: io.columns(), head: factLines(facts) })}`,
        );
    }
  } catch (error) {
    // The signal also carries the failure of the GPU, which says more than "cancelled".
    if (engine.signal.aborted && !io.signal.aborted) throw engine.signal.reason;
    if ((error as Error).name !== 'Aborted') throw error;
    throw new Aborted(
      out === undefined
        ? 'bench: stopped; nothing is kept without --out'
        : `bench: stopped; what is done is kept in ${out}, and the same call goes on from there`,
    );
  } finally {
    progress.end();
    release();
  }
  if (args.has('json'))
    io.out(jsonText({ split: folders.length > 0 ? split : null, data: folders, backend, suites: reports }));
  return failures > 0 || unread.length > 0 || isMissed ? BAD_INPUT : 0;
}

/** As workers/bench/machineText.ts for a browser. */
function machineName(): string {
  const found = cpus();
  const [major, minor] = process.versions.node.split('.');
  return `${found[0]?.model.trim() || machine()} with ${counted(found.length, 'core')}, Node ${major}.${minor}`;
}

function cellsInMemory(): CellStore {
  const kept = new Map<string, CellResult<unknown>>();
  return {
    get: (key) => kept.get(key) ?? null,
    put: async (key, result) => {
      kept.set(key, result);
    },
  };
}

/** Times that an earlier call has measured, told with the report, which has the date of this one; null where there are none. */
function earlierText(suite: Suite, bench: Bench, cells: CellStore): string | null {
  const all = suite.cells(bench);
  const kept = all.filter(({ key }) => cells.get(key) !== null).length;
  return kept === 0 ? null : `${kept} of ${counted(all.length, 'part')} measured by an earlier call`;
}

/** @throws BadRequest where --quick says nothing, or the contrary of --samples */
function checkQuick(args: Arguments, suites: readonly Suite[], isSpeedAlone: boolean): void {
  if (!args.has('quick')) return;
  if (!suites.some(({ id }) => id === 'speed'))
    throw new BadRequest(
      '--quick: is of the suite speed, got it without; leave it out, or add speed to --suite',
    );
  if (isSpeedAlone && args.text('samples') !== undefined)
    throw new BadRequest(
      '--quick: says how many runs of each engine there are, got --samples, too; leave one of them out',
    );
}

/** What speed compares: on a GPU that is there, and on wasm; onnxruntime-web has no WebGPU in Node. */
async function comparedEngines({
  info,
  environment,
}: NodeEngine): Promise<Pick<Bench, 'contenders' | 'trainers' | 'leftOut' | 'selfTests' | 'device'>> {
  const { engines, leftOut } = await enginesBeside(info, environment);
  // As many as ours.
  const threads = Math.max(1, ...engines.map((engine) => engine.threads?.count ?? 1));
  return {
    contenders: [
      ...ownEngines(engines),
      ...(threads === 1 ? [1] : [1, threads]).map((count) =>
        onnxEngine({ provider: 'wasm', threads: count, graph: 'straight' }, packageVersion(), () =>
          onnxRuntime(count),
        ),
      ),
    ],
    trainers: trainingEngines(engines),
    selfTests: selfTestsText(engines),
    leftOut: [
      ...leftOut,
      'onnxruntime-web on WebGPU is compared by the page, #/bench under npm run dev: it has none in Node.',
    ],
    device: deviceText(engines, machineName()),
  };
}

/** As of one scan among several: the rest is done. */
const BAD_INPUT = 2;

const namesOf = (text: string): string[] => [...new Set(text.split(',').map((name) => name.trim()))];

function suitesOf(text: string): Suite[] {
  const names = namesOf(text);
  const known: readonly Suite[] = SUITES;
  const ids = known.map(({ id }) => id);
  const unknown = names.find((name) => name !== ALL && !ids.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, [...ids, ALL]);
    throw new BadRequest(
      `--suite: must be of ${[...ids, ALL].join(', ')}, got "${unknown}"; ${meant ? `did you mean ${meant}?` : 'choose of these'}`,
    );
  }
  return known.filter(({ id, isApart }) => names.includes(id) || (names.includes(ALL) && !isApart));
}

/** Their mean would be no method's. */
function checkRows(models: readonly BenchModel[]): void {
  for (const { name, card } of models) {
    const other = models.find((one) => one.name === name && one.card.network.method !== card.network.method);
    if (other) {
      const [one, two] = [card, other.card].map(({ network }) => methodOf(network).label);
      throw new BadRequest(
        `bench: models of one row must be runs of one method, got ${one} and ${two} of "${name}"; give each a row by NAME=MODELS, or folders of their names`,
      );
    }
  }
}

/** A row's name, in letters of either case. */
function againstOf(text: string | undefined, models: readonly BenchModel[]): string | undefined {
  if (text === undefined) return undefined;
  const names = [...new Set(models.map(({ name }) => name))];
  const found =
    names.find((name) => name === text) ?? names.find((name) => name.toLowerCase() === text.toLowerCase());
  if (found === undefined)
    throw new BadRequest(`--against: must be a row's name (${names.join(', ')}), got "${text}"; choose one`);
  return found;
}

/** Looked at before anything is computed. One that the bench has not what it needs for is told and left out; where all are, refused. */
function readySuites(
  suites: readonly Suite[],
  benchOf: (suite: Suite) => Bench,
  say: (sentence: string) => void,
): Suite[] {
  const ready: Suite[] = [];
  let first: unknown;
  for (const suite of suites) {
    try {
      suite.cells(benchOf(suite));
      ready.push(suite);
    } catch (error) {
      if (!isBadInput(error)) throw error;
      first ??= error;
      if (suites.length > 1) say(`${(error as Error).message}; ${suite.id} is left out`);
    }
  }
  if (ready.length === 0) throw first;
  return ready;
}

/** What is compared, a sentence a task. */
function rowsSentences(bench: Pick<Bench, 'models' | 'pairs'>): string[] {
  return tasksOf(bench).map((task) => {
    const rows = rowsOf(bench, task).map(
      ({ name, runs }) => name + (runs.length > 1 ? ` (${runs.length} runs)` : ''),
    );
    const pairs = pairsOf(bench, task);
    const patients = new Set(pairs.map(({ patient }) => patient)).size;
    return `${taskText(task)}: ${rows.join(', ')}; ${counted(pairs.length, 'pair')} of ${counted(patients, 'patient')}`;
  });
}

const progressText = ({ label, done, cells, msLeft, isLeast }: SuiteProgress): string =>
  `${label}, part ${done + 1} of ${cells}${msLeft === null || msLeft < 1000 ? '' : `, ${isLeast ? 'at least ' : ''}${timeText(msLeft)} left`}`;
