/**
 * What the suites of experiments work on: models and real pairs, wherever they come from. The command line passes files, the page
 * what it has open; nothing here knows either.
 */

import { BadRequest } from '../../errors';
import { intensityMaps } from '../../volume/intensity';
import type { ModelCard } from '../cards/modelCard';
import type { Baselines } from '../evaluation/baselines/fitBaselines';
import type { MeasuredImage } from '../evaluation/evaluateScan';
import type { StateDict } from '../formats/namedTensor';
import { textHash } from '../hash';
import type { SliceSet } from '../training/data';
import type { PresetName } from '../training/settings';
import type { TranslateHooks } from '../translateSlices';
import type { TrainingEngine } from './ownEngines';
import type { Contender } from './speed';

/** A direction of translation, as BIDS suffixes. */
export interface Task {
  source: string;
  target: string;
}

export const taskText = ({ source, target }: Task): string => `${source} → ${target}`;
export const taskKey = ({ source, target }: Task): string => `${source}-${target}`;

export interface BenchModel {
  /** No two of a bench have the same, nor of its `plainId`. Stands in reports: no place of this machine. */
  id: string;
  /** A row of the tables: models of the same name and task are runs from other seeds. */
  name: string;
  card: ModelCard;
  weights(): Promise<StateDict>;
}

/** An id of letters, digits and hyphens, as part of a table's. */
export const plainId = (id: string): string => id.replace(/[^a-zA-Z0-9]+/g, '-');

/** A model that was meant, and cannot be read: a row with its reason, and nothing that is computed. */
export interface UnreadModel {
  id: string;
  name: string;
  /** A sentence. */
  why: string;
  /** Where that can be read, but not the weights. */
  card?: ModelCard;
}

export interface BenchPair {
  subject: string;
  /** Who it is: two visits of a person are one patient. */
  patient: string;
  task: Task;
  /** Says what the scans are, such as their places and sizes: results are kept under it. */
  data?: string;
  /** Whether `load` brings an expert's outline of lesions. */
  isOutlined?: boolean;
  /** Both on one grid. */
  load(): Promise<LoadedPair>;
}

export interface LoadedPair {
  source: MeasuredImage;
  target: MeasuredImage;
  /** An expert's outline of lesions on their grid, one byte a voxel; null where there is none. */
  outline: Uint8Array | null;
}

export interface BenchOptions {
  /** Slices of a task that count, spread over the pairs and their heads; null: every slice with head. */
  slices: number | null;
  /** Draws of each slice where chance is measured. */
  samples: number;
  /** Decides everything that is drawn. */
  seed: number;
  /** Name of the row that others are held against; SynDiff, or else the first, where absent or none of a task's. */
  against?: string;
  /** Of the training whose iterations are timed; tiny where absent. */
  preset?: PresetName;
  /** Fewer runs where speed is measured. */
  quick?: boolean;
}

/** What needs no network, for a task, fitted on scans of training. */
export interface TaskBaselines {
  task: Task;
  /** Says what they are fitted on: results are kept under it. */
  data: string;
  /** @throws Aborted within a scan of the signal */
  fit(card: Pick<ModelCard, 'preprocessing'>, hooks: TranslateHooks): Promise<Baselines>;
}

/** Real slices, with which images of noise alone are compared. */
export interface RealSlices {
  contrast: string;
  /** `scaleKey` of the cards that they are prepared for. */
  scale: string;
  /** Says what scans they are of: results are kept under it. */
  data: string;
  slices: SliceSet;
}

/** FD-brain's network, which ships beside the program. */
export interface FeatureFile {
  sha256: string;
  bytes(): Promise<ArrayBuffer>;
}

export interface Bench {
  models: readonly BenchModel[];
  pairs: readonly BenchPair[];
  options: BenchOptions;
  unread?: readonly UnreadModel[];
  /** Of the tasks that have them. */
  baselines?: readonly TaskBaselines[];
  /** For models that translate nothing. */
  real?: readonly RealSlices[];
  features?: FeatureFile;
  /** Engines whose speed is compared, and those that train. */
  contenders?: readonly Contender[];
  trainers?: readonly TrainingEngine[];
  /** Why others are left out, a sentence each. */
  leftOut?: readonly string[];
  /** What may make times longer than they are, a part of a sentence. */
  disturbed?: string;
  /** How far plain TensorFlow.js is from stored numbers here, a sentence. */
  selfTests?: string;
  /** What computes, such as backend and machine: times are kept under it. */
  device?: string;
}

/** The bench's tasks that have both a model and a pair, in the order of the models. */
export function tasksOf({ models, pairs }: Pick<Bench, 'models' | 'pairs'>): Task[] {
  const found = new Map(
    models.map(({ card }) => [taskKey(card), { source: card.source, target: card.target }]),
  );
  const paired = new Set(pairs.map(({ task }) => taskKey(task)));
  return [...found].flatMap(([key, task]) => (paired.has(key) ? [task] : []));
}

export const modelsOf = ({ models }: Pick<Bench, 'models'>, task: Task): BenchModel[] =>
  models.filter(({ card }) => taskKey(card) === taskKey(task));

export const pairsOf = ({ pairs }: Pick<Bench, 'pairs'>, task: Task): BenchPair[] =>
  pairs.filter((pair) => taskKey(pair.task) === taskKey(task));

/** How many of the task's slices are this pair's: as many of each, the first ones one more where they do not go round. Null: all. */
export function sharedSlices({ options, pairs }: Bench, pair: BenchPair): number | null {
  const { slices } = options;
  if (slices === null) return null;
  const all = pairsOf({ pairs }, pair.task);
  return Math.floor(slices / all.length) + (all.indexOf(pair) < slices % all.length ? 1 : 0);
}

/** Pairs of a task of which some slice counts. */
export const countedPairs = (bench: Bench, task: Task): BenchPair[] =>
  pairsOf(bench, task).filter((pair) => sharedSlices(bench, pair) !== 0);

/** Says which slices of a pair are meant and what is drawn, in the key of a cell. */
export function pairKey(bench: Bench, pair: BenchPair): string {
  const share = sharedSlices(bench, pair);
  return `${taskKey(pair.task)}/${pair.subject}/${pair.data ?? ''}/${share === null ? 'all' : share} slices/seed ${bench.options.seed}`;
}

/** Says all of a model that decides its images, in the key of a cell. */
export function modelKey({ card }: Pick<BenchModel, 'card'>): string {
  const { network, weights, diffusion } = card;
  const settings = textHash(JSON.stringify({ network, diffusion })).toString(16);
  return `${network.method}/${weights.sha256}/${settings}/${scaleKey(card)}`;
}

/** Says on which grid and scale a card prepares a pair, in the key of a cell. */
export const scaleKey = ({ preprocessing }: Pick<ModelCard, 'preprocessing'>): string =>
  JSON.stringify(preprocessing);

/**
 * The bench's tasks, for suites that score images.
 * @throws BadRequest where there is none, or models of one have different scales, on which no scores can be compared
 */
export function scoredTasks(bench: Bench): Task[] {
  const tasks = tasksOf(bench);
  if (tasks.length === 0)
    throw new BadRequest(
      'bench: needs models and pairs of scans of the same two contrasts, got none; choose models and scans that belong together',
    );
  for (const task of tasks) {
    const [first, ...others] = modelsOf(bench, task);
    const other = others.find(({ card }) => mapsText(card) !== mapsText(first.card));
    if (other)
      throw new BadRequest(
        `bench: models of ${taskText(task)} must have the same intensity maps to be compared, got ${mapsText(first.card)} of ${first.name} and ${mapsText(other.card)} of ${other.name}; compare those of each map by themselves`,
      );
  }
  return tasks;
}

/** "64 x 64 pixels of 3.75 mm". */
export const gridText = ({
  preprocessing: { size, pixelSize },
}: {
  preprocessing: Pick<ModelCard['preprocessing'], 'size' | 'pixelSize'>;
}): string => `${size} x ${size} pixels of ${pixelSize} mm`;

/** On which scale a model's images are scored: of models of different ones no scores can be compared. */
export function mapsText({ preprocessing }: Pick<ModelCard, 'preprocessing'>): string {
  const { source, target } = intensityMaps(preprocessing);
  const ends = preprocessing.huEnds ? ` (${preprocessing.huEnds.join(' to ')} HU)` : '';
  return `${source} to ${target}${ends}`;
}
