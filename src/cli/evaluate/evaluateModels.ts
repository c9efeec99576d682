/** `evaluate --models`: models on a split of BIDS data sets. */
import { basename, resolve } from 'node:path';
import type { ModelCard } from '../../engine/cards/modelCard';
import { BaselineFit, type Baselines } from '../../engine/evaluation/baselines/fitBaselines';
import { cardMetrics } from '../../engine/evaluation/cardMetrics';
import type { ModelReport } from '../../engine/evaluation/report';
import { loadTranslator } from '../../engine/methods/translator';
import { pairedSlices } from '../../engine/training/dataset';
import { gridOfModel } from '../../engine/training/settings';
import { Aborted, BadRequest } from '../../errors';
import { checkWritable } from '../../platform/node/files';
import { namesIn } from '../../platform/node/nameList';
import { namesApart } from '../../platform/node/namesApart';
import { chosenScans, refuseRivalPairs } from '../../platform/node/scanChoice';
import { readChosen } from '../../platform/node/scans';
import {
  hasContrast,
  pairedScans,
  SPLITS,
  type Split,
  sayOnce,
  type TrainingScan,
  trainingScans,
} from '../../platform/node/trainingScans';
import type { EntityFilter } from '../../volume/entityFilter';
import { isBadInput } from '../kit/badInput';
import { filterOf, volumeOf } from '../kit/choice';
import type { Arguments } from '../kit/command';
import type { Io } from '../kit/io';
import { type LoadedModel, loadModel, writeCard } from '../kit/models';
import { BACKENDS, pauseOf, startNodeEngine } from '../kit/nodeEngine';
import { oneOf, optional, required, wholeNumber } from '../kit/options';
import { startProgress } from '../kit/progress';
import { jsonText } from '../kit/report';
import { evaluatePairs, exitCodeOf, type PairPaths } from './evaluatePairs';
import { evaluationText } from './evaluationTable';

/** Of a model's source and target. */
type SplitPairs = Record<Split, PairPaths[]>;

export async function evaluateModels(args: Arguments, io: Io): Promise<number> {
  const split = oneOf(args, 'split', SPLITS);
  const every = optional(args, 'every', (a, n) => wholeNumber(a, n, 1, 1000)) ?? 1;
  const limit = optional(args, 'limit', (a, n) => wholeNumber(a, n, 1, 1e6)) ?? Number.POSITIVE_INFINITY;
  const count = optional(args, 'samples-spread', (a, n) => wholeNumber(a, n, 2, 100));
  const slices = optional(args, 'spread-slices', (a, n) => wholeNumber(a, n, 1, 1000)) ?? 1;
  const samples = count === undefined ? null : { count, slices };
  const patientOf = patients(args.text('patient'));
  const want = oneOf(args, 'backend', BACKENDS);
  const folders = namesIn(required(args, 'data'));
  const choice: Choice = {
    filter: filterOf(args),
    source: volumeOf(args, 'volume'),
    target: volumeOf(args, 'reference-volume'),
  };
  const models: { model: LoadedModel; pairs: SplitPairs }[] = [];
  for (const name of namesIn(required(args, 'models'))) {
    const model = await loadModel(name, undefined, 'models');
    if (args.has('card')) await checkWritable(cardPath(name, model));
    models.push({
      model,
      pairs: await splitPairs(folders, model.card, { scored: split, limit, patientOf, choice, io }),
    });
  }
  io.guard();
  const engine = await startNodeEngine(want, io.signal);
  const { backend, reason } = engine.info;
  io.err(`backend ${backend}: ${reason}\n`);
  const progress = startProgress(io);
  const pause = pauseOf(engine, io);
  const data = folders.map((folder) => basename(resolve(folder))).join(', ');
  const reports: ModelReport[] = [];
  try {
    for (const { model, pairs } of models) {
      const { card, weights } = model;
      const show = (text: string) => progress.show(`${card.id}: ${text}`);
      const warn = (text: string) => {
        progress.end();
        io.err(`${card.id}: ${text}\n`);
      };
      const baselines = await fittedBaselines(pairs.train, card, { io, pause, show, warn });
      const translator = await loadTranslator(card, weights.state);
      let report: ModelReport;
      try {
        report = await evaluatePairs(
          {
            pairs: pairs[split],
            model: { card, translator },
            baselines,
            every,
            samples,
          },
          { signal: engine.signal, pause, onProgress: show, onRemark: warn },
        );
      } finally {
        translator.dispose();
      }
      for (const { subject, reason } of report.broken) warn(`${subject}: left out: ${reason}`);
      reports.push(report);
      if (args.has('card')) {
        const metrics = cardMetrics(report, split, data, `Seed 0, ${card.weights.dtype} weights, ${backend}`);
        await writeCard(cardPath(card.id, model), { ...card, metrics });
      }
      progress.end();
      if (!args.has('json')) io.out(`${evaluationText(report, split, io.columns())}\n`);
    }
  } catch (error) {
    // The signal also carries the failure of the GPU, which says more than "cancelled".
    if (engine.signal.aborted && !io.signal.aborted) throw engine.signal.reason;
    throw (error as Error).name === 'Aborted' ? new Aborted('evaluation: cancelled') : error;
  } finally {
    progress.end();
  }
  if (args.has('json')) io.out(jsonText({ split, data: folders, every, samples, backend, models: reports }));
  return exitCodeOf(reports);
}

function cardPath(name: string, { path }: LoadedModel): string {
  if (path === undefined)
    throw new BadRequest(`--card: needs models that have a card, got ${name}; name its card.json`);
  return path;
}

/** @param pattern a regular expression; what of a subject's name it matches says who it is. Without one, the whole name */
function patients(pattern: string | undefined): (subject: string) => string {
  if (pattern === undefined) return (subject) => subject;
  try {
    const expression = new RegExp(pattern);
    return (subject) => expression.exec(subject)?.[0] || subject;
  } catch {
    throw new BadRequest(`--patient: must be a regular expression, got "${pattern}"`);
  }
}

/** Subjects with both contrasts, of each split; of the one that is scored, `limit` a data set. */
async function splitPairs(
  folders: readonly string[],
  { id, source, target }: ModelCard,
  {
    scored,
    limit,
    patientOf,
    choice,
    io,
  }: { scored: Split; limit: number; patientOf: (subject: string) => string; choice: Choice; io: Io },
): Promise<SplitPairs> {
  const pairs: Record<Split, FolderPair[]> = { train: [], val: [], test: [] };
  // Of one folder the same is said for both contrasts.
  const say = sayOnce((text) => io.err(`${id}: ${text}\n`));
  const named: Record<string, TrainingScan[]> = {};
  for (const folder of folders) {
    const both = await scansOfBoth(folder, { source, target }, choice.filter, say);
    if (both) Object.assign(named, { [`${folder}:source`]: both.source, [`${folder}:target`]: both.target });
    else say(`${folder}: no scans of both ${source} and ${target}; left out`);
  }
  const chosen = chosenScans(named, choice.filter, say);
  for (const folder of folders) {
    const both = { source: chosen[`${folder}:source`] ?? [], target: chosen[`${folder}:target`] ?? [] };
    for (const split of SPLITS) {
      const those = (scans: TrainingScan[]) => scans.filter((scan) => scan.split === split);
      if (split === scored || split === 'train') refuseRivalPairs(those(both.source), those(both.target));
      const found = pairedScans(those(both.source), those(both.target), split === scored ? say : undefined);
      for (const { a, b } of split === scored ? found.slice(0, limit) : found) {
        const { subject } = a;
        const [sourcePlace, targetPlace] = [
          { path: a.path, volume: choice.source },
          { path: b.path, volume: choice.target },
        ];
        const patient = patientOf(subject);
        pairs[split].push({ folder, subject, patient, source: sourcePlace, target: targetPlace });
      }
    }
  }
  if (pairs[scored].length === 0) {
    throw new BadRequest(
      `--data: needs subjects of the ${scored} split with ${source} and ${target} for ${id}, got none in ${folders.join(', ')}; choose another --split or --data`,
    );
  }
  return namedApart(pairs);
}

/** Which of several scans and volumes is meant. */
interface Choice {
  filter: EntityFilter;
  source: number | undefined;
  target: number | undefined;
}

interface FolderPair extends PairPaths {
  /** The data set. */
  folder: string;
}

/** The same name in two data sets is two people: such names begin with the data set's. */
function namedApart(pairs: Record<Split, FolderPair[]>): SplitPairs {
  const all = SPLITS.flatMap((split) => pairs[split]);
  const subjects = namesApart(all.map(({ folder, subject }) => ({ folder, name: subject })));
  const patients = namesApart(all.map(({ folder, patient }) => ({ folder, name: patient })));
  const named = ({ folder, subject, patient, ...paths }: FolderPair): PairPaths => ({
    ...paths,
    subject: subjects(folder, subject),
    patient: patients(folder, patient),
  });
  return { train: pairs.train.map(named), val: pairs.val.map(named), test: pairs.test.map(named) };
}

/** Null where the data set lacks one of the contrasts. @throws BadRequest where there is no such folder, or a bad table of splits */
async function scansOfBoth(
  folder: string,
  contrasts: Pick<ModelCard, 'source' | 'target'>,
  filter: EntityFilter,
  say: (text: string) => void,
): Promise<{ source: TrainingScan[]; target: TrainingScan[] } | null> {
  const { source, target } = contrasts;
  if (!(await hasContrast(folder, source, filter)) || !(await hasContrast(folder, target, filter)))
    return null;
  const of = (contrast: string) => trainingScans(`${folder}:${contrast}`, say, filter);
  return { source: await of(source), target: await of(target) };
}

/** Fits what needs no network on the pairs of training, scan after scan. */
async function fittedBaselines(
  pairs: readonly PairPaths[],
  card: ModelCard,
  {
    io,
    pause,
    show,
    warn,
  }: {
    io: Io;
    pause: () => Promise<void>;
    show: (text: string) => void;
    warn: (text: string) => void;
  },
): Promise<Baselines> {
  const fit = new BaselineFit();
  const grid = gridOfModel(card.preprocessing);
  for (const [n, { subject, source, target }] of pairs.entries()) {
    show(`fitting the baselines, training scan ${n + 1} of ${pairs.length}`);
    await pause();
    if (io.signal.aborted) throw new Aborted('evaluation: cancelled');
    try {
      const slices = pairedSlices(
        { a: await readChosen(source), b: await readChosen(target) },
        subject,
        grid,
      );
      fit.addTarget(slices.b);
      for (let slice = 0; slice < slices.a.count; slice++) fit.addAligned(slices.a, slice, slices.b, slice);
    } catch (error) {
      if (!isBadInput(error)) throw error;
      warn(`${subject}: not used for the baselines: ${(error as Error).message}`);
    }
  }
  return fit.baselines();
}
