/** Scores a model on pairs of scans, one after the other, beside the baselines: what `evaluate --models` and `train --eval` share. */
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Baselines } from '../../engine/evaluation/baselines/fitBaselines';
import {
  baselineImages,
  type CardTranslator,
  evaluateScan,
  preparePair,
  type SampleSpread,
  sampleSpread,
  translatedUnit,
} from '../../engine/evaluation/evaluateScan';
import type { Method } from '../../engine/evaluation/methods';
import { pairWarnings } from '../../engine/evaluation/pairWarnings';
import { type EvaluatedScan, type ModelReport, modelReport } from '../../engine/evaluation/report';
import { namedSlices, spreadOut } from '../../engine/evaluation/slicesToScore';
import { inPieces, type Pieces } from '../../engine/pieces';
import { BadRequest } from '../../errors';
import type { ScanPlace } from '../../platform/node/scans';
import { setOf } from '../../platform/node/trainingScans';
import { intensityMaps } from '../../volume/intensity';
import { isBadInput } from '../kit/badInput';
import { slicesToScoreOf } from '../kit/headSlices';
import { counted, timeText } from '../kit/report';
import { readPair } from './readPair';

export interface PairPaths {
  subject: string;
  /** Who it is: two visits of a person are one patient. */
  patient: string;
  source: ScanPlace;
  target: ScanPlace;
}

export interface EvaluationTask {
  pairs: readonly PairPaths[];
  model: CardTranslator;
  /** The non-diffusive generator of the same run. */
  r?: CardTranslator;
  baselines: Baselines;
  /** Every how many-th slice with enough head counts. */
  every: number;
  /** How many samples of how many slices a scan are compared; none where null. */
  samples: { count: number; slices: number } | null;
}

export interface EvaluationCalls {
  signal: AbortSignal;
  pause: () => Promise<void>;
  onProgress: (text: string) => void;
  /** What is wrong with a scan's file though it could be read. */
  onRemark?: (text: string) => void;
}

const SEED = 0;

/**
 * A scan that cannot be read or compared is named in the report and left out.
 * @throws BadRequest where none is left; Aborted within one reverse step of the signal
 */
export async function evaluatePairs(task: EvaluationTask, calls: EvaluationCalls): Promise<ModelReport> {
  const { pairs, model, baselines, every } = task;
  const scans: EvaluatedScan[] = [];
  const broken: ModelReport['broken'] = [];
  const pace = new SlicePace(pairs.length, calls.onProgress);
  for (const pair of pairs) {
    try {
      scans.push(await evaluatedPair(pair, task, calls, pace));
    } catch (error) {
      if (!isBadInput(error)) throw error;
      broken.push({ subject: pair.subject, reason: (error as Error).message });
    }
    await calls.pause();
    pace.endScan();
  }
  const { id, source, target } = model.card;
  if (scans.length === 0) {
    const [first] = broken;
    throw new BadRequest(
      `${id}: needs a scan that can be scored, got none of ${counted(pairs.length, 'pair')}${first ? ` (${first.subject}: ${first.reason})` : ''}`,
    );
  }
  const { regressionSubjects } = baselines;
  const { target: map } = intensityMaps(model.card.preprocessing);
  return modelReport(scans, { model: id, source, target, map, every, regressionSubjects, broken });
}

async function evaluatedPair(
  paths: PairPaths,
  { model, r, baselines, every, samples }: EvaluationTask,
  { signal, pause, onRemark }: EvaluationCalls,
  pace: SlicePace,
): Promise<EvaluatedScan> {
  const { subject, patient } = paths;
  const { source, target, outline } = await readPair(paths, onRemark);
  const { head, damaged } = slicesToScoreOf(target);
  const wanted = namedSlices(everyNth(head, every), damaged);
  const worked = <T>(work: Pieces<T>) => inPieces(work, { signal, pause }, () => performance.now());
  const pair = await worked(preparePair(source, target, model.card, wanted));
  if (onRemark) for (const text of pairWarnings(pair, model.card)) onRemark(`${subject}: ${text}`);
  const { slices } = pair;
  const images = baselineImages(pair, baselines);
  const few = samples ? spreadOut(slices, samples.slices) : [];
  const extra = samples ? few.length * (samples.count - 1) : 0;
  pace.startScan(subject, slices.length * (r ? 2 : 1) + extra);
  const make = (one: CardTranslator, of: readonly number[], seed: number) =>
    translatedUnit(pair, one, of, seed, { signal, pause }, () => pace.endSlice());
  images.set('model', await make(model, slices, SEED));
  if (r) images.set('r' satisfies Method, await make(r, slices, SEED));
  let spread: SampleSpread | null = null;
  if (samples) {
    const made = [images.get('model')!];
    for (let n = 1; n < samples.count; n++) made.push(await make(model, few, SEED + n));
    spread = sampleSpread(pair, made, few);
  }
  return {
    subject,
    patient,
    scan: basename(paths.source.path),
    data: setOf(paths.source.path),
    report: await worked(evaluateScan(pair, images, model.card, outline)),
    samples: spread,
  };
}

/** 2, as of bad input, where scans were left out: the rest is scored all the same. */
export function exitCodeOf(reports: readonly Pick<ModelReport, 'broken'>[]): number {
  return reports.some(({ broken }) => broken.length > 0) ? 2 : 0;
}

/** Every n-th slice, from the middle of the first n on: the very first one is the neck's. At least one. */
export function everyNth(slices: readonly number[], n: number): number[] {
  const first = Math.floor(Math.min(n, slices.length) / 2);
  return slices.filter((_, at) => at >= first && (at - first) % n === 0);
}

/** How far it is; scans that are still to come count as the mean of those begun. */
class SlicePace {
  private readonly begin = performance.now();
  private readonly planned: number[] = [];
  private done = 0;
  private ended = 0;
  private subject = '';

  constructor(
    private readonly scans: number,
    private readonly tell: (text: string) => void,
  ) {}

  startScan(subject: string, slices: number): void {
    this.subject = subject;
    this.planned.push(slices);
    this.show();
  }

  endSlice(): void {
    this.done++;
    this.show();
  }

  endScan(): void {
    this.ended++;
  }

  private show(): void {
    const known = this.planned.reduce((sum, slices) => sum + slices, 0);
    const coming = Math.max(0, this.scans - this.ended - 1) * (known / this.planned.length);
    const msEach = (performance.now() - this.begin) / this.done;
    const left = this.done > 0 ? `, ${timeText(msEach * (known + coming - this.done))} left` : '';
    this.tell(
      `scoring ${this.subject}, scan ${this.ended + 1} of ${this.scans}, ${counted(this.done, 'slice')} done${left}`,
    );
  }
}
