import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ModelCard, parseModelCard, readModelCard } from '../../engine/cards/modelCard';
import { MODEL_INDEX } from '../../engine/cards/modelIndex';
import { type Model, readModel, readOwnModel } from '../../engine/models/readModel';
import { BadRequest } from '../../errors';
import { readBytes, readGiven, writeBytes } from '../../platform/node/files';
import { PACKAGE_ROOT } from '../../platform/node/packageRoot';
import { parseJson } from '../../schema';
import { jsonText } from './report';

export interface LoadedModel extends Model {
  /** The card's file; absent where it was guessed from the weights. */
  readonly path?: string;
}

/** Folders here are model ids. */
export const MODELS_FOLDER = join(PACKAGE_ROOT, 'public/weights');

/** The cards of the models that come with the program, in the order of its index. Throws CorruptFile naming what is not right. */
export async function listModels(folder = MODELS_FOLDER): Promise<ModelCard[]> {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return [];
  const { models } = parseJson(await readBytes(path), MODEL_INDEX, { subject: path });
  return Promise.all(models.map((id) => readCard(join(folder, id, 'card.json'))));
}

/**
 * Loads what `--model` (or another option, `asked`) names: an id, a card.json, or a file of weights (whose card is guessed from its network).
 * Throws BadRequest where there is no such model, and as `readModel`, `readOwnModel` and `readModelCard`.
 */
export async function loadModel(
  model: string,
  folder = MODELS_FOLDER,
  asked = 'model',
): Promise<LoadedModel> {
  const shipped = join(folder, model, 'card.json');
  if (/^[a-z0-9][a-z0-9._-]*$/.test(model) && existsSync(shipped)) return loadByCard(shipped);
  if (/\.json$/i.test(model)) return loadByCard(model);
  if (existsSync(model)) return readOwnModel({ name: basename(model), bytes: await readGiven(model) });
  const ids = (await listModels(folder)).map(({ id }) => id).join(', ') || 'none';
  throw new BadRequest(
    `--${asked}: must be an id (${ids}), a card.json or a file of weights, got "${model}"`,
  );
}

/** Throws as `readModel` and `readModelCard`. */
export async function loadByCard(path: string): Promise<LoadedModel> {
  const card = await readCard(path);
  const bytes = await readBytes(join(dirname(path), card.weights.file));
  return { ...(await readModel(card, path, { name: card.weights.file, bytes })), path };
}

/** Throws as `readModelCard`. */
export async function readCard(path: string): Promise<ModelCard> {
  return readModelCard(path, await readBytes(path));
}

/** All of it or nothing. @throws CorruptFile, WeightsMismatch for a card that could not be read again: the one before stays then */
export async function writeCard(path: string, card: ModelCard): Promise<void> {
  await writeBytes(path, jsonText(parseModelCard(card)));
}
