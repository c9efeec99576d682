/** The attention U-Net (Oktay et al. 2018, in its common 2-D layout) as data. */
export interface AttentionUnetConfig {
  /** Channels of the first level; they double at each of the four below. */
  width: number;
}

export const LEVELS = 5;

/** An image's sides must be a multiple of this. */
export const LEAST_SIDE = 2 ** (LEVELS - 1);

export const widthOf = ({ width }: AttentionUnetConfig, level: number): number => width * 2 ** level;
