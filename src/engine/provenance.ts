/** What made a result: beside the pixels on the page, and in the sidecar of every file. */
import type { SidecarFacts } from '../volume/sidecar';
import type { BackendName } from './backend/backend';
import type { ModelCard } from './cards/modelCard';
import type { PreparedScan } from './prepareScan';
import { GIVEN_STYLE, isDrawn } from './style';
import type { TranslateSettings } from './translateSlices';

/** The sidecar's facts but for those of one file. */
export type Provenance = Omit<SidecarFacts, 'sourceName' | 'slices' | 'softwareVersion'> &
  TranslateSettings & { backend: BackendName };

/** @param run `date` is when it began; `previewOf` the model's own number of steps, where the card is of a preview (methods/preview.ts) */
export function provenanceOf(
  { id, name, source, target, network, weights, diffusion, preprocessing }: ModelCard,
  { intensity }: Pick<PreparedScan, 'intensity'>,
  { seed, samples, noise, style }: TranslateSettings,
  run: { backend: BackendName; date: Date; previewOf?: number },
): Provenance {
  const { size, pixelSize } = preprocessing;
  return {
    seed,
    samples,
    noise,
    drawn: isDrawn({ network }, noise),
    ...(noise === GIVEN_STYLE && style ? { style } : {}),
    modelId: id,
    modelName: name,
    weightsSha256: weights.sha256,
    steps: diffusion.steps,
    ...(run.previewOf === undefined ? {} : { previewOf: run.previewOf }),
    intensity,
    grid: { size, pixelSize },
    source,
    target,
    backend: run.backend,
    date: run.date.toISOString(),
  };
}
