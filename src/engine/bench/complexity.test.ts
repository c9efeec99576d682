import { beforeAll, describe, expect, it } from 'vitest';
import { TINY_SIZE, tinySettings } from '../../../test/tinyRun';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { hashWeights } from '../hash';
import { type MethodId, methodOf, trainingOf } from '../methods';
import { loadTranslator } from '../methods/translator';
import { numberOfValues } from '../networks/table';
import * as tf from '../tf';
import { networksOf } from '../training/networks';
import { type Machine, trainingComplexity, translationComplexity } from './complexity';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

/** A second goes by at every look at the clock; memory is first more, then less. */
function madeUpMachine(changes: Partial<Machine> = {}): Machine {
  let ms = 0;
  let looks = 0;
  return { now: () => 1000 * ms++, resident: () => (looks++ === 1 ? 500 : 100), ...changes };
}

async function modelOf(method: MethodId) {
  const settings = tinySettings({ method });
  const { network: networkOf, diffusion: diffusionOf } = trainingOf(settings);
  const [network, diffusion] = [networkOf(settings), diffusionOf(settings)];
  const table = methodOf(network).table(network);
  const translator = await loadTranslator({ network, diffusion }, hashWeights(7, table));
  return { network, diffusion, translator, parameters: numberOfValues(table) };
}

describe('complexity of a translation', () => {
  it.each([
    ['syndiff', 4, undefined, 4],
    ['cgan', 1, undefined, 1],
    ['ddpm', 1000, 3, 3],
  ] as const)('of %s', async (method, steps, mostSteps, stepsRun) => {
    const model = await modelOf(method);
    const before = tf.memory().numTensors;
    const found = await translationComplexity(
      model,
      { size: TINY_SIZE, runs: 2, mostSteps },
      madeUpMachine(),
    );
    expect(tf.memory().numTensors).toBe(before);
    model.translator.dispose();
    expect(found).toMatchObject({ parameters: model.parameters, steps, stepsRun });
    expect(found.flopSlice).toBe(steps * found.flopStep);
    expect(found.flopStep).toBeGreaterThan(2 * TINY_SIZE ** 2);
    // Of a run, one second from clock to clock, for those steps that were run.
    expect(found.runs).toHaveLength(2);
    for (const seconds of found.runs) expect(seconds).toBeCloseTo(steps / stepsRun, 10);
    expect(found.secondsSlice).toBeCloseTo(steps / stepsRun, 10);
    expect(found.memory.residentBytes).toBe(500);
    expect(found.memory.tensorBytes).toBeGreaterThan(4 * model.parameters);
    expect(found.memory.reservedBytes).toBeGreaterThan(0);
  });

  it('stops between steps, and needs a run', async () => {
    const model = await modelOf('syndiff');
    const controller = new AbortController();
    const pause = async () => controller.abort();
    const size = TINY_SIZE;
    const stopped = translationComplexity(
      model,
      { size, runs: 1 },
      madeUpMachine({ signal: controller.signal, pause }),
    );
    await expect(stopped).rejects.toThrow('cancelled');
    await expect(translationComplexity(model, { size, runs: 0 }, madeUpMachine())).rejects.toThrow(
      'measurement: runs must be 1 or more, got 0; ask for more',
    );
    model.translator.dispose();
  });
});

describe('complexity of a training', () => {
  it('of cGAN', async () => {
    const settings = tinySettings({ method: 'cgan', iterations: 50 });
    const before = tf.memory().numTensors;
    let told = 0;
    let pauses = 0;
    const machine = madeUpMachine({
      resident: () => null,
      onIteration: () => told++,
      pause: async () => void pauses++,
    });
    const found = await trainingComplexity(settings, 2, machine);
    // The first is not timed. Within each, whose every piece looks at the clock, others get their turn.
    expect(told).toBe(3);
    expect(pauses).toBeGreaterThan(3 * 3);
    expect(tf.memory().numTensors).toBe(before);
    expect(found.parameters).toBe(
      networksOf(settings).reduce((sum, { table }) => sum + numberOfValues(table), 0),
    );
    const [one, two] = found.iterations;
    expect(found.iterations).toHaveLength(2);
    expect(two).toBe(one);
    expect(found.secondsIteration).toBe(one);
    expect(found.secondsTraining).toBe(50 * one);
    expect(found.flopIteration).toBeGreaterThan(0);
    expect(found.memory.residentBytes).toBeNull();
    // Parameters and both of Adam's moments, at least.
    expect(found.memory.tensorBytes).toBeGreaterThan(3 * 4 * found.parameters);
  });

  it('stops within an iteration, and leaves nothing', async () => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const pause = async () => controller.abort();
    const machine = madeUpMachine({ signal: controller.signal, pause });
    await expect(trainingComplexity(tinySettings({ method: 'cgan' }), 5, machine)).rejects.toThrow(
      'cancelled',
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
