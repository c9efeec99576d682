import { CorruptFile, WeightsMismatch } from '../../errors';
import { type CustomFile, checkSize, customId } from './customCard';
import { type ModelCard, parseModelCard } from './modelCard';

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
  const parsed = parse(card);
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

function parse({ name, bytes }: { readonly name: string; readonly bytes: ArrayBuffer }): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new CorruptFile(`${name}: a model card must be JSON, got text that is not`);
  }
  try {
    return parseModelCard(json);
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}
