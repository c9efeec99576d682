/** The estimate beside a count of what is alive: of every method, on a backend that knows shapes alone. */
import { beforeAll, expect, it } from 'vitest';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { iterationWork } from '../bench/flop';
import { METHOD_IDS } from '../methods';
import { estimateMemory } from './estimate';
import { presetSettings, withMethod } from './settings';

beforeAll(async () => {
  await startEngine('cpu', await nodeEnvironment(() => {}, null));
});

it.each(METHOD_IDS)('of %s is what an iteration has alive, to a tenth', async (method) => {
  for (const preset of ['tiny', 'small'] as const) {
    const settings = withMethod(presetSettings(preset, { a: 'T1w', b: 'FLAIR' }), method);
    const { peakBytes } = await iterationWork(settings, 0);
    const { total } = estimateMemory(settings, { backend: 'cpu', largestBuffer: null, ownKernels: false }, 0);
    expect(total / peakBytes, preset).toBeGreaterThan(0.9);
    expect(total / peakBytes, preset).toBeLessThan(1.1);
  }
});
