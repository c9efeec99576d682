/** How a card's tables of lesions are spoken of: by whose outlines, and of what. */
import type { ModelCard } from '../../workers/protocol';

export type Lesions = NonNullable<ModelCard['metrics']['lesions']>[number];

export interface LesionKind {
  heading: string;
  /** Within a sentence. */
  name: string;
}

const TUMOUR_DATA = /lgg|gbm|glioma|brats|tumou?r/i;

/** Outlined lesions are called tumours only where the table's data say so. */
export function lesionKind({ rule, data }: Pick<Lesions, 'rule' | 'data'>): LesionKind {
  if (!rule.startsWith("By an expert's outline"))
    return { heading: 'Small bright lesions, no outlines', name: 'small bright lesions without outline' };
  if (TUMOUR_DATA.test(data)) return { heading: "Tumours, experts' outlines", name: 'tumours' };
  return { heading: "Lesions, experts' outlines", name: 'lesions outlined by experts' };
}

/** Percent of a share, without the sign "%", with a true minus; a dash for null. */
export function percentText(share: number | null, digits = 0): string {
  if (share === null) return '–';
  const text = (100 * share).toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
