/**
 * What is kept of the page's state, as JSON with names in place of files and slices. The whole of it has a checksum, so what
 * is read is what was written; its version is raised whenever any type in it changes.
 */

import { CorruptFile } from '../../../errors';
import {
  check,
  flag,
  type Infer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  parseJson,
  record,
  refine,
  type Schema,
  text,
  whole,
} from '../../../schema';
import { STORED_SETTINGS } from '../../../workers/train/settings';
import type { ModelCard, Provenance } from '../../../workers/translate/protocol';
import type { Intervals, TrainData } from '../../rooms/train/state/types';
import { type PageSettings, type Recipe, type SliceRange, VIEW_MODES } from '../types';

const VERSION = 7;

/** Of a type of the page's own, which the checksum vouches for. */
const as = <T>() => refine(record, (value) => value as unknown as T);

const anyText = check<string>('text', (value) => typeof value === 'string');

const FILE = object({
  key: text(),
  name: text(),
  type: anyText,
  bytes: whole(),
  modified: whole(),
  crc32: whole(),
});
export type KeptFile = Infer<typeof FILE>;

const OWN = object({ file: FILE, card: optional(FILE), settings: optional(record) });
export type KeptOwn = Infer<typeof OWN>;

const RESULT = object({
  recipe: as<Recipe>(),
  own: nullable(OWN),
  provenance: as<Provenance>(),
  isSaved: flag,
  /** Names of its slices. */
  slices: list(text()),
});
export type KeptResult = Infer<typeof RESULT>;

const SCAN = object({ files: list(FILE), volume: whole() });

const TRANSLATE = object({
  source: nullable(SCAN),
  reference: nullable(SCAN),
  own: list(OWN),
  cardId: nullable(text()),
  settings: as<PageSettings>(),
  range: as<SliceRange>(),
  slice: whole(),
  mode: oneOf(VIEW_MODES),
  results: list(RESULT),
});
export type KeptTranslate = Infer<typeof TRANSLATE>;

const START = object({
  network: text(),
  shipped: optional(text()),
  own: optional(OWN),
});
export type KeptStart = Infer<typeof START>;

const VOLUME = object({
  role: oneOf(['trainA', 'trainB', 'valA', 'valB']),
  name: text(),
  path: text(),
  sliceCount: whole(),
  picked: whole(),
  volumeCount: whole(),
  volume: nullable(whole()),
  /** Null: a phantom, which is drawn again. */
  files: nullable(list(FILE)),
});

const TRAIN = object({
  settings: STORED_SETTINGS,
  every: as<Intervals>(),
  cardId: nullable(text()),
  sources: list(START),
  ownStarts: list(object({ card: as<ModelCard>(), own: OWN })),
  volumes: list(VOLUME),
  filters: as<TrainData['filters']>(),
});
export type KeptTrain = Infer<typeof TRAIN>;

const KEPT = object({ version: whole(), translate: TRANSLATE, train: TRAIN });
export type KeptState = Infer<typeof KEPT>;

export function encodeKept(kept: Omit<KeptState, 'version'>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, ...kept }));
}

/** @throws CorruptFile where it is not of this version */
export function decodeKept(bytes: Uint8Array): KeptState {
  const at = { subject: 'index' };
  const { version } = parseJson(bytes, VERSIONED, at);
  if (version !== VERSION)
    throw new CorruptFile(`index: must be of version ${VERSION} of this page's, got ${version}`);
  return parseJson(bytes, KEPT, at);
}

const VERSIONED: Schema<{ version: number }> = object({ version: whole() });
