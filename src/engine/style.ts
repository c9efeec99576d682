/** A model with styles draws one for its images. Instead it can take the mean one, or one that was read off a real scan of the target. */
import { BadRequest } from '../errors';
import type { ModelCard } from './cards/modelCard';
import { methodOf } from './methods';

/** As settings of a translation have it (`TranslateSettings.noise`): nothing is drawn then. */
export const MEAN_STYLE = 'mean';
export const GIVEN_STYLE = 'given';

/** A style that was read off a scan (`readStyle.ts`). */
export interface GivenStyle {
  /** Whose encoder read it: another model's styles are other numbers. */
  readonly modelId: string;
  /** File name of the scan. */
  readonly source: string;
  /** As many numbers as a style of the model has. */
  readonly values: readonly number[];
}

type StyleCard = Pick<ModelCard, 'id' | 'network'>;

/** Whether its network has styles. */
export const hasStyle = ({ network }: Pick<ModelCard, 'network'>): boolean => 'style_dim' in network;

/** Whether it can read one off a scan: models that were exported earlier hold no encoder. */
export const hasStyleEncoder = ({ network }: Pick<ModelCard, 'network'>): boolean =>
  'style_encoder' in network && network.style_encoder === true;

/** Whether nothing is drawn, so that all samples are one image. */
export const isFixedStyle = (noise: string): boolean => noise === MEAN_STYLE || noise === GIVEN_STYLE;

/** Whether anything is drawn for an image: else seed and samples decide nothing. */
export const isDrawn = ({ network }: Pick<ModelCard, 'network'>, noise: string): boolean =>
  methodOf(network).draws === true && !isFixedStyle(noise);

/** @throws BadRequest for a model that cannot read a style off a scan */
export function refuseStyleScan(card: StyleCard): void {
  if (!hasStyle(card))
    throw new BadRequest(
      `${card.id}: must be a model with styles (MUNIT) to take one off a scan, got one of ${card.network.method}; leave the style out`,
    );
  if (!hasStyleEncoder(card))
    throw new BadRequest(
      `${card.id}: must hold a style encoder to take a style off a scan, got a model that was exported without; export it again from its run, or take the mean style`,
    );
}

/** @throws BadRequest for several samples of what draws nothing */
export function refuseSamples({ noise, samples }: { noise: string; samples: number }): void {
  if (isFixedStyle(noise) && samples > 1)
    throw new BadRequest(
      `samples: must be 1 with ${noise === MEAN_STYLE ? `noise "${MEAN_STYLE}"` : 'a given style'}, which draws nothing, got ${samples}; leave one of the two out`,
    );
}

/**
 * @throws BadRequest where the mean or a given style is asked of a model without, or of several samples, which would be one image; or
 * where the style was read by another model
 */
export function refuseStyle(
  card: StyleCard,
  { noise, samples, style }: { noise: string; samples: number; style?: GivenStyle },
): void {
  if (!isFixedStyle(noise)) return;
  refuseSamples({ noise, samples });
  if (noise === GIVEN_STYLE) {
    refuseStyleScan(card);
    if (style?.modelId !== card.id)
      throw new BadRequest(
        `${card.id}: must be given a style that it has read itself, got ${style ? `one of ${style.modelId}` : 'none'}; choose the scan of the style again`,
      );
  } else if (!hasStyle(card))
    throw new BadRequest(
      `${card.id}: must be a model with styles (MUNIT) for noise "${MEAN_STYLE}", got one of ${card.network.method}; choose shared or independent`,
    );
}
