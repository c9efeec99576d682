/** The non-diffusive ResNet generator R as data. */
export interface ResnetGeneratorConfig {
  /** Base width. */
  ngf: number;
  /** Residual blocks. */
  n_blocks: number;
  /** Residual blocks, from 1, that self-attention follows (SAGAN); none where absent. */
  attention_after?: readonly number[];
  /** false: its keys and values are of all positions, not of a quarter of them. */
  attention_pooled?: false;
}

/** CycleGAN's six residual blocks. */
export const R_BLOCKS = 6;

/** An image's sides must be a multiple of this. */
export const LEAST_SIDE = 4;
