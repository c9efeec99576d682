/** A scan's axial slices to the missing contrast: slice plan, intensity map, reverse chain, and back on the scan's own grid. */
import { fromModelRange, intensityUpper, toModelRange } from '../volume/intensity';
import { extractSlice, planSlices, restoreSlice } from '../volume/slices';
import type { Volume } from '../volume/volume';
import type { Translator } from './networks/translator';
import { makeSchedule } from './schedule';
import { type TranslateHooks, type TranslateSettings, translateSlices } from './translateSlices';
import type { ModelCard } from './weights/modelCard';

export interface TranslatedSlice {
  index: number;
  /** ni*nj, i fastest, in the scan's intensity units: 0..upper. */
  image: Float32Array;
  /** Standard deviation over samples, same grid and units; null for one sample. */
  spread: Float32Array | null;
  /** x_T (R: the source), then the x0 estimates of steps n-1 .. 0 of the first sample: size*size in the model's range and row order. */
  chain: Float32Array[];
}

/** The intensity that the model's map sends to +1 for this scan. */
export function scanUpper(scan: Volume, card: ModelCard): number {
  return intensityUpper(scan.voxels, card.preprocessing.intensity);
}

/** Yields slices in the given order. @throws Aborted within one reverse step of the signal */
export async function* translateScan(
  scan: Volume,
  { card, translator }: { card: ModelCard; translator: Translator },
  slices: readonly number[],
  settings: TranslateSettings,
  hooks: TranslateHooks,
): AsyncGenerator<TranslatedSlice> {
  const plan = planSlices(scan, card.preprocessing);
  const upper = scanUpper(scan, card);
  const schedule = makeSchedule(card.diffusion);
  for (const index of slices) {
    const input = { index, pixels: toModelRange(extractSlice(scan, plan, index), upper) };
    const done = translateSlices(translator, schedule, [input], card.preprocessing.size, settings, hooks);
    for await (const { mean, spread, chain } of done) {
      yield {
        index,
        image: restoreSlice(plan, fromModelRange(mean, upper)),
        // A difference of 2 in the model's range is `upper` in the scan's.
        spread:
          spread &&
          restoreSlice(
            plan,
            spread.map((s) => (s / 2) * upper),
          ),
        chain,
      };
    }
  }
}
