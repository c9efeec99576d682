/** The smallest diffusive generator and its card: the command line's tests run it in milliseconds. */
import type { ModelCard } from '../src/engine/cards/modelCard';
import { type GeneratorConfig, PAPER_GENERATOR } from '../src/engine/networks/ncsnpp/config';

export const tinyConfig = (size: number): GeneratorConfig => ({
  ...PAPER_GENERATOR,
  image_size: size,
  num_channels_dae: 8,
  ch_mult: [1, 1],
  num_res_blocks: 1,
  attn_resolutions: [],
  nz: 4,
  z_emb_dim: 8,
  n_mlp: 1,
});

/** One of two levels, with attention. */
export const twoLevelConfig = (attention = 8): GeneratorConfig => ({
  ...PAPER_GENERATOR,
  image_size: 16,
  num_channels_dae: 8,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  attn_resolutions: [attention],
  nz: 8,
  z_emb_dim: 16,
});

/** Its pixels cover 160 mm at 16 and 256 mm at 32; name, hash and size of the weights are the test's. */
export const tinyCard = (size: 16 | 32): ModelCard => ({
  id: 'tiny',
  version: '1',
  name: 'Tiny',
  source: 'T1w',
  target: 'FLAIR',
  network: { method: 'syndiff', ...tinyConfig(size) },
  weights: { file: 'tiny.safetensors', sha256: '0'.repeat(64), dtype: 'f32', bytes: 1 },
  preprocessing: { plane: 'axial', pixelSize: size === 16 ? 10 : 8, size, intensity: 'foreground-median' },
  diffusion: { steps: 4, betaMin: 0.1, betaMax: 20, schedule: 'vp' },
  training: { data: 'none', licence: 'none', variant: 'hash', iterations: 0, date: 'unknown' },
  licence: 'MIT',
  metrics: { data: 'none', split: 'none', n: 0, rows: [] },
  intendedUse: 'tests',
  limits: ['means nothing'],
});
