/** How a scan lies under a model: found once, for its pixels, for what is told of them, and for what is trained on. */
import type { Image3 } from '../volume/image';
import { type IntensityFrame, modelFrames } from '../volume/intensity';
import { type ScanMeasures, scanMeasures } from '../volume/scanMeasures';
import { planSlices, type SlicePlan } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';

export interface PreparedScan {
  readonly image: Image3;
  readonly measures: ScanMeasures;
  readonly plan: SlicePlan;
  /** Of the scan, and of what is made of it. */
  readonly intensity: { readonly source: IntensityFrame; readonly target: IntensityFrame };
}

/**
 * @param preprocessing a card's, or a training's grid
 * @param measures of the image, where they are kept
 */
export function prepareScan(
  image: Image3,
  { preprocessing }: { preprocessing: Omit<ModelCard['preprocessing'], 'plane'> },
  measures: ScanMeasures = scanMeasures(image),
): PreparedScan {
  return {
    image,
    measures,
    plan: planSlices(image, preprocessing, measures.levels(), measures.foreground),
    intensity: modelFrames(measures.frameOf, preprocessing),
  };
}
