/** Encoder and decoder of UNIT and MUNIT as data. */
export interface ContentAutoencoderConfig {
  /** Channels at full size; the code has four times as many, at a quarter of the side. */
  dim: number;
}

/** The same with MUNIT's style. */
export interface StyleConfig extends ContentAutoencoderConfig {
  /** Numbers of a style. */
  style_dim: number;
  /** Width of the network that turns a style into scales and shifts. */
  mlp_dim: number;
}

/** Of the encoder and of the decoder. */
export const RESIDUAL_BLOCKS = 4;
export const CODE_CHANNELS = 4;

/** An image's sides must be a multiple of this. */
export const LEAST_SIDE = 4;
