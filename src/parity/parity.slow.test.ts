import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_DIR, goldenFiles, readGolden } from '../../test/golden';
import { startEngine } from '../engine/backend/backend';
import * as tf from '../engine/tf';
import { nodeEnvironment } from '../platform/node/environment';
import { readScanAll } from '../platform/node/scans';
import { parityCases } from './cases';
import { relativeError } from './compare';

describe('relativeError', () => {
  it('is the largest difference over the largest wanted value', () => {
    expect(relativeError([1, -3.5], [1, -4])).toBeCloseTo(0.125);
    expect(relativeError([0, Number.NaN], [0, 1])).toBe(Infinity);
  });
});

// The full-size network is left to `npx syndiff parity`: it takes a gigabyte and half a minute.
const names = goldenFiles.filter((name) => name !== 'ncsnpp_readme_256.safetensors');
const cases = await parityCases(names, {
  bytes: readGolden,
  scan: (name) => readScanAll(join(GOLDEN_DIR, name)),
});

describe('parity with the reference code', () => {
  beforeAll(async () => {
    await startEngine('wasm', await nodeEnvironment(() => {}, null));
  });

  it.each(cases)('$name', async ({ run }) => {
    const before = tf.memory().numTensors;
    for (const { name, passed, error, tolerance, note } of await run())
      expect(passed, `${name}: error ${error}, allowed ${tolerance} ${note ?? ''}`).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});
