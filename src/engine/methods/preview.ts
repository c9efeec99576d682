/** A first look at what a model of many steps makes: by its method's shorter chain, never for scores. */
import type { ModelCard } from '../cards/modelCard';
import { trainingOf } from '.';

/** The model as a preview runs it; null where its chain is short, or its method has no shorter one. */
export function previewCard(card: ModelCard): ModelCard | null {
  const quick = trainingOf(card.network).quick(card.diffusion);
  return quick && quick.steps < card.diffusion.steps ? { ...card, diffusion: quick } : null;
}
