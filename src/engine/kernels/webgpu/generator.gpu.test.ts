/** The fused generator against the authors' numbers and the plain operations; skipped where there is no adapter. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../../../test/softwareVulkan';
import { goldenFiles, readGolden } from '../../../../test/golden';
import { relativeError } from '../../../parity/compare';
import { image, matrix, NETWORK_TOLERANCE, parseGolden } from '../../../parity/kit';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import { disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import * as tf from '../../tf';
import { FusedGenerator } from './generator';

const errors: Error[] = [];
const environment = await nodeEnvironment((error) => errors.push(error));
const adapter = await environment.gpu?.requestAdapter();
const files = goldenFiles.filter((name) => /^net_ncsnpp_/.test(name));

describe.skipIf(!adapter)('fused generator (skipped where there is no adapter)', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
  });
  afterAll(() => tf.removeBackend('webgpu'));

  it.each(files)('%s', async (name) => {
    const golden = parseGolden(await readGolden(name));
    const generator = loadGenerator(golden.config as unknown as GeneratorConfig, golden.params);
    for (const [storage, tolerance] of [
      ['f32', NETWORK_TOLERANCE],
      ['f16', 5e-3],
    ] as const) {
      const fused = new FusedGenerator(generator, { storage, weights: storage });
      const x = image(golden.tensor('in.x'));
      const z = matrix(golden.tensor('in.z'));
      const out = await fused.run([x], [...golden.tensor('in.t').data], z, x.shape[3]);
      const turned = tf.transpose(out, [0, 3, 1, 2]);
      const error = relativeError((await turned.data()) as Float32Array, golden.tensor('out').data);
      tf.dispose([x, z, out, turned]);
      console.log(name, storage, error, await fused.counts());
      fused.dispose();
      expect(error).toBeLessThan(tolerance);
    }
    disposeGenerator(generator);
    expect(errors).toEqual([]);
  });
});
