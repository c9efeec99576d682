/**
 * A run on disk, so that it goes on after a crash at any moment as if nothing had happened. Every checkpoint has files of its
 * own, but for the history, which only grows; the index names them and is written last and whole, so that it always leads to a
 * complete checkpoint. The checkpoint before the last one is kept, for a disk that damages the last; the one before that goes as
 * soon as a new one begins, so that there are never more than two on the disk.
 *
 *   checkpoint.json             the index: settings, iterations done, and which files hold what
 *   checkpoint.before.json      that of the checkpoint before
 *   STEP.g.a.safetensors ...    a network each: parameters, Adam's moments, average
 *   history.jsonl               what the run has told so far, a line each; what lies beyond the index's `bytes` is not of it
 *   data.safetensors            the slices (dataFile.ts)
 *
 * The index carries a checksum of each of them and of itself, and a damaged one is refused; of the history, without which a run
 * can go on, only the damaged lines are left out.
 */
import { Aborted, CorruptFile } from '../../errors';
import {
  choose,
  each,
  flag,
  type Infer,
  list,
  mapOf,
  nullable,
  object,
  oneOf,
  optional,
  refusal,
  text,
  whole,
} from '../../schema';
import { INPUT_SUMMARY } from '../../volume/trainingInputs';
import type { NamedTensor, StateDict } from '../formats/namedTensor';
import { readSafetensors, type WritableTensor, writeSafetensors } from '../formats/safetensors';
import { downloadState } from '../networks/parameters';
import { ourShape, type ParameterTable, toOurs } from '../networks/table';
import * as tf from '../tf';
import { checkSum, FILE_SUM, sealed, sumOf, unsealed } from './checksums';
import { appendHistory, type ReadHistory, STORED_HISTORY, type StoredHistory } from './historyFile';
import type { TrainingState } from './iteration';
import { averageOf, loadNetworks, networksOf, parametersOf, type TrainedNetwork } from './networks';
import type { RunHistory } from './reports';
import { INDEX, INDEX_BEFORE, needed, type RunFiles } from './runFiles';
import { checkSettings, STORED_SETTINGS } from './settings';
import { SIDES } from './sides';

/** What a run is, beside its settings: plain data that crosses to the page and to the card. */
const RUN_FACTS = object({
  /** ISO 8601. */
  started: text(),
  /** Names of what it is trained on. */
  volumes: each(['trainA', 'trainB', 'valA', 'valB'], list(text())),
  /** Models that it started from. */
  start: list(each(['network', 'name', 'licence'], text())),
  /** Statistics of the training scans, for the card; absent in runs of former versions. */
  inputs: optional(each(SIDES, nullable(INPUT_SUMMARY))),
  /** Of the slices' file; checksums are absent in runs of former versions. */
  data: optional(FILE_SUM),
});
export type RunFacts = Infer<typeof RUN_FACTS>;

const FORMAT = 2;
const fileName = text(/^[^/\\]+$/, 'a file name without a path');
const CHECKPOINT_INDEX = object({
  ...RUN_FACTS.fields,
  /** 1: `history` is the name of a JSON file of its own. */
  format: oneOf([1, FORMAT]),
  settings: STORED_SETTINGS,
  /** Iterations done. */
  step: whole(),
  /** ISO 8601. */
  saved: text(),
  networks: mapOf(object({ file: fileName, updates: whole(), hasAverage: flag, sum: optional(FILE_SUM) })),
  history: choose<string | StoredHistory>((value) => (typeof value === 'string' ? fileName : STORED_HISTORY)),
  /** Of all its files. */
  bytes: whole(),
});
export type CheckpointIndex = Infer<typeof CHECKPOINT_INDEX>;

const ADVICE = 'start a new run';
/** What belongs to one checkpoint, not to the run: STEP.NETWORK.safetensors, and the history of the first format. */
const OF_CHECKPOINT = /^\d{9}\.(?:(.+)\.safetensors|history\.json)$/;

/** Iterations done at the checkpoint that a file belongs to; null where it belongs to the run. */
export function stepOfFile(name: string): number | null {
  return OF_CHECKPOINT.test(name) ? Number.parseInt(name, 10) : null;
}

/** Whether a checkpoint of a run with these networks writes a file of this name. */
function isOfCheckpoint(name: string, networks: ReadonlySet<string>): boolean {
  const [file, network] = OF_CHECKPOINT.exec(name) ?? [];
  return file !== undefined && (network === undefined || networks.has(network));
}

/** Names of the files without which a checkpoint is none, beside the index and the slices. */
export function filesOf({ networks }: CheckpointIndex): string[] {
  return Object.values(networks).map(({ file }) => file);
}

const KINDS = ['parameter', 'mean', 'square', 'average'] as const;
type Kind = (typeof KINDS)[number];

/** @throws what `files` throws: the checkpoint before stays then, and of this one nothing */
export async function saveCheckpoint(
  files: RunFiles,
  state: TrainingState,
  history: RunHistory,
  facts: RunFacts,
  saved: string,
): Promise<CheckpointIndex> {
  try {
    await keepLast(files, state);
    return await writeCheckpoint(files, state, history, facts, saved);
  } catch (error) {
    // On a full disk half a checkpoint would be in the way.
    await removeOthers(files, state.networks.keys()).catch(() => undefined);
    throw error;
  }
}

/** The last checkpoint becomes the one before, whose files make room. */
async function keepLast(files: RunFiles, { step, networks }: TrainingState): Promise<void> {
  const last = await readCheckpointIndex(files);
  // The same checkpoint once more takes its own place.
  if (last && last.step !== step) await files.write(INDEX_BEFORE, await needed(files, INDEX));
  await removeOthers(files, networks.keys());
}

async function writeCheckpoint(
  files: RunFiles,
  state: TrainingState,
  history: RunHistory,
  facts: RunFacts,
  saved: string,
): Promise<CheckpointIndex> {
  const prefix = String(state.step).padStart(9, '0');
  const stored = await appendHistory(files, (await readCheckpointIndex(files))?.history, history);
  const index: CheckpointIndex = {
    ...facts,
    format: FORMAT,
    settings: state.settings,
    step: state.step,
    saved,
    networks: {},
    history: stored,
    bytes: stored.bytes + (await bytesBefore(files)),
  };
  // One network after another: only one is in memory twice.
  for (const [name, network] of state.networks) {
    const file = `${prefix}.${name}.safetensors`;
    const bytes = writeSafetensors(await networkTensors(network), {});
    await files.write(file, bytes);
    index.bytes += bytes.length;
    index.networks[name] = {
      file,
      updates: network.adam?.updates ?? 0,
      hasAverage: network.ema !== null,
      sum: await sumOf(bytes),
    };
  }
  await files.write(INDEX, await sealed(index));
  return index;
}

/**
 * Makes ready to go on: what a killed process left of a later checkpoint goes, and lines of the history that cannot be read are no
 * longer counted on.
 */
export async function settleCheckpoint(
  files: RunFiles,
  index: CheckpointIndex,
  { damage, stored }: ReadHistory,
): Promise<void> {
  if (damage.length > 0) await files.write(INDEX, await sealed({ ...index, history: stored }));
  await removeOthers(files, Object.keys(index.networks));
}

/**
 * @param name of the index
 * @returns null where the run has no such checkpoint
 * @throws CorruptFile where the index is none or damaged, LaterFormat where it is of a later format
 */
export async function readCheckpointIndex(files: RunFiles, name = INDEX): Promise<CheckpointIndex | null> {
  const bytes = await files.read(name);
  if (!bytes) return null;
  const at = { subject: name, advice: ADVICE };
  const json = await unsealed(bytes, at, 'data');
  // Before all else: of a later format nothing more is known.
  const { format } = object({ format: whole(1) }).read(json, at);
  if (format > FORMAT) {
    const advice = 'open the run with the version of the program that wrote it';
    const { message } = refusal(`1 or ${FORMAT}`, String(format), { subject: name, name: 'format', advice });
    throw new LaterFormat(message);
  }
  try {
    const index = CHECKPOINT_INDEX.read(json, at);
    checkSettings(index.settings);
    return index;
  } catch (error) {
    if (error instanceof CorruptFile) throw error;
    throw new CorruptFile(
      `${name}: must be the index of a training run, but ${(error as Error).message}; start a new run`,
    );
  }
}

/** Nothing is damaged: another version of the program can open it. */
export class LaterFormat extends CorruptFile {}

/** @throws CorruptFile where a file that the index names is missing or not as it was written; Aborted after the signal */
export async function checkFiles(
  files: RunFiles,
  index: CheckpointIndex,
  signal?: AbortSignal,
): Promise<void> {
  for (const { file, sum } of Object.values(index.networks)) {
    refuseStopped(signal);
    await checkSum(file, await needed(files, file), sum);
  }
}

function refuseStopped(signal?: AbortSignal): void {
  if (signal?.aborted) throw new Aborted('training: stopped before it went on; the run can be resumed');
}

/**
 * Puts a checkpoint's networks on the backend.
 * @throws CorruptFile, WeightsMismatch where its files are not whole; Aborted after the signal, before anything is on the backend
 */
export async function loadCheckpoint(
  files: RunFiles,
  index: CheckpointIndex,
  signal?: AbortSignal,
): Promise<TrainingState> {
  const { settings, step } = index;
  const read = new Map<string, Record<Kind, StateDict>>();
  for (const { name } of networksOf(settings)) {
    refuseStopped(signal);
    read.set(name, await readNetwork(files, index, name));
  }
  const networks = loadNetworks(settings, (name) => read.get(name)!.parameter);
  for (const [name, network] of networks) {
    const { updates, hasAverage } = index.networks[name]!;
    const { mean, square, average } = read.get(name)!;
    if (network.adam) {
      tf.dispose([...network.adam.mean, ...network.adam.square]);
      network.adam = {
        updates,
        mean: upload(network.spec.table, mean),
        square: upload(network.spec.table, square),
      };
    }
    if (hasAverage) network.ema = upload(network.spec.table, average);
  }
  return { settings, networks, step };
}

/** What a checkpoint's network translates with, without loading the others. @throws CorruptFile */
export async function readAverage(files: RunFiles, index: CheckpointIndex, name: string): Promise<StateDict> {
  const { average, parameter } = await readNetwork(files, index, name);
  return index.networks[name]!.hasAverage ? average : parameter;
}

/** The state that translates, of networks that are on the backend. */
export async function downloadAverage(network: TrainedNetwork): Promise<StateDict> {
  return downloadState(network.spec.table, averageOf(network));
}

async function networkTensors(network: TrainedNetwork): Promise<[string, WritableTensor][]> {
  const { spec, adam, ema } = network;
  const parts: [Kind, readonly tf.Tensor[] | null | undefined][] = [
    ['parameter', parametersOf(network)],
    ['mean', adam?.mean],
    ['square', adam?.square],
    ['average', ema],
  ];
  const tensors: [string, WritableTensor][] = [];
  for (const [kind, leaves] of parts) {
    if (!leaves) continue;
    for (const [name, { shape, data }] of await downloadState(spec.table, leaves))
      tensors.push([`${kind}.${name}`, { dtype: 'F32', shape, data }]);
  }
  return tensors;
}

async function readNetwork(
  files: RunFiles,
  index: CheckpointIndex,
  name: string,
): Promise<Record<Kind, StateDict>> {
  const entry = index.networks[name];
  if (!entry)
    throw new CorruptFile(`${INDEX}: must name a file for network ${name}, got none; start a new run`);
  const bytes = await needed(files, entry.file);
  await checkSum(entry.file, bytes, entry.sum);
  const { tensors } = readSafetensors(bytes);
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, new Map<string, NamedTensor>()]));
  for (const [key, { shape, data }] of tensors) {
    const dot = key.indexOf('.');
    kinds[key.slice(0, dot)]?.set(key.slice(dot + 1), { shape, data: data as Float32Array });
  }
  return kinds as Record<Kind, Map<string, NamedTensor>>;
}

function upload(table: ParameterTable, state: StateDict): tf.Tensor[] {
  return table.map((row) => {
    const found = state.get(row.name);
    if (!found)
      throw new CorruptFile(`checkpoint: must hold a moment of ${row.name}, got none; start a new run`);
    return tf.tensor(toOurs(row, found.data), ourShape(row), 'float32');
  });
}

/** Files of the run's networks that belong neither to the last checkpoint nor to the one before; what else lies there is not ours. */
async function removeOthers(files: RunFiles, networks: Iterable<string>): Promise<void> {
  const names = new Set(networks);
  const kept = new Set<string>();
  for (const index of [await readCheckpointIndex(files), await readBefore(files)]) {
    for (const file of index ? filesOf(index) : []) kept.add(file);
    if (typeof index?.history === 'string') kept.add(index.history);
  }
  for (const name of await files.list()) {
    if (isOfCheckpoint(name, names) && !kept.has(name)) await files.remove(name);
  }
}

/** Null also where it is damaged: then nothing leads to its files. */
const readBefore = (files: RunFiles) => readCheckpointIndex(files, INDEX_BEFORE).catch(() => null);

/** Of the networks of the checkpoint before. */
async function bytesBefore(files: RunFiles): Promise<number> {
  const networks = Object.values((await readBefore(files))?.networks ?? {});
  return networks.reduce((sum, network) => sum + (network.sum?.bytes ?? 0), 0);
}
