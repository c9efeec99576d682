/**
 * The fused generator against the authors' numbers. Software drivers take minutes to compile its shaders, so it runs where it is asked for:
 * SYNDIFF_KERNELS=1 npx vitest run src/engine/kernels
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../../../../test/softwareVulkan';
import { goldenFiles, readGolden } from '../../../../test/golden';
import { relativeError } from '../../../parity/compare';
import { image, matrix, NETWORK_TOLERANCE, parseGolden } from '../../../parity/kit';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { selfTestError, selfTestOutput } from '../../backend/selfTest';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import { disposeGenerator, loadGenerator } from '../../networks/ncsnpp/run';
import * as tf from '../../tf';
import { FusedGenerator } from './generator';

const errors: Error[] = [];
const asked = process.env.SYNDIFF_KERNELS !== undefined;
const environment = await nodeEnvironment((error) => errors.push(error), asked ? 'all' : null);
const adapter = await environment.gpu?.requestAdapter();
const files = goldenFiles.filter((name) => /^net_ncsnpp_/.test(name));
const MINUTES = 60_000;

/** Halves round at 5e-4 of a number, some dozen times one after the other. */
const TOLERANCES = { f32: NETWORK_TOLERANCE, f16: 1e-2 };

describe.skipIf(!adapter)('fused generator (runs with SYNDIFF_KERNELS where there is an adapter)', () => {
  beforeAll(async () => {
    await startEngine('webgpu', environment);
  }, 5 * MINUTES);
  afterAll(() => tf.removeBackend('webgpu'));

  it.each(['f32', 'f16'] as const)(
    "the self-test's network, %s",
    async (storage) => {
      const error = await selfTestError(() =>
        selfTestOutput(async (generator, x, t, z) => {
          const fused = new FusedGenerator(generator, { storage, weights: storage });
          try {
            return await fused.run([x], t, z, x.shape[3]);
          } finally {
            fused.dispose();
          }
        }),
      );
      expect(error).toBeLessThan(storage === 'f32' ? 1e-5 : TOLERANCES.f16);
    },
    15 * MINUTES,
  );

  it.each(files.flatMap((name) => [[name, 'f32'] as const, [name, 'f16'] as const]))(
    '%s, %s',
    async (name, storage) => {
      const golden = parseGolden(await readGolden(name));
      const generator = loadGenerator(golden.config as unknown as GeneratorConfig, golden.params);
      const fused = new FusedGenerator(generator, { storage, weights: storage });
      const x = image(golden.tensor('in.x'));
      const z = matrix(golden.tensor('in.z'));
      const t = [...golden.tensor('in.t').data];
      const before = tf.memory().numTensors;
      // Twice: the second run finds what the first has left in memory that both share.
      for (let i = 0; i < 2; i++) {
        const out = await fused.run([x], t, z, x.shape[3]);
        const turned = tf.transpose(out, [0, 3, 1, 2]);
        const got = (await turned.data()) as Float32Array;
        tf.dispose([out, turned]);
        expect(relativeError(got, golden.tensor('out').data)).toBeLessThan(TOLERANCES[storage]);
      }
      expect(tf.memory().numTensors).toBe(before);
      fused.dispose();
      tf.dispose([x, z]);
      disposeGenerator(generator);
      expect(errors).toEqual([]);
    },
    15 * MINUTES,
  );
});
