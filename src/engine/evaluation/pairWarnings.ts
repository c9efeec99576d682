/** What is odd about a pair's scans, said before they are scored: as of a scan that is translated. */
import type { ModelCard } from '../cards/modelCard';
import { inputWarnings } from '../inputWarnings';
import { prepareScan } from '../prepareScan';
import type { PreparedPair } from './evaluateScan';

/** Sentences that begin with the contrast; empty where both scans suit the model. @param pair prepared for that card */
export function pairWarnings(
  { source, measures, targetMeasures }: Pick<PreparedPair, 'source' | 'measures' | 'targetMeasures'>,
  card: Pick<ModelCard, 'source' | 'target' | 'preprocessing' | 'inputs'>,
): string[] {
  const unsuited = inputWarnings(prepareScan(source, card, measures), card).map(({ text }) => text);
  const ofSource = [...unsuited, ...measures.intensities().warnings];
  return [
    ...ofSource.map((text) => `${card.source}: ${text}`),
    ...targetMeasures.intensities().warnings.map((text) => `${card.target}: ${text}`),
  ];
}
