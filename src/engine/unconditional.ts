/** Models that are given no source: they make images of one contrast of noise alone, and translate nothing. */
import { BadRequest } from '../errors';
import type { ModelCard } from './cards/modelCard';
import { methodOf } from './methods';

export const isUnconditionalModel = ({ network }: Pick<ModelCard, 'network'>): boolean =>
  methodOf(network).isUnconditional?.(network) ?? false;

/** @throws BadRequest for a model that translates nothing */
export function refuseUnconditional(card: Pick<ModelCard, 'id' | 'target' | 'network'>): void {
  if (isUnconditionalModel(card))
    throw new BadRequest(
      `${card.id}: must be a model that translates, got an unconditional one, which makes ${card.target} images of noise alone; choose another, or draw its images by \`syndiff sample\``,
    );
}

/** @throws BadRequest for a model that needs a source */
export function refuseConditional(card: Pick<ModelCard, 'id' | 'network'>): void {
  if (!isUnconditionalModel(card))
    throw new BadRequest(
      `${card.id}: must be an unconditional model, got one that needs a source; translate a scan by it, or train one by \`syndiff train --unconditional\``,
    );
}
