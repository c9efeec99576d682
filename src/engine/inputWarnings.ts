/** How a scan suits a model, said before it is translated: its field of view, and what it was trained on. */
import { compareWithTraining, ctWarning, type InputWarning } from '../volume/checkInput';
import { checkPlan, isOddField } from '../volume/checkScan';
import type { Image3 } from '../volume/image';
import { modelFrames } from '../volume/intensity';
import { type ScanMeasures, scanMeasures } from '../volume/scanMeasures';
import { planSlices } from '../volume/slices';
import type { ModelCard } from './cards/modelCard';

/** What of a card a scan is held against. */
export type ModelInput = Pick<ModelCard, 'source' | 'preprocessing' | 'inputs'>;

/**
 * The gravest first; empty where scan and model suit each other.
 * @param measures of the scan, where they are kept
 */
export function inputWarnings(
  scan: Image3,
  { source, preprocessing, inputs }: ModelInput,
  measures: ScanMeasures = scanMeasures(scan),
): InputWarning[] {
  const ct = ctWarning(measures.levels(), { source });
  if (ct) return [ct];
  const statistics = measures.statistics(modelFrames(measures.frameOf, preprocessing).source);
  const found = statistics ? compareWithTraining(statistics, inputs) : [];
  if (found.some(({ fault }) => fault === 'noise')) return found;
  const field = checkPlan(scan, planSlices(scan, preprocessing, measures.levels())).map((text) => ({
    fault: 'field' as const,
    text,
  }));
  // One sentence on the size is enough: that on the field of view says how it comes.
  const isTold = field.length > 0 || isOddField(scan);
  return [...found.filter(({ fault }) => !(fault === 'size' && isTold)), ...field];
}
