/** How a card's tables of lesions are spoken of: by whose outlines, and of what. */
import type { ModelCard } from '../../../workers/translate/protocol';

export type Lesions = NonNullable<ModelCard['metrics']['lesions']>[number];

export interface LesionKind {
  heading: string;
  /** Within a sentence. */
  name: string;
}

export function lesionKind({ by, kind }: Pick<Lesions, 'by' | 'kind'>): LesionKind {
  const [how, name] =
    by === 'outline' ? ["experts' outlines", kind] : ['no outlines', `${kind} without outline`];
  return { heading: `${kind[0].toUpperCase()}${kind.slice(1)}, ${how}`, name };
}

/** Percent of a share, without the sign "%", with a true minus; a dash for null. */
export function percentText(share: number | null, digits = 0): string {
  if (share === null) return '–';
  const text = (100 * share).toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
