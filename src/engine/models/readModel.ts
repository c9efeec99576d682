/** A model is a card and its weights: how both are read and held against each other, for the page and the terminal. */
import { WeightsMismatch } from '../../errors';
import { type CustomFile, type CustomSettings, checkSize, customCard, customId } from '../cards/customCard';
import { type ModelCard, readModelCard } from '../cards/modelCard';
import { sha256 } from '../formats/sha256';
import { METHODS, type Network } from '../methods';
import type { Method } from '../methods/method';
import { networkText, seenText } from '../methods/recognise';
import { readWeights, type Weights, type WeightsFile } from './readWeights';

/** What it says it is, and its weights. */
export interface Model {
  readonly card: ModelCard;
  readonly weights: Weights;
}

/** The file of a card. */
export interface CardFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

/**
 * A model whose card has been read.
 * @param name the card's file, for errors
 * @throws WeightsMismatch where the card is that of other weights, or its network is not theirs; BadRequest for an image size that its network cannot have; and
 *         as `readWeights`
 */
export async function readModel(card: ModelCard, name: string, file: WeightsFile): Promise<Model> {
  checkFile(card, name, await factsOf(file));
  const weights = await readWeights(file);
  checkNetwork(card, name, file.name, weights.state);
  return { card, weights };
}

/**
 * Weights that a user brought: with their card, which decides everything but the id, so that a copy of a shipped model is not
 * taken for the shipped one; or without, with a card that is guessed (`customCard`).
 * @throws as `readModel`, `readModelCard`, `readWeights` and `customCard`
 */
export async function readOwnModel(
  file: WeightsFile,
  about: { readonly card?: CardFile; readonly settings?: CustomSettings } = {},
): Promise<Model> {
  if (about.card) {
    const { name, bytes } = about.card;
    const { card, weights } = await readModel(readModelCard(name, bytes), name, file);
    return { card: { ...card, id: customId(card.weights.sha256) }, weights };
  }
  const [facts, weights] = [await factsOf(file), await readWeights(file)];
  return { card: customCard(facts, weights, about.settings), weights };
}

async function factsOf({ name, bytes }: WeightsFile): Promise<CustomFile> {
  return { name, bytes: bytes.byteLength, sha256: await sha256(bytes) };
}

function checkFile(card: ModelCard, name: string, file: CustomFile): void {
  const must = (rule: string, got: string) =>
    new WeightsMismatch(
      `${file.name}: must ${rule}, got ${got}; fetch the weights again or give the card that belongs to them`,
    );
  const { sha256, bytes } = card.weights;
  if (file.bytes !== bytes) throw must(`hold the ${bytes} bytes that ${name} gives`, `${file.bytes}`);
  if (file.sha256 !== sha256) throw must(`have the sha256 that ${name} gives, ${sha256}`, file.sha256);
  checkSize(`${name}: preprocessing: size`, card.preprocessing.size, card.network);
}

/** Here rather than where the network is built: a wrong card is told when it is given, and by its name. */
function checkNetwork({ network }: ModelCard, name: string, file: string, state: Weights['state']): void {
  const method: Method<Network> = METHODS[network.method];
  const names = [...state.keys()];
  if (!method.hasNames(names))
    throw new WeightsMismatch(
      `${file}: must hold ${networkText(method)}, as ${name} says, got ${seenText(names)}; give the card that belongs to it`,
    );
  try {
    method.infer(state, { ...network });
  } catch (error) {
    if (error instanceof Error) error.message = `${file}, network of ${name}: ${error.message}`;
    throw error;
  }
}
