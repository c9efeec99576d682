/** A scan's axial slices to the missing contrast: slice plan, intensity map, reverse chain, and back on the scan's own grid. */
import type { Image3 } from '../volume/image';
import {
  fromModelRange,
  type IntensityFrame,
  intensityFrame,
  modelFrames,
  toModelRange,
} from '../volume/intensity';
import { extractSlice, planSlices, restoreSlice } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';
import type { RunTranslator } from './methods/translator';
import { type TranslateHooks, type TranslateSettings, translateSlices } from './translateSlices';

export interface TranslatedSlice {
  index: number;
  /** ni*nj, i fastest, within the ends of the target's frame; `low` outside the model's field of view. */
  image: Float32Array;
  /** Standard deviation over samples, same grid and units; null for one sample. */
  spread: Float32Array | null;
  /** The translator's frames of the first sample: size*size in the model's range and row order. */
  chain: Float32Array[];
}

/** How a model's maps lie over a scan and over what is made of it. */
export function scanFrames(
  { voxels }: Pick<Image3, 'voxels'>,
  { preprocessing }: Pick<ModelCard, 'preprocessing'>,
): { source: IntensityFrame; target: IntensityFrame } {
  return modelFrames((map) => intensityFrame(voxels, map), preprocessing);
}

/** Yields slices in the given order. @throws Aborted within one reverse step of the signal */
export async function* translateScan(
  scan: Image3,
  { card, translator }: { card: ModelCard; translator: RunTranslator },
  slices: readonly number[],
  settings: TranslateSettings,
  hooks: TranslateHooks,
): AsyncGenerator<TranslatedSlice> {
  const plan = planSlices(scan, card.preprocessing);
  const { source, target } = scanFrames(scan, card);
  for (const index of slices) {
    const input = { index, pixels: toModelRange(extractSlice(scan, plan, index, source.low), source) };
    const done = translateSlices(translator, [input], card.preprocessing.size, settings, hooks);
    for await (const { mean, spread, chain } of done) {
      yield {
        index,
        image: restoreSlice(plan, fromModelRange(mean, target), target.low),
        // A difference of 2 in the model's range is the frame's width.
        spread:
          spread &&
          restoreSlice(
            plan,
            spread.map((s) => (s / 2) * (target.high - target.low)),
          ),
        chain,
      };
    }
  }
}
