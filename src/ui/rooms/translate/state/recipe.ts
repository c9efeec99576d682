import type { BackendName, ModelCard, Scan } from '../../../../workers/translate/protocol';
import { hasStyle, MEAN_STYLE, previewCard } from '../../../../workers/translate/provenance';
import type { PageSettings, Recipe } from '../../../state/types';

/** What a model can: the mean style is of those with styles. */
export const noiseFor = (card: ModelCard | null, noise: Recipe['noise']): Recipe['noise'] =>
  noise === MEAN_STYLE && !(card && hasStyle(card)) ? 'shared' : noise;

/** The mean style draws nothing: all samples would be one image. */
export const samplesFor = (noise: Recipe['noise'], samples: number): number =>
  noise === MEAN_STYLE ? 1 : samples;

/** What would be made now, or null while scan, model or engine are missing. */
export function recipeOf(
  scan: Scan | null,
  card: ModelCard | null,
  backend: BackendName | null,
  { preview, ...settings }: PageSettings,
): Recipe | null {
  if (!scan || !card || !backend) return null;
  const short = preview ? previewCard(card) : null;
  const { source, target, network, preprocessing, diffusion } = short ?? card;
  const model = { source, target, network, preprocessing, diffusion };
  const previewOf = short ? { previewOf: card.diffusion.steps } : {};
  const noise = noiseFor(card, settings.noise);
  return {
    scanId: scan.scanId,
    cardId: card.id,
    model,
    backend,
    ...settings,
    noise,
    samples: samplesFor(noise, settings.samples),
    ...previewOf,
  };
}

/** One string a recipe: equal exactly when everything that decides the result is equal. */
export function recipeKey({ scanId, cardId, model, backend, seed, samples, noise }: Recipe): string {
  return [scanId, cardId, backend, seed, samples, noise, JSON.stringify(model)].join('|');
}
