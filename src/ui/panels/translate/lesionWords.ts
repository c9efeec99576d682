import type { ModelCard } from '../../../workers/protocol';

/** What a card may tell of lesions: a table for each rule by which they were found, experts' outlines first. */
interface LesionTable {
  split: string;
  /** `kept`: contrast of a patient's lesions in the synthetic image / in the real one; null where left out. */
  rows: readonly { kept: number | null }[];
  /** Median over the patients with a share; null without any. */
  shareKept: number | null;
}

/** What the model does to lesions: measured on patients that it has not seen, or unknown. */
export function lesionWords({ target, metrics }: Pick<ModelCard, 'target' | 'metrics'>): string {
  const { lesions = [] } = metrics as ModelCard['metrics'] & { lesions?: readonly LesionTable[] };
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
