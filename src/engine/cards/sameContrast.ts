/** Cards whose source and target are one contrast. */
import { isUnconditionalModel } from '../unconditional';
import type { ModelCard } from './modelCard';

/**
 * A remark as a sentence, and no error: between two scanners or protocols of one contrast a model may well translate. Null where the two differ in more
 * than case, and of a model without a source, whose card has its one contrast twice.
 */
export function sameContrastText(card: Pick<ModelCard, 'source' | 'target' | 'network'>): string | null {
  const { source, target } = card;
  if (source.toLowerCase() !== target.toLowerCase() || isUnconditionalModel(card)) return null;
  return `Source and target of this model are both ${source}: right between scanners or protocols of one contrast, which names of scans do not tell apart; else correct one of them.`;
}
