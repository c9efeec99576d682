/**
 * A run on disk, so that it goes on after a crash at any moment as if nothing had happened. Every checkpoint has files of its
 * own, but for the history, which only grows; the index names them and is written last and whole, so that it always leads to a
 * complete checkpoint.
 *
 *   checkpoint.json             the index: settings, iterations done, and which files hold what
 *   STEP.g.a.safetensors ...    a network each: parameters, Adam's moments, average
 *   history.jsonl               what the run has told so far, a line each; what lies beyond the index's `bytes` is not of it
 *   data.safetensors            the slices (dataFile.ts)
 */
import { CorruptFile } from '../../errors';
import {
  choose,
  each,
  flag,
  type Infer,
  jsonOf,
  list,
  mapOf,
  nullable,
  object,
  oneOf,
  optional,
  parseJson,
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
import type { TrainingState } from './iteration';
import { averageOf, loadNetworks, networksOf, parametersOf, type TrainedNetwork } from './networks';
import {
  RUN_HISTORY,
  type RunHistory,
  STEP_REPORT,
  type StepReport,
  VALIDATION,
  type Validation,
} from './reports';
import { checkSettings, STORED_SETTINGS } from './settings';
import { SIDES } from './sides';

/** A place for one run's files; their names are plain. */
export interface RunFiles {
  /** Null where there is no such file. */
  read(name: string): Promise<Uint8Array | null>;
  /** All of it or nothing: a reader never sees half a file. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * The file's first `at` bytes and these; what lay beyond is dropped, and a file that is not there begins. After a crash its
   * first `at` bytes are as they were, whatever follows.
   */
  append(name: string, at: number, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<string[]>;
}

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
});
export type RunFacts = Infer<typeof RUN_FACTS>;

const FORMAT = 2;
const fileName = text(/^[^/\\]+$/, 'a file name without a path');
/** The lines of history.jsonl that belong to the checkpoint. */
const STORED_HISTORY = each(['bytes', 'steps', 'validations'], whole());
type StoredHistory = Infer<typeof STORED_HISTORY>;

const CHECKPOINT_INDEX = object({
  ...RUN_FACTS.fields,
  /** 1: `history` is the name of a JSON file of its own. */
  format: oneOf([1, FORMAT]),
  settings: STORED_SETTINGS,
  /** Iterations done. */
  step: whole(),
  /** ISO 8601. */
  saved: text(),
  networks: mapOf(object({ file: fileName, updates: whole(), hasAverage: flag })),
  history: choose<string | StoredHistory>((value) => (typeof value === 'string' ? fileName : STORED_HISTORY)),
  /** Of all its files. */
  bytes: whole(),
});
export type CheckpointIndex = Infer<typeof CHECKPOINT_INDEX>;

export const INDEX = 'checkpoint.json';
const HISTORY = 'history.jsonl';
const ADVICE = 'start a new run';
/** What belongs to one checkpoint, not to the run. */
const OF_CHECKPOINT = /^\d{9}\./;

/** Iterations done at the checkpoint that a file belongs to; null where it belongs to the run. */
export function stepOfFile(name: string): number | null {
  return OF_CHECKPOINT.test(name) ? Number.parseInt(name, 10) : null;
}

/** Names of the files that a checkpoint is in, beside the index and the slices. */
export function filesOf({ networks, history }: CheckpointIndex): string[] {
  const told = typeof history === 'string' ? history : HISTORY;
  return [...Object.values(networks).map(({ file }) => file), told];
}

const KINDS = ['parameter', 'mean', 'square', 'average'] as const;
type Kind = (typeof KINDS)[number];

/** @throws what `files` throws: the checkpoint before stays then */
export async function saveCheckpoint(
  files: RunFiles,
  state: TrainingState,
  history: RunHistory,
  facts: RunFacts,
  saved: string,
): Promise<CheckpointIndex> {
  const prefix = String(state.step).padStart(9, '0');
  const stored = await appendHistory(files, history);
  const index: CheckpointIndex = {
    ...facts,
    format: FORMAT,
    settings: state.settings,
    step: state.step,
    saved,
    networks: {},
    history: stored,
    bytes: stored.bytes,
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
    };
  }
  await files.write(INDEX, new TextEncoder().encode(JSON.stringify(index)));
  await removeOthers(files, index);
  return index;
}

/** Null where the run has no checkpoint. @throws CorruptFile where the index is none, or of a later format */
export async function readCheckpointIndex(files: RunFiles): Promise<CheckpointIndex | null> {
  const bytes = await files.read(INDEX);
  if (!bytes) return null;
  const at = { subject: INDEX, advice: ADVICE };
  const json = jsonOf(bytes, at);
  // Before all else: of a later format nothing more is known.
  const { format } = object({ format: whole(1) }).read(json, at);
  if (format > FORMAT) {
    const advice = 'open the run with the version of the program that wrote it';
    throw refusal(`1 or ${FORMAT}`, String(format), { subject: INDEX, name: 'format', advice });
  }
  try {
    const index = CHECKPOINT_INDEX.read(json, at);
    checkSettings(index.settings);
    return index;
  } catch (error) {
    if (error instanceof CorruptFile) throw error;
    throw new CorruptFile(
      `${INDEX}: must be the index of a training run, but ${(error as Error).message}; start a new run`,
    );
  }
}

/** @throws CorruptFile where the file is not what the index says */
export async function readHistory(files: RunFiles, { history }: CheckpointIndex): Promise<RunHistory> {
  if (typeof history === 'string')
    return parseJson(await needed(files, history), RUN_HISTORY, { subject: history, advice: ADVICE });
  const at = { subject: HISTORY, advice: ADVICE };
  const bytes = (await needed(files, HISTORY)).subarray(0, history.bytes);
  if (bytes.length < history.bytes)
    throw refusal(`of at least ${history.bytes} bytes`, String(bytes.length), at);
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
  const told = lines.map((line, n) => parseJson(line, TOLD, { ...at, name: `line ${n + 1}` }));
  return {
    steps: told.flatMap((one) => ('losses' in one ? [one] : [])),
    validations: told.flatMap((one) => ('directions' in one ? [one] : [])),
  };
}

type Told = StepReport | Validation;
const TOLD = choose<Told>((value) => (isValidation(value) ? VALIDATION : STEP_REPORT));
const isValidation = (value: unknown) => typeof value === 'object' && value !== null && 'directions' in value;

/** Adds what the present checkpoint does not have, so that a checkpoint costs the same however long the run is. */
async function appendHistory(files: RunFiles, { steps, validations }: RunHistory): Promise<StoredHistory> {
  const before = (await readCheckpointIndex(files))?.history;
  const from = typeof before === 'object' ? before : { bytes: 0, steps: 0, validations: 0 };
  const told: Told[] = [...steps.slice(from.steps), ...validations.slice(from.validations)];
  const lines = new TextEncoder().encode(told.map((one) => `${JSON.stringify(one)}\n`).join(''));
  await files.append(HISTORY, from.bytes, lines);
  return { bytes: from.bytes + lines.length, steps: steps.length, validations: validations.length };
}

/** Puts a checkpoint's networks on the backend. @throws CorruptFile, WeightsMismatch where its files are not whole */
export async function loadCheckpoint(files: RunFiles, index: CheckpointIndex): Promise<TrainingState> {
  const { settings, step } = index;
  const read = new Map<string, Record<Kind, StateDict>>();
  for (const { name } of networksOf(settings)) read.set(name, await readNetwork(files, index, name));
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
  const { tensors } = readSafetensors(await needed(files, entry.file));
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

async function needed(files: RunFiles, name: string): Promise<Uint8Array> {
  const bytes = await files.read(name);
  if (!bytes) throw new CorruptFile(`${name}: must lie beside ${INDEX}, got no such file; start a new run`);
  return bytes;
}

async function removeOthers(files: RunFiles, index: CheckpointIndex): Promise<void> {
  const kept = new Set(Object.values(index.networks).map(({ file }) => file));
  for (const name of await files.list()) {
    if (stepOfFile(name) !== null && !kept.has(name)) await files.remove(name);
  }
}
