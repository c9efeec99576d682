/** A scan's axial slices to the missing contrast: slice plan, intensity map, reverse chain, and back on the scan's own grid. */
import { fromModelRange, toModelRange } from '../volume/intensity';
import { type ModelPixels, modelPixels } from '../volume/modelImage';
import { extractSlice, restoreSlice } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';
import type { RunTranslator } from './methods/translator';
import type { PreparedScan } from './prepareScan';
import { refuseStyle } from './style';
import { type TranslateHooks, type TranslateSettings, translateSlices } from './translateSlices';
import { refuseUnconditional } from './unconditional';

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

/** What is done to a slice before it is translated: size*size pixels in [-1, 1] to as many, which may lie outside. */
export type ChangeInput = (pixels: Float32Array, index: number) => Float32Array;

export interface ScanHooks extends TranslateHooks {
  /** Does the work, which is all that a slice takes before its first step (`prepare`) and after its last (`place`). Absent: does it. */
  timed?: <T>(part: 'prepare' | 'place', work: () => T) => T;
}

/**
 * Yields slices in the given order. @throws BadRequest for an unconditional model, Aborted within one reverse step of the signal
 * @param prepared for that card
 * @param change as an experiment wants it; nothing where absent
 */
export async function* translateScan(
  { image, plan, intensity: { source, target } }: PreparedScan,
  { card, translator }: { card: ModelCard; translator: RunTranslator },
  slices: readonly number[],
  settings: TranslateSettings,
  hooks: ScanHooks,
  change: ChangeInput = (pixels) => pixels,
): AsyncGenerator<TranslatedSlice> {
  refuseUnconditional(card);
  refuseStyle(card, settings);
  const { timed = (_part, work) => work() } = hooks;
  function* inputs() {
    for (const index of slices) {
      const mapped = () => toModelRange(extractSlice(image, plan, index, source.low), source);
      yield { index, pixels: change(timed('prepare', mapped), index) };
    }
  }
  const done = translateSlices(translator, inputs(), card.preprocessing.size, settings, hooks);
  for await (const { index, mean, spread, chain } of done) {
    yield timed('place', () => {
      const made = fromModelRange(mean, target);
      return {
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
    });
  }
}
