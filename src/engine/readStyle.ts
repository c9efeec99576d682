/** The style of a real scan of a model's target contrast, as the model's own encoder reads it. */
import { BadRequest } from '../errors';
import { HEAD_SHARE, headSlices } from '../volume/headSlices';
import type { NamedImage } from '../volume/image';
import { referenceFrame, toModelRange } from '../volume/intensity';
import { type ScanMeasures, scanMeasures } from '../volume/scanMeasures';
import { extractSlice } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';
import type { RunTranslator } from './methods/translator';
import { prepareScan } from './prepareScan';
import { type GivenStyle, refuseStyleScan } from './style';
import * as tf from './tf';

/** A slice with less head than trainings take is not what the encoder has learnt from. */
const LEAST = HEAD_SHARE.training;

/**
 * The mean of the styles of the scan's axial slices with head (10 % foreground and more), each mapped as the card maps the target
 * contrast: one style for a whole volume, whichever slices are translated with it.
 * @param pause awaited between slices; may throw to cancel
 * @throws BadRequest for a model that has no style encoder, a scan without a slice of enough head, or a style that is not finite
 */
export async function readStyle(
  { name, image }: NamedImage,
  { card, translator }: { card: ModelCard; translator: Pick<RunTranslator, 'style'> },
  { measures = scanMeasures(image), pause }: { measures?: ScanMeasures; pause?: () => Promise<void> } = {},
): Promise<GivenStyle> {
  refuseStyleScan(card);
  const { plan, intensity } = prepareScan(image, card, measures);
  const frame = referenceFrame(measures.frameOf, intensity.target);
  const slices = headSlices(measures.foregroundBySlice(frame.map), LEAST);
  if (slices.length === 0)
    throw new BadRequest(
      `${name}: must have a slice with ${100 * LEAST} % foreground to take a style off, got none; choose a scan of the head`,
    );
  const { size } = card.preprocessing;
  const sums: number[] = [];
  for (const index of slices) {
    const pixels = toModelRange(extractSlice(image, plan, index, frame.low), frame);
    const style = tf.tidy(() => translator.style!(tf.tensor4d(pixels, [1, size, size, 1])));
    try {
      for (const [n, value] of (await style.data<'float32'>()).entries()) sums[n] = (sums[n] ?? 0) + value;
    } finally {
      style.dispose();
    }
    await pause?.();
  }
  const values = sums.map((sum) => sum / slices.length);
  if (!values.every(Number.isFinite))
    throw new BadRequest(
      `${name}: its style must come out as finite numbers, got others; the weights compute wrong: try another model`,
    );
  return { modelId: card.id, source: name, values };
}
