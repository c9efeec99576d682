import type { BackendName, ModelCard, Scan, TranslateSettings } from '../../../../workers/translate/protocol';
import type { Recipe } from '../../../state/types';

/** What would be made now, or null while scan, model or engine are missing. */
export function recipeOf(
  scan: Scan | null,
  card: ModelCard | null,
  backend: BackendName | null,
  settings: TranslateSettings,
): Recipe | null {
  if (!scan || !card || !backend) return null;
  const { source, target, network, preprocessing, diffusion } = card;
  const model = { source, target, network, preprocessing, diffusion };
  return { scanId: scan.scanId, cardId: card.id, model, backend, ...settings };
}

/** One string a recipe: equal exactly when everything that decides the result is equal. */
export function recipeKey({ scanId, cardId, model, backend, seed, samples, noise }: Recipe): string {
  return [scanId, cardId, backend, seed, samples, noise, JSON.stringify(model)].join('|');
}
