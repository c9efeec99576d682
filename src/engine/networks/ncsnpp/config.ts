/**
 * The diffusive generator as data. Keys are those of the authors' command line, because checkpoints, cards and goldens carry
 * them. Defaults are the paper's.
 */
export interface GeneratorConfig {
  /** Side of the square image the network was trained on, pixels. Decides only at which levels attention sits. */
  image_size: number;
  /** Channels in and out: noisy target and source; 1: the noisy target alone. */
  num_channels: number;
  /** Base width. */
  num_channels_dae: number;
  ch_mult: number[];
  num_res_blocks: number;
  /** Image sides at which self-attention follows a residual block. */
  attn_resolutions: number[];
  /** Length of the latent z. */
  nz: number;
  z_emb_dim: number;
  n_mlp: number;
  embedding_type: 'positional' | 'fourier';
  fir: boolean;
  resblock_type: 'biggan' | 'biggan_oneadagn';
  progressive: 'none' | 'output_skip';
  progressive_input: 'none' | 'residual';
  not_use_tanh: boolean;
  /** true: the input is already in [-1, 1]; false: it is in [0, 1] and the network maps it to 2x - 1 first. */
  centered: boolean;
}

export const PAPER_GENERATOR: GeneratorConfig = {
  image_size: 256,
  num_channels: 2,
  num_channels_dae: 64,
  ch_mult: [1, 1, 2, 2, 4, 4],
  num_res_blocks: 2,
  attn_resolutions: [16],
  nz: 100,
  z_emb_dim: 256,
  n_mlp: 3,
  embedding_type: 'positional',
  fir: true,
  resblock_type: 'biggan',
  progressive: 'none',
  progressive_input: 'residual',
  not_use_tanh: false,
  centered: true,
};

/** An image's sides must be a multiple of this. */
export const leastSide = ({ ch_mult }: Pick<GeneratorConfig, 'ch_mult'>): number => 2 ** (ch_mult.length - 1);
