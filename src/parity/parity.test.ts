import { beforeAll, describe, expect, it } from 'vitest';
import { goldenFiles, hasGolden, readGolden } from '../../test/golden';
import { startEngine } from '../engine/backend/backend';
import * as tf from '../engine/tf';
import { nodeEnvironment } from '../platform/node/environment';
import { relativeError } from './compare';
import { isNetworkGolden, runNetworkGolden } from './networks';

describe('relativeError', () => {
  it('is the largest difference over the largest wanted value', () => {
    expect(relativeError([1, -3.5], [1, -4])).toBeCloseTo(0.125);
    expect(relativeError([0, Number.NaN], [0, 1])).toBe(Infinity);
  });
});

// The full-size network is left to `npx syndiff parity`: it takes a gigabyte and half a minute.
const files = goldenFiles.filter((name) => isNetworkGolden(name) && !name.startsWith('ncsnpp_readme_256'));

describe.skipIf(!hasGolden)(
  'parity with the reference code (skipped where ../shared/golden is absent)',
  () => {
    beforeAll(async () => {
      await startEngine('wasm', { ...(await nodeEnvironment(() => {})), gpu: null });
    });

    it.each(files)('%s', async (name) => {
      const before = tf.memory().numTensors;
      for (const result of await runNetworkGolden(name, readGolden))
        expect(result.passed, `${result.name}: error ${result.error}, allowed ${result.tolerance}`).toBe(
          true,
        );
      expect(tf.memory().numTensors).toBe(before);
    });
  },
);
