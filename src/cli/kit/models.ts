import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ModelCard, parseModelCard, readModelCard } from '../../engine/cards/modelCard';
import { MODEL_INDEX } from '../../engine/cards/modelIndex';
import { sameContrastText } from '../../engine/cards/sameContrast';
import { type Model, readModel, readOwnModel } from '../../engine/models/readModel';
import { BadRequest } from '../../errors';
import { unreadable } from '../../platform/node/fileErrors';
import { readBytes, readGiven, writeBytes } from '../../platform/node/files';
import { PACKAGE_ROOT } from '../../platform/node/packageRoot';
import { parseJson } from '../../schema';
import type { Io } from './io';
import { counted, jsonText } from './report';

export interface LoadedModel extends Model {
  /** The card's file; absent where it was guessed from the weights. */
  readonly path?: string;
}

/** In a model's folder, beside its weights. */
export const CARD_FILE = 'card.json';

/** Folders here are model ids. */
export const MODELS_FOLDER = join(PACKAGE_ROOT, 'public/weights');

/** The cards of the models that come with the program, in the order of its index. Throws CorruptFile naming what is not right. */
export async function listModels(folder = MODELS_FOLDER): Promise<ModelCard[]> {
  const path = join(folder, 'index.json');
  if (!existsSync(path)) return [];
  const { models } = parseJson(await readBytes(path), MODEL_INDEX, { subject: path });
  return Promise.all(models.map((id) => readCard(join(folder, id, CARD_FILE))));
}

/**
 * Loads what `--model` (or another option, `asked`) names: an id, a folder with a card.json, a card.json, or a file of weights (whose card
 * is guessed from its network). Throws BadRequest where there is no such model, and as `modelFile`, `readModel`, `readOwnModel` and `readModelCard`.
 */
export async function loadModel(
  model: string,
  folder = MODELS_FOLDER,
  asked = 'model',
): Promise<LoadedModel> {
  const shipped = shippedCard(model, folder);
  if (shipped !== undefined) return loadByCard(shipped);
  const file = await modelFile(model);
  if (/\.json$/i.test(file)) return loadByCard(file);
  if (existsSync(file)) return readOwnModel({ name: basename(file), bytes: await readGiven(file) });
  const ids = (await listModels(folder)).map(({ id }) => id).join(', ') || 'none';
  throw new BadRequest(
    `--${asked}: must be an id (${ids}), a folder of a model, a card.json or a file of weights, got "${model}"`,
  );
}

/** The card's file of a model that comes with the program. */
function shippedCard(id: string, folder: string): string | undefined {
  const card = join(folder, id, CARD_FILE);
  return /^[a-z0-9][a-z0-9._-]*$/.test(id) && existsSync(card) ? card : undefined;
}

/** As `modelFile`; where there is no such file, the card of the model with this id. */
export const modelFileOrId = async (given: string, folder = MODELS_FOLDER): Promise<string> =>
  existsSync(given) ? modelFile(given) : (shippedCard(given, folder) ?? given);

/**
 * The card of a folder that is a model; of what is no folder itself.
 * @throws BadRequest for a folder without a card of its own, which names those below it
 */
export async function modelFile(path: string): Promise<string> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const below = await cardsBelow(path);
  const own = join(path, CARD_FILE);
  if (below.includes(own)) return own;
  const [got, advice] =
    below.length === 0
      ? ['none', 'choose another folder']
      : [
          `${counted(below.length, 'model')} below it`,
          `choose ${orOthers(below.map((card) => dirname(card)))}`,
        ];
  throw new BadRequest(`${path}: must hold a ${CARD_FILE} with its weights, got ${got}; ${advice}`);
}

/** Names of the first few. */
function orOthers(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(' or ');
  return names.length > 4 ? `${shown}, or another` : shown;
}

/** The card.json files in a folder and below it, in order. */
export async function cardsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    throw unreadable(folder, error);
  });
  return entries
    .filter((entry) => entry.name === CARD_FILE && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
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

/** Says what is odd about a card that may be right all the same. */
export function tellCard(card: ModelCard, io: Pick<Io, 'err'>): void {
  const text = sameContrastText(card);
  if (text !== null) io.err(`${card.id}: ${text}\n`);
}

/** All of it or nothing. @throws CorruptFile, WeightsMismatch for a card that could not be read again: the one before stays then */
export async function writeCard(path: string, card: ModelCard): Promise<void> {
  await writeBytes(path, jsonText(parseModelCard(card)));
}
