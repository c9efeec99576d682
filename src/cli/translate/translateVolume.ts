import { methodOf } from '../../engine/methods';
import { loadTranslator } from '../../engine/methods/translator';
import type { PreparedScan } from '../../engine/prepareScan';
import { readStyle } from '../../engine/readStyle';
import { SliceTimes } from '../../engine/sliceTimes';
import { GIVEN_STYLE, type GivenStyle } from '../../engine/style';
import { translateScan } from '../../engine/translateScan';
import type { TranslateSettings } from '../../engine/translateSlices';
import { Aborted } from '../../errors';
import type { NamedImage } from '../../volume/image';
import { untranslated } from '../../volume/intensity';
import { planeView, putSlice } from '../../volume/planes';
import { restoreSlice } from '../../volume/slices';
import type { LoadedModel } from '../kit/models';

export interface TranslatedVolume {
  /** On the scan's canonical grid, within the ends of the target's frame; untranslated slices are 0, of CT air. */
  readonly voxels: Float32Array;
  /** The translator's frames of the first sample, like `voxels` but not clipped; empty if not asked for. */
  readonly chain: readonly Float32Array[];
  /** Milliseconds of each slice, of those that were made together its share, in the order of `slices`. */
  readonly times: readonly number[];
  /** Slices that came out as one value. */
  readonly constant: readonly number[];
  /** What was read off the scan of the style. */
  readonly style?: GivenStyle;
}

export interface TranslateCalls {
  /** Whose style the images have, in place of the settings' noise. */
  readonly styleOf?: NamedImage;
  /** Slices at a time. */
  readonly batch: number;
  readonly signal: AbortSignal;
  readonly onStep: (done: StepsDone) => void;
}

export interface StepsDone {
  /** Slices finished. */
  readonly slices: number;
  /** Slices that are made now, at once. */
  readonly together: number;
  /** Reverse steps over all slices and samples. */
  readonly steps: number;
}

/**
 * Translates axial slices of a scan in their order on the current backend, into whole volumes.
 * Throws Aborted within one reverse step of the signal.
 */
export async function translateVolume(
  prepared: PreparedScan,
  { card, weights }: LoadedModel,
  slices: readonly number[],
  settings: TranslateSettings,
  keepChain: boolean,
  { styleOf, batch, signal, onStep }: TranslateCalls,
): Promise<TranslatedVolume> {
  const { image, plan, intensity } = prepared;
  const { low, high } = intensity.target;
  const view = planeView(image, 'axial');
  const empty = () => new Float32Array(image.voxels.length).fill(untranslated(intensity.target));
  const voxels = empty();
  const chain = Array.from(
    { length: keepChain ? methodOf(card.network).frames(card.diffusion).length : 0 },
    empty,
  );
  const times: number[] = [];
  const constant: number[] = [];
  let steps = 0;
  const translator = await loadTranslator(card, weights.state);
  const sliceTimes = new SliceTimes(() => performance.now());
  const hooks = {
    batch,
    signal,
    onStep: (together: number) => {
      steps += together;
      sliceTimes.step(together);
      onStep({ slices: times.length, together, steps });
    },
    // wasm computes without a pause in which Ctrl-C could be heard.
    pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
  let style: GivenStyle | undefined;
  try {
    if (styleOf) {
      const pause = async () => {
        await hooks.pause();
        if (signal.aborted) throw new Aborted('translation: cancelled');
      };
      style = await readStyle(styleOf, { card, translator }, { pause });
    }
    const how = style ? ({ ...settings, noise: GIVEN_STYLE, style } as const) : settings;
    for await (const slice of translateScan(prepared, { card, translator }, slices, how, hooks)) {
      putSlice(voxels, view, slice.index, slice.image);
      chain.forEach((frame, n) => {
        // Not clipped: x_T is noise around 0.
        const values = slice.chain[n].map((value) => low + ((value + 1) / 2) * (high - low));
        putSlice(frame, view, slice.index, restoreSlice(plan, values, low));
      });
      if (slice.isConstant) constant.push(slice.index);
      times.push(sliceTimes.slice());
    }
  } finally {
    translator.dispose();
  }
  return { voxels, chain, times, constant, ...(style && { style }) };
}
