import type {
  BackendName,
  ModelCard,
  Provenance,
  Scan,
  TranslateSettings,
} from '../../../../workers/translate/protocol';
import type { Recipe } from '../../../state/types';
import { framesOf } from './selectors';

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

/** The provenance of slices that arrive before the engine has sent its own at the end of the run. */
export function provenanceOf(
  recipe: Recipe,
  card: ModelCard,
  modelId: string,
  scan: Scan,
  date: Date,
): Provenance {
  const { size, pixelSize } = card.preprocessing;
  return {
    seed: recipe.seed,
    samples: recipe.samples,
    noise: recipe.noise,
    modelId,
    modelName: card.name,
    weightsSha256: card.weights.sha256,
    steps: card.diffusion.steps,
    intensity: framesOf(scan, card),
    grid: { size, pixelSize },
    source: card.source,
    target: card.target,
    backend: recipe.backend,
    date: date.toISOString(),
  };
}
