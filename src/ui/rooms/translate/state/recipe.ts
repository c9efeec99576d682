import { shortName } from '../../../../plainText';
import type { BackendName, ModelCard, Scan } from '../../../../workers/translate/protocol';
import {
  GIVEN_STYLE,
  hasStyle,
  isDrawn,
  MEAN_STYLE,
  previewCard,
} from '../../../../workers/translate/provenance';
import type { PageSettings, Recipe } from '../../../state/types';

type Noise = Recipe['noise'];

/** What a model can: the mean style is of those with styles, a given one of the model that read it. */
export function noiseFor(
  card: ModelCard | null,
  { noise, style }: Pick<PageSettings, 'noise' | 'style'>,
): Noise {
  const canBe =
    noise === MEAN_STYLE ? card && hasStyle(card) : noise !== GIVEN_STYLE || isStyleOf(style, card);
  return canBe ? noise : 'shared';
}

/** Whether the chosen model read the style. */
export const isStyleOf = (style: PageSettings['style'], card: ModelCard | null): boolean =>
  style !== undefined && style.modelId === card?.id;

/** What draws nothing makes one image of all samples. */
export const samplesFor = (card: ModelCard | null, noise: Noise, samples: number): number =>
  !card || isDrawn(card, noise) ? samples : 1;

export function noiseText({ noise, style }: Pick<PageSettings, 'style'> & { noise: string }): string {
  if (noise === MEAN_STYLE) return 'mean style';
  return noise === GIVEN_STYLE && style ? `style of ${shortName(style.source)}` : `${noise} noise`;
}

/** What would be made now, or null while scan, model or engine are missing. */
export function recipeOf(
  scan: Scan | null,
  card: ModelCard | null,
  backend: BackendName | null,
  { preview, style, ...settings }: PageSettings,
): Recipe | null {
  if (!scan || !card || !backend) return null;
  const short = preview ? previewCard(card) : null;
  const { source, target, network, preprocessing, diffusion } = short ?? card;
  const model = { source, target, network, preprocessing, diffusion };
  const previewOf = short ? { previewOf: card.diffusion.steps } : {};
  const noise = noiseFor(card, { ...settings, style });
  return {
    scanId: scan.scanId,
    cardId: card.id,
    model,
    backend,
    ...settings,
    noise,
    ...(noise === GIVEN_STYLE && { style }),
    samples: samplesFor(card, noise, settings.samples),
    ...previewOf,
  };
}

/** One string a recipe: equal exactly when everything that decides the result is equal. */
export function recipeKey({ scanId, cardId, model, backend, seed, samples, noise, style }: Recipe): string {
  return [scanId, cardId, backend, seed, samples, noise, JSON.stringify([model, style])].join('|');
}
