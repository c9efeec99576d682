/** A run's trained directions as models on disk: a-to-b/ and b-to-a/, each a card and its weights. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelCard, readModelCard } from '../../engine/cards/modelCard';
import type { StateDict } from '../../engine/formats/namedTensor';
import { sha256 } from '../../engine/formats/sha256';
import type { CheckpointIndex } from '../../engine/training/checkpoint';
import type { RunFiles } from '../../engine/training/runFiles';
import { exportRun } from '../../engine/training/session';
import type { Direction } from '../../engine/training/sides';
import { trainedDirections } from '../../engine/training/trainedDirections';
import { makeFolder, readBytes, removeUnfinished, writeBytes } from '../../platform/node/files';
import { CARD_FILE, writeCard } from '../kit/models';
import { MODEL_FOLDERS } from './runFolder';

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

/** What the cards of a run's models say of its scans; null where it has written none. @throws CorruptFile for a card that cannot be read */
export async function writtenFacts(out: string): Promise<DataFacts | null> {
  for (const folder of Object.values(MODEL_FOLDERS)) {
    const card = await cardAt(join(out, folder, CARD_FILE));
    if (card && isOfDirection(card.weights.file, card)) return card.training;
  }
  return null;
}

async function cardAt(path: string): Promise<ModelCard | null> {
  return existsSync(path) ? readModelCard(path, await readBytes(path)) : null;
}

/**
 * Writes the models of a run's last checkpoint. One that is there already, with its card, is left as it is: the card may have scores
 * and words by now that the run does not know.
 * @param say told of models that are left
 */
export async function writeModels(
  out: string,
  files: RunFiles,
  index: CheckpointIndex,
  { data, licence }: DataFacts,
  say: (sentence: string) => void,
): Promise<TrainedModel[]> {
  const models: TrainedModel[] = [];
  for (const direction of trainedDirections(index.settings)) {
    const date = index.saved.slice(0, 10);
    const { card, weights, state } = await exportRun(files, index, direction, { date, data, licence });
    const folder = join(out, MODEL_FOLDERS[direction]);
    await makeFolder(folder);
    await removeUnfinished(folder, (name) => name === CARD_FILE || isOfDirection(name, card));
    const path = join(folder, CARD_FILE);
    const before = await cardAt(path);
    const kept = before?.weights.sha256 === card.weights.sha256 ? before : card;
    const { file, sha256: hash } = kept.weights;
    const there = await readBytes(join(folder, file)).catch(() => null);
    if (there === null || (await sha256(there)) !== hash) await writeBytes(join(folder, file), weights);
    if (kept === before) say(`${path}: is of the run's last checkpoint already; the model is left as it is`);
    else await writeCard(path, card);
    for (const name of await readdir(folder))
      if (isOfDirection(name, card) && name !== file) await rm(join(folder, name));
    models.push({ direction, card: kept, state, path });
  }
  return models;
}

/** Whether a run names weights of the card's direction so, whatever their hash. */
function isOfDirection(name: string, { source, target }: ModelCard): boolean {
  const [, contrasts] = /^(.+)-[0-9a-f]{8}\.safetensors$/.exec(name) ?? [];
  return contrasts === `${source}-to-${target}`.toLowerCase();
}
