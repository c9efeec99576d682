/** How a scan suits a model, said before it is translated: its field of view, and what it was trained on. */
import { compareWithTraining, ctWarning, type InputWarning, noiseWarning } from '../volume/checkInput';
import { checkPlan, isAbsurdSize, isOddField } from '../volume/checkScan';
import type { ModelCard } from './cards/modelCard';
import type { PreparedScan } from './prepareScan';

/** What of a card a scan is held against. */
export type ModelInput = Pick<ModelCard, 'source' | 'preprocessing' | 'inputs'>;

/**
 * The gravest first; empty where scan and model suit each other.
 * @param prepared for that model
 */
export function inputWarnings(
  { image, measures, plan, intensity }: PreparedScan,
  { source, inputs }: Pick<ModelInput, 'source' | 'inputs'>,
): InputWarning[] {
  const ct = ctWarning(measures.levels(), { source });
  if (ct) return [ct];
  // checkScan.ts tells that fault, and every measure would only show it again.
  const { disturbed } = measures.intensities();
  if (disturbed === 'values') return [];
  const statistics = measures.statistics(intensity.source);
  if (disturbed === 'levels') {
    const noise = statistics && noiseWarning(statistics);
    return noise ? [noise] : [];
  }
  const found = statistics ? compareWithTraining(statistics, inputs) : [];
  if (found.some(({ fault }) => fault === 'noise')) return found;
  if (isAbsurdSize(image)) return found.filter(({ fault }) => fault !== 'size');
  const field = checkPlan(image, plan).map((text) => ({ fault: 'field' as const, text }));
  // One sentence on the size is enough: that on the field of view says how it comes.
  const isTold = field.length > 0 || isOddField(image);
  return [...found.filter(({ fault }) => !(fault === 'size' && isTold)), ...field];
}
