import type { GeneratorConfig } from '../../workers/protocol';

/** A network configuration for fake cards; the page only shows it. */
export const PAPER_NETWORK: GeneratorConfig = {
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
