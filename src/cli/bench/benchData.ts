/** The pairs of scans of a bench, and what is fitted on those of training, from BIDS data sets. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type BenchModel,
  type BenchPair,
  type Task,
  type TaskBaselines,
  taskKey,
  taskText,
} from '../../engine/bench/bench';
import { sha256 } from '../../engine/formats/sha256';
import type { BadRequest } from '../../errors';
import { type ScanPlace, scanPaths } from '../../platform/node/scans';
import { type Split, sayOnce } from '../../platform/node/trainingScans';
import type { PairPaths } from '../evaluate/evaluatePairs';
import { fittedBaselines } from '../evaluate/fittedBaselines';
import { outlinePath } from '../evaluate/lesionMasks';
import { readPair } from '../evaluate/readPair';
import { needPairs, type ScanChoice, splitPairs } from '../evaluate/splitPairs';

export interface DataChoice {
  folders: readonly string[];
  split: Split;
  limit: number;
  patientOf: (subject: string) => string;
  choice: ScanChoice;
  /** Told what is left out, and what is wrong with scans though they can be read. */
  say: (sentence: string) => void;
  /** Told which scan of training is read. */
  show: (text: string) => void;
}

export interface BenchData {
  pairs: BenchPair[];
  baselines: TaskBaselines[];
}

/** @throws BadRequest where the data has no pair for any of the models */
export async function benchData(models: readonly BenchModel[], data: DataChoice): Promise<BenchData> {
  const tasks = new Map<string, Task>(models.map(({ card }) => [taskKey(card), card]));
  const found: BenchData = { pairs: [], baselines: [] };
  const refusals: unknown[] = [];
  // Of one folder the same is said for every task.
  const say = sayOnce(data.say);
  for (const { source, target } of tasks.values()) {
    const task = { source, target };
    const wanted = { id: taskText(task), ...task };
    const splits = await splitPairs(data.folders, wanted, {
      scored: data.split,
      limit: data.limit,
      patientOf: data.patientOf,
      choice: data.choice,
      io: { err: (text) => say(text.trimEnd().replace(`${wanted.id}: `, '')) },
    });
    try {
      needPairs(splits, data.split, wanted, data.folders);
    } catch (error) {
      refusals.push(error);
      continue;
    }
    for (const pair of splits[data.split]) found.pairs.push(await benchPair(pair, task, data));
    // On what is scored nothing is fitted.
    if (splits.train.length > 0 && data.split !== 'train')
      found.baselines.push(await taskBaselines(splits.train, task, data));
  }
  if (found.pairs.length === 0) throw refusals[0];
  for (const refusal of refusals) data.say(`${(refusal as BadRequest).message}; its models are left out`);
  return found;
}

async function benchPair(paths: PairPaths, task: Task, { say }: DataChoice): Promise<BenchPair> {
  const { subject, patient } = paths;
  return {
    subject,
    patient,
    task,
    data: await digestOf([placesOf(paths)]),
    isOutlined: outlinePath(paths.target.path) !== null,
    load: () => readPair(paths, say),
  };
}

async function taskBaselines(
  train: readonly PairPaths[],
  task: Task,
  { say, show }: DataChoice,
): Promise<TaskBaselines> {
  return {
    task,
    data: await digestOf(train.map(placesOf)),
    fit: (card, { signal, pause = async () => {} }) =>
      fittedBaselines(train, card, {
        signal: signal ?? new AbortController().signal,
        pause,
        show,
        warn: say,
      }),
  };
}

/** Of files where they lie, how large they are and when they were written: where another takes the place of one, results are others. */
export async function digestOf(groups: readonly (readonly ScanPlace[])[]): Promise<string> {
  const places = await Promise.all(
    groups.map(async (group) => (await Promise.all(group.map(placeText))).join(', ')),
  );
  return (await sha256(new TextEncoder().encode(places.join('\n')))).slice(0, 16);
}

async function placeText({ path, volume }: ScanPlace): Promise<string> {
  const files = (await scanPaths(path)).map((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return `${resolve(file)} ${found?.size ?? 0} ${found?.mtimeMs ?? 0}`;
  });
  return [...files, `volume ${volume ?? 0}`].join(', ');
}

/** With the outline of its lesions. */
function placesOf({ source, target }: PairPaths): ScanPlace[] {
  const outline = outlinePath(target.path);
  return [source, target, ...(outline === null ? [] : [{ path: outline }])];
}
