/** A model that draws a style for its images can take the mean one instead: the same image each time. */
import { BadRequest } from '../errors';
import type { ModelCard } from './cards/modelCard';

/** As settings of a translation have it (`TranslateSettings.noise`). */
export const MEAN_STYLE = 'mean';

/** Whether its network has styles. */
export const hasStyle = ({ network }: Pick<ModelCard, 'network'>): boolean => 'style_dim' in network;

/** @throws BadRequest where the mean style is asked of a model without styles, or of several samples, which would be one image */
export function refuseMeanStyle(
  card: Pick<ModelCard, 'id' | 'network'>,
  { noise, samples }: { noise: string; samples: number },
): void {
  if (noise === MEAN_STYLE && samples > 1)
    throw new BadRequest(
      `samples: must be 1 with noise "${MEAN_STYLE}", which draws nothing, got ${samples}; leave one of the two out`,
    );
  if (noise === MEAN_STYLE && !hasStyle(card))
    throw new BadRequest(
      `${card.id}: must be a model with styles (MUNIT) for noise "${MEAN_STYLE}", got one of ${card.network.method}; choose shared or independent`,
    );
}
