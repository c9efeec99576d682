import { largestOf, smallestOf } from '../../../../volume/extremes';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { type Lesions, lesionKind, percentText } from '../../models/lesionKinds';

/** What the model does to lesions, for every kind that was measured on patients that it has not seen; or that it is unknown. */
export function lesionWords({ target, metrics }: Pick<ModelCard, 'target' | 'metrics'>): string {
  const measured = (metrics.lesions ?? []).filter(({ shareKept }) => shareKept !== null);
  if (measured.length === 0)
    return `In this synthetic ${target} lesions may be missing or invented; how often was not measured.`;
  const splits = new Set(measured.map(({ split }) => split));
  return `Lesion contrast kept on ${[...splits].join(' and ')} patients: ${measured.map(groupWords).join('; ')}. Lesions may be missing or invented.`;
}

function groupWords(table: Lesions): string {
  const kept = table.rows.map((row) => row.kept).filter((share) => share !== null);
  const { name } = lesionKind(table);
  const median = `${percentText(table.shareKept)} %`;
  if (kept.length === 1) return `${name} ${median} (1 scan)`;
  const [least, most] = [smallestOf(kept), largestOf(kept)];
  return `${name} ${percentText(least)} % to ${percentText(most)} % (median ${median}, ${kept.length} scans)`;
}
