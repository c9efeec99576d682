/** A scan of a thousand slices costs no more memory than one of fifty. */
import { expect, it } from 'vitest';
import { nodeEnvironment } from '../platform/node/environment';
import { startEngine } from './backend/backend';
import { memoryUse } from './backend/memory';
import { PAPER_SCHEDULE } from './diffusion/schedule';
import { hashNormals, hashWeights } from './hash';
import { loadTranslator } from './methods/translator';
import { PAPER_GENERATOR } from './networks/ncsnpp/config';
import { ncsnppTable } from './networks/ncsnpp/table';
import * as tf from './tf';
import { translateSlices } from './translateSlices';

const SIZE = 8;
const NETWORK = {
  ...PAPER_GENERATOR,
  method: 'syndiff' as const,
  image_size: SIZE,
  num_channels_dae: 4,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  attn_resolutions: [4],
  nz: 4,
  z_emb_dim: 4,
  n_mlp: 1,
};

// Plain operations take ten times as long.
it.each([
  [1000, 'kernels of our own', false],
  [200, 'plain operations', true],
])('%i slices by %s leave tensors and memory as fifty do', async (count, _, plain) => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
  const translator = await loadTranslator(
    { network: NETWORK, diffusion: { ...PAPER_SCHEDULE, steps: 1 } },
    hashWeights(3, ncsnppTable(NETWORK)),
    { plain },
  );
  const pixels = hashNormals(1, SIZE * SIZE).map(Math.tanh);
  const slices = Array.from({ length: count }, (_, index) => ({ index, pixels }));
  const settings = { seed: 1, samples: 1, noise: 'independent' } as const;
  const found: object[] = [];
  for await (const { index } of translateSlices(translator, slices, SIZE, settings)) {
    if (index !== 49 && index !== count - 1) continue;
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    found.push({ numTensors, numBytes, numDataBuffers, backend: memoryUse() });
  }
  expect(found[1]).toEqual(found[0]);
  // A translator of plain operations has no path to tell of.
  expect(translator.path?.() === undefined).toBe(plain);
  if (!plain) expect(translator.path?.()).not.toMatch(/^plain/);
  translator.dispose();
});
