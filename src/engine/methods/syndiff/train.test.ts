import { beforeAll, describe, expect, it, vi } from 'vitest';
import { tinyData, tinySettings } from '../../../../test/tinyRun';
import { nodeEnvironment } from '../../../platform/node/environment';
import { startEngine } from '../../backend/backend';
import { atOnce } from '../../pieces';
import * as tf from '../../tf';
import { batchOf } from '../../training/batches';
import { disposeNetworks, parametersOf } from '../../training/networks';
import type { TrainSettings } from '../../training/settings';
import { startRun } from '../../training/startRun';
import { PAPER_VARIANT, type Variant } from '../../training/variant';
import type { MethodId } from '..';
import { trainStepOf } from '../trainStep';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

/** One iteration, the first where no other is asked for: the names of its losses, and of the networks that it has changed. */
async function iterate(
  settings: TrainSettings,
  step = 0,
): Promise<{ values: Record<string, number>; losses: string[]; changed: string[]; all: string[] }> {
  const trainStep = await trainStepOf(settings.method);
  const state = { ...startRun(settings), step };
  const before = new Map([...state.networks].map(([name, n]) => [name, parametersOf(n).map((t) => t.id)]));
  const batch = batchOf(tinyData(), settings, 0);
  const image = (values: Float32Array) =>
    tf.tensor4d(values, [settings.batch, settings.size, settings.size, 1]);
  const images = { a: image(batch.a), b: image(batch.b) };
  const losses = atOnce(trainStep(state, images, { generators: 1e-4, discriminators: 1e-4 }));
  const changed = [...state.networks].flatMap(([name, n]) =>
    parametersOf(n).every((t, i) => t.id !== before.get(name)![i]) ? name : [],
  );
  const values = Object.fromEntries([...losses].map(([name, scalar]) => [name, scalar.dataSync()[0]]));
  tf.dispose([...losses.values(), images.a, images.b]);
  const all = [...state.networks.keys()].sort();
  disposeNetworks(state.networks);
  return { values, losses: [...losses.keys()].sort(), changed: changed.sort(), all };
}

const D = ['dDiffusiveFake', 'dDiffusiveReal', 'gDiffusive', 'r1'];
const P = ['dPatchFake', 'dPatchReal', 'gPatch'];

const VARIANTS: {
  name: string;
  change: Partial<Variant>;
  method?: MethodId;
  losses: string[];
  changed: string[];
  idle?: string[];
}[] = [
  {
    name: 'unpaired',
    change: {},
    losses: [...D, ...P, 'cycle', 'generator', 'l1'],
    changed: ['d.a', 'd.b', 'g.a', 'g.b', 'p.a', 'p.b', 'r.a', 'r.b'],
  },
  {
    name: 'one direction',
    change: { direction: 'aToB' },
    losses: [...D, ...P, 'cycle', 'generator', 'l1'],
    changed: ['d.b', 'g.b', 'p.a', 'p.b', 'r.a', 'r.b'],
  },
  {
    name: 'paired',
    change: { pairing: 'paired' },
    losses: [...D, 'generator', 'l1'],
    changed: ['d.a', 'd.b', 'g.a', 'g.b'],
  },
  {
    name: 'no adversarial terms',
    change: { adversarial: false },
    losses: ['cycle', 'generator', 'l1'],
    changed: ['g.a', 'g.b', 'r.a', 'r.b'],
  },
  {
    name: 'L1 projector',
    change: { projector: 'l1' },
    losses: [...P, 'cycle', 'generator', 'l1'],
    changed: ['g.a', 'g.b', 'p.a', 'p.b', 'r.a', 'r.b'],
  },
  {
    name: 'no cycle',
    change: { cycle: false },
    losses: [...D, ...P, 'generator', 'l1'],
    changed: ['d.a', 'd.b', 'g.a', 'g.b', 'p.a', 'p.b', 'r.a', 'r.b'],
  },
  {
    name: 'no diffusion (cGAN)',
    change: {},
    method: 'resnet',
    losses: [...P, 'cycle', 'generator'],
    changed: ['p.a', 'p.b', 'r.a', 'r.b'],
  },
  {
    name: 'diffusive networks alone, R frozen',
    change: { r: 'frozen' },
    losses: [...D, 'generator', 'l1'],
    changed: ['d.a', 'd.b', 'g.a', 'g.b'],
    idle: ['r.a', 'r.b'],
  },
  {
    name: 'one generator, L1 alone',
    change: { pairing: 'paired', adversarial: false, direction: 'bToA' },
    losses: ['generator', 'l1'],
    changed: ['g.a'],
  },
];

describe('trainStep', () => {
  it.each(VARIANTS)(
    '$name: has these terms and trains these networks',
    async ({ change, method = 'syndiff', losses, changed, idle = [] }) => {
      const before = tf.memory().numTensors;
      const result = await iterate(tinySettings({ method, variant: { ...PAPER_VARIANT, ...change } }));
      expect(result.losses).toEqual([...losses].sort());
      expect(result.changed).toEqual(changed);
      expect(result.all).toEqual([...changed, ...idle].sort());
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each([
    ['the last before', 2, 'trained'],
    ['the first after', 3, 'frozen'],
  ] as const)('has R %s freeze-r-after as an R that is %s', async (_, step, r) => {
    const settings = tinySettings();
    const froze = { ...settings, options: { ...settings.options, 'freeze-r-after': 3 } };
    const like = { ...settings, variant: { ...PAPER_VARIANT, r } };
    const [got, wanted] = [await iterate(froze, step), await iterate(like, step)];
    expect([got.losses, got.changed]).toEqual([wanted.losses, wanted.changed]);
  });

  it('weighs each term of the generators', async () => {
    const settings = tinySettings();
    const weights = { 'weight-adversarial': 2, 'weight-adversarial-r': 3, 'weight-cycle': 5, 'weight-l1': 7 };
    const { values } = await iterate({ ...settings, options: { ...settings.options, ...weights } });
    const { gDiffusive, gPatch, cycle, l1, generator } = values;
    const sum = 2 * gDiffusive + 3 * gPatch + 5 * cycle + 7 * l1;
    // float32
    expect(Math.abs(generator / sum - 1)).toBeLessThan(1e-5);
  });

  it('runs R four times and differentiates no generator for the discriminators', async () => {
    const run = vi.spyOn(tf.engine(), 'runKernel');
    await iterate(tinySettings());
    const calls = (kernel: string) => run.mock.calls.filter(([name]) => name === kernel).length;
    // 14 paddings in R: R(x) of both contrasts once, and once more around the cycle.
    const paddings = run.mock.calls.filter(
      ([name, , attributes]) => name === 'OwnReflectPad' && !(attributes as { isFold?: boolean }).isFold,
    );
    expect(paddings.length).toBe(4 * 14);
    const withAll = calls('Conv2DBackpropFilter');
    run.mockClear();
    await iterate(tinySettings({ variant: { ...PAPER_VARIANT, adversarial: false } }));
    const generators = calls('Conv2DBackpropFilter');
    run.mockRestore();
    // What the discriminators add are weight gradients of discriminators alone: of D (14 convolutions) for real, fake and R1
    // (its forward and its differentiated pass), of the PatchGAN (5) for real and fake; both contrasts.
    expect(withAll - generators).toBe(2 * (14 * 4 + 5 * 2));
  });
});
