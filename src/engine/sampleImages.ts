/** Images that an unconditional model makes of noise alone. */
import type { ModelCard } from './cards/modelCard';
import type { RunTranslator } from './methods/translator';
import { type TranslateHooks, translateSlices } from './translateSlices';
import { refuseConditional } from './unconditional';

export interface SampleSettings {
  seed: number;
  /** Images to make, and the number of the first one. */
  count: number;
  first?: number;
}

/**
 * Yields images `first`, `first` + 1, ... one by one: size*size pixels in [-1, 1], rows top to bottom, as the model's slices lie
 * (`volume/modelImage.ts`). An image depends on the seed and its number alone.
 * @throws BadRequest for a model that needs a source; Aborted within one reverse step of the signal
 */
export async function* sampleImages(
  {
    card,
    translator,
  }: { card: Pick<ModelCard, 'id' | 'network' | 'preprocessing'>; translator: RunTranslator },
  { seed, count, first = 0 }: SampleSettings,
  hooks: TranslateHooks = {},
): AsyncGenerator<Float32Array> {
  refuseConditional(card);
  const { size } = card.preprocessing;
  const how = { seed, samples: 1, noise: 'independent' } as const;
  for (let index = first; index < first + count; index++) {
    // What is given in place of the source is not looked at.
    const blank = [{ index, pixels: new Float32Array(size * size) }];
    for await (const { mean } of translateSlices(translator, blank, size, how, hooks))
      yield mean.map((value) => Math.min(Math.max(value, -1), 1));
  }
}
