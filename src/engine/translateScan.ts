/** A scan's axial slices to the missing contrast: slice plan, intensity map, reverse chain, and back on the scan's own grid. */
import { fromModelRange, toModelRange } from '../volume/intensity';
import { type ModelPixels, modelPixels } from '../volume/modelImage';
import { extractSlice, restoreSlice } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';
import type { RunTranslator } from './methods/translator';
import type { PreparedScan } from './prepareScan';
import { type TranslateHooks, type TranslateSettings, translateSlices } from './translateSlices';

export interface TranslatedSlice {
  index: number;
  /** ni*nj, i fastest, within the ends of the target's frame; `low` outside the model's field of view. */
  image: Float32Array;
  /** Standard deviation over samples, same grid and units; null for one sample. */
  spread: Float32Array | null;
  /** The translator's frames of the first sample, size*size. */
  chain: ModelPixels[];
  /** The model's image is one value throughout: weights of zeros, or a backend that computes wrong. */
  isConstant: boolean;
}

/**
 * Yields slices in the given order. @throws Aborted within one reverse step of the signal
 * @param prepared for that card
 */
export async function* translateScan(
  { image, plan, intensity: { source, target } }: PreparedScan,
  { card, translator }: { card: ModelCard; translator: RunTranslator },
  slices: readonly number[],
  settings: TranslateSettings,
  hooks: TranslateHooks,
): AsyncGenerator<TranslatedSlice> {
  for (const index of slices) {
    const input = { index, pixels: toModelRange(extractSlice(image, plan, index, source.low), source) };
    const done = translateSlices(translator, [input], card.preprocessing.size, settings, hooks);
    for await (const { mean, spread, chain } of done) {
      const made = fromModelRange(mean, target);
      yield {
        index,
        image: restoreSlice(plan, made, target.low),
        // A difference of 2 in the model's range is the frame's width.
        spread:
          spread &&
          restoreSlice(
            plan,
            spread.map((s) => (s / 2) * (target.high - target.low)),
          ),
        chain: chain.map(modelPixels),
        isConstant: made.every((value) => value === made[0]),
      };
    }
  }
}
