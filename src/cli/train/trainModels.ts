/** A run's trained directions as models on disk: a-to-b/ and b-to-a/, each a card and its weights. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelCard, readModelCard } from '../../engine/cards/modelCard';
import type { StateDict } from '../../engine/formats/namedTensor';
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import type { RunFiles } from '../../engine/training/runFiles';
import { exportRun } from '../../engine/training/session';
import type { Direction } from '../../engine/training/sides';
import { trainedDirections } from '../../engine/training/trainedDirections';
import { makeFolder, readBytes, removeUnfinished, writeBytes } from '../../platform/node/files';
import { writeCard } from '../kit/models';
import { CARD_FILE, MODEL_FOLDERS } from './runFolder';

export interface TrainedModel {
  direction: Direction;
  card: ModelCard;
  state: StateDict;
  /** Of its card. */
  path: string;
}

/** What the user says of the scans. */
export interface DataFacts {
  data: string;
  licence: string;
}

/** Writes the models of a run's last checkpoint. */
export async function writeModels(
  out: string,
  files: RunFiles,
  index: CheckpointIndex,
  { data, licence }: DataFacts,
): Promise<TrainedModel[]> {
  const models: TrainedModel[] = [];
  for (const direction of trainedDirections(index.settings)) {
    const date = index.saved.slice(0, 10);
    const { card, weights, state } = await exportRun(files, index, direction, { date, data, licence });
    const folder = join(out, MODEL_FOLDERS[direction]);
    await makeFolder(folder);
    await removeUnfinished(folder, (name) => name === CARD_FILE || isOfDirection(name, card));
    const path = join(folder, CARD_FILE);
    await writeBytes(join(folder, card.weights.file), weights);
    // A finished run that is opened again keeps the scores that it was given then.
    const before = existsSync(path) ? readModelCard(path, await readBytes(path)) : null;
    const isSame = before?.weights.sha256 === card.weights.sha256;
    const kept = isSame ? { ...card, metrics: before.metrics, limits: before.limits } : card;
    await writeCard(path, kept);
    for (const name of await readdir(folder))
      if (isOfDirection(name, card) && name !== card.weights.file) await rm(join(folder, name));
    models.push({ direction, card: kept, state, path });
  }
  return models;
}

/** Whether these are weights that the same direction had earlier: their names differ by their hash alone. */
function isOfDirection(name: string, { weights }: ModelCard): boolean {
  const [own, other] = [weights.file, name].map((one) => /^(.+)-[0-9a-f]{8}\.safetensors$/.exec(one)?.[1]);
  return own !== undefined && own === other;
}
