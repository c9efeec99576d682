import type { ModelCard } from '../../../workers/protocol';

/** What a card may tell of lesions. `shareKept`: mean over patients of synthetic lesion contrast / real lesion contrast. */
interface LesionMetrics {
  split: string;
  shareKept: number;
  rows: readonly unknown[];
}

/** What the model does to lesions: measured on patients that it has not seen, or unknown. */
export function lesionWords({ target, metrics }: Pick<ModelCard, 'target' | 'metrics'>): string {
  const { lesions } = metrics as ModelCard['metrics'] & { lesions?: LesionMetrics };
  if (!lesions)
    return `In this synthetic ${target} lesions may be missing or invented; how often was not measured.`;
  const patients = `${lesions.rows.length} ${lesions.split} ${lesions.rows.length === 1 ? 'patient' : 'patients'}`;
  const share = Math.round(100 * lesions.shareKept);
  return `On ${patients} this model kept ${share} % of the lesions' contrast: lesions may be missing or invented here.`;
}
