/** `evaluate --models`: models on a split of BIDS data sets. */
import { basename, resolve } from 'node:path';
import { isWatched, VAL_SPLIT_LIMIT, withScoreLimit } from '../../engine/cards/scoreLimits';
import { cardMetrics } from '../../engine/evaluation/cardMetrics';
import type { ModelReport } from '../../engine/evaluation/report';
import { loadTranslator } from '../../engine/methods/translator';
import { refuseUnconditional } from '../../engine/unconditional';
import { Aborted, BadRequest } from '../../errors';
import { checkWritable } from '../../platform/node/files';
import { namesIn } from '../../platform/node/nameList';
import { SPLITS } from '../../platform/node/trainingScans';
import { filterOf, volumeOf } from '../kit/choice';
import type { Arguments } from '../kit/command';
import type { Io } from '../kit/io';
import { type LoadedModel, loadModel, tellCard, writeCard } from '../kit/models';
import { engineChoice, engineSentence, pauseOf, startNodeEngine } from '../kit/nodeEngine';
import { oneOf, optional, required, wholeNumber } from '../kit/options';
import { startProgress } from '../kit/progress';
import { jsonText } from '../kit/report';
import { evaluatePairs, exitCodeOf } from './evaluatePairs';
import { evaluationText } from './evaluationTable';
import { fittedBaselines } from './fittedBaselines';
import { needPairs, patientsBy, type ScanChoice, type SplitPairs, splitPairs } from './splitPairs';

export async function evaluateModels(args: Arguments, io: Io): Promise<number> {
  const split = oneOf(args, 'split', SPLITS);
  const every = optional(args, 'every', (a, n) => wholeNumber(a, n, 1, 1000)) ?? 1;
  const limit = optional(args, 'limit', (a, n) => wholeNumber(a, n, 1, 1e6)) ?? Number.POSITIVE_INFINITY;
  const count = optional(args, 'samples-spread', (a, n) => wholeNumber(a, n, 2, 100));
  const slices = optional(args, 'spread-slices', (a, n) => wholeNumber(a, n, 1, 1000)) ?? 1;
  const samples = count === undefined ? null : { count, slices };
  const patientOf = patientsBy(args.text('patient'));
  const want = engineChoice(args);
  const folders = namesIn(required(args, 'data'));
  const choice: ScanChoice = {
    filter: filterOf(args),
    source: volumeOf(args, 'volume'),
    target: volumeOf(args, 'reference-volume'),
  };
  const models: { model: LoadedModel; pairs: SplitPairs }[] = [];
  for (const name of namesIn(required(args, 'models'))) {
    const model = await loadModel(name, undefined, 'models');
    refuseUnconditional(model.card);
    tellCard(model.card, io);
    if (args.has('card')) await checkWritable(cardPath(name, model));
    const pairs = await splitPairs(folders, model.card, { scored: split, limit, patientOf, choice, io });
    needPairs(pairs, split, model.card, folders);
    models.push({ model, pairs });
  }
  io.guard();
  const engine = await startNodeEngine(want, io.signal);
  const { backend } = engine.info;
  io.err(`${engineSentence(engine.info)}\n`);
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
      const baselines = await fittedBaselines(pairs.train, card, {
        signal: io.signal,
        pause,
        show,
        warn,
      });
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
        const watched = split === 'val' && isWatched(card.limits) ? VAL_SPLIT_LIMIT : null;
        const limits = withScoreLimit(card.limits, watched);
        await writeCard(cardPath(card.id, model), { ...card, metrics, limits });
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
