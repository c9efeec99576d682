/** What the name of a scan tells of the style that it would give; apart, for it brings the formats of scans along. */
import { contrastOfName } from '../volume/names';
import { isSynthetic } from '../volume/synthetic';
import type { ModelCard } from './cards/modelCard';

/** Of a scan that this program has made. */
export const MADE_STYLE = 'it was made by this program, not scanned: its style is that of a model.';

/** A sentence where a scan's name says that it is none of what the model makes, or that it is no scan; null where all seems well. */
export function styleNameWarning(name: string, { target }: Pick<ModelCard, 'target'>): string | null {
  if (isSynthetic(name)) return MADE_STYLE;
  const claimed = contrastOfName(name);
  if (!claimed || claimed === target || target === 'target') return null;
  return `its name says ${claimed}, but this model makes ${target}: its style means little.`;
}
