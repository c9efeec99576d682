import type { ModelCard } from '../../../workers/protocol';

/** What the model does to lesions: measured on patients that it has not seen, or unknown. */
export function lesionWords({ target, metrics }: Pick<ModelCard, 'target' | 'metrics'>): string {
  const { lesions = [] } = metrics;
  const table = lesions.find(({ shareKept }) => shareKept !== null);
  if (!table || table.shareKept === null)
    return `In this synthetic ${target} lesions may be missing or invented; how often was not measured.`;
  const kept = table.rows.map((row) => row.kept).filter((share) => share !== null);
  const patients = `${kept.length} ${table.split} ${kept.length === 1 ? 'patient' : 'patients'}`;
  const range =
    kept.length === 1 ? '' : ` (median; ${percent(Math.min(...kept))} to ${percent(Math.max(...kept))})`;
  return `On ${patients} this model kept ${percent(table.shareKept)} of the lesions' contrast${range}: lesions may be missing or invented here.`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`.replace('-', '−');
}
