/** The non-diffusive ResNet generator R as data. */
export interface ResnetGeneratorConfig {
  /** Base width. */
  ngf: number;
  /** Residual blocks. */
  n_blocks: number;
}

/** CycleGAN's six residual blocks. */
export const R_BLOCKS = 6;

/** An image's sides must be a multiple of this. */
export const LEAST_SIDE = 4;
