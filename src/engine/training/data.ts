/** What a run is trained on: slices on the model's grid, quantised to 16 bits, half of float32's memory. */
import { type ModelPixels, modelPixels } from '../../volume/modelImage';
import type { Side } from './sides';

/** Slices of one contrast. Image n is `images[n*size*size .. (n+1)*size*size)`, row-major as the model sees it. */
export interface SliceSet {
  size: number;
  count: number;
  /** 0..65535 for [-1, 1]. */
  images: Uint16Array;
  /** Index into `subjects` of each slice. */
  subject: Uint16Array;
  /** Axial slice of the canonical scan. */
  slice: Uint16Array;
  /** Value in [0, 1] above which a pixel of each slice's scan is foreground. */
  foreground: Float32Array;
  subjects: string[];
}

export interface TrainData {
  /** Paired: slice n of `a` and of `b` are the same anatomy. Unconditional: the same set, stored once. */
  train: Record<Side, SliceSet>;
  /** Aligned, for scores only; null where there is none. */
  validation: Record<Side, SliceSet> | null;
}

/** Image n in [-1, 1], size*size. */
export function sliceImage({ size, images }: SliceSet, n: number): ModelPixels {
  const image = images.subarray(n * size * size, (n + 1) * size * size);
  return modelPixels(Float32Array.from(image, (v) => v / 32767.5 - 1));
}

/** Of the images of all slices, a set that is both contrasts' once. */
export function dataBytes({ train, validation }: TrainData): number {
  const sets = new Set([train, validation].flatMap((pair) => (pair ? [pair.a, pair.b] : [])));
  return [...sets].reduce((sum, { images }) => sum + images.byteLength, 0);
}
