import { WeightsMismatch } from '../../errors';
import { type CustomFile, checkSize, customId } from './customCard';
import { type ModelCard, readModelCard } from './modelCard';

/**
 * The card that was dropped together with its weights. It decides everything but the id, which is that of own weights, so
 * that a copy of a shipped model is not taken for the shipped one.
 * @throws CorruptFile where the card is no card; WeightsMismatch where it is that of other weights; BadRequest for an image
 *         size that its network cannot have
 */
export function droppedCard(
  card: { readonly name: string; readonly bytes: ArrayBuffer },
  file: CustomFile,
): ModelCard {
  const parsed = readModelCard(card.name, card.bytes);
  const { sha256, bytes } = parsed.weights;
  if (file.bytes !== bytes) {
    throw mismatch(`hold the ${bytes} bytes that ${card.name} gives`, `${file.bytes}`);
  }
  if (file.sha256 !== sha256)
    throw mismatch(`have the sha256 that ${card.name} gives, ${sha256}`, file.sha256);
  checkSize(`${card.name}: preprocessing: size`, parsed.preprocessing.size, parsed.network);
  return { ...parsed, id: customId(sha256) };

  function mismatch(rule: string, got: string): WeightsMismatch {
    return new WeightsMismatch(
      `${file.name}: must ${rule}, got ${got}; drop the card that belongs to these weights`,
    );
  }
}
