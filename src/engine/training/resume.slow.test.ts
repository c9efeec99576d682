/** Every variant of a training goes on from any of its checkpoints as if it had not been stopped: the same losses, bit for bit the same weights. */
import { beforeAll, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { silentHooks } from '../../../test/silentHooks';
import { tinyData, tinySettings } from '../../../test/tinyRun';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import { ONE_PASS } from '../diffusion/schedule';
import { hashWeights } from '../hash';
import { resnetGeneratorTable } from '../networks/resnetGenerator/table';
import { readHistory } from './historyFile';
import { networksOf } from './networks';
import { beginRun, openRun, resumeRun } from './session';
import { settingsOfRun, type TrainSettings, withMethod } from './settings';
import type { StartModel } from './startModels';
import type { Variant } from './variant';

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

const EVERY = { preview: 0, validation: 0, checkpoint: 1 };

interface Case {
  name: string;
  method?: TrainSettings['method'];
  variant?: Partial<Variant>;
  options?: Record<string, number>;
  steps?: number;
  /** R begins with weights of another training. */
  hasStart?: true;
  iterations?: number;
  /** Iterations after which the run is stopped. */
  stops?: readonly number[];
}

const UNCONDITIONAL = { pairing: 'unconditional' } as const;

/** Without the cycle, which takes half the time, where it is not what is looked at; weights of its terms are the contract's (methods/). */
const CASES: readonly Case[] = [
  { name: 'L1 projector, 2 reverse steps', variant: { projector: 'l1', cycle: false }, steps: 2 },
  {
    name: 'R given and frozen, 1000 reverse steps',
    variant: { r: 'frozen', cycle: false, direction: 'aToB' },
    hasStart: true,
    steps: 1000,
  },
  {
    name: 'R given and frozen on the way',
    variant: { direction: 'aToB' },
    options: { 'freeze-r-after': 2 },
    hasStart: true,
    iterations: 3,
    stops: [1, 2],
  },
  { name: 'no source, 8 reverse steps', variant: UNCONDITIONAL, steps: 8 },
  { name: 'no source, L1 projector', variant: { ...UNCONDITIONAL, projector: 'l1' } },
  { name: 'no source, DDPM', method: 'ddpm', variant: UNCONDITIONAL },
  { name: 'rates that halve', method: 'unit', options: { 'halve-every': 1, 'weight-decay': 1e-2 } },
];

function settingsOf({ method = 'syndiff', variant, options, steps, iterations = 2 }: Case): TrainSettings {
  const tiny = tinySettings({ iterations });
  const of = { ...tiny, widths: { ...tiny.widths, r: 2, patch: 2 } };
  const base = withMethod({ ...of, variant: { ...of.variant, ...variant } }, method);
  return settingsOfRun({
    ...base,
    options: { ...base.options, ...options },
    diffusion: { ...base.diffusion, steps: steps ?? base.diffusion.steps },
  });
}

function startOf(settings: TrainSettings): StartModel[] {
  const network = { method: 'resnet', ngf: settings.widths.r, n_blocks: 6 } as const;
  return (['aToB', 'bToA'] as const).map((direction, n) => ({
    subject: direction,
    direction,
    as: 'r',
    card: { id: direction, name: direction, target: 'FLAIR', licence: 'MIT', network, diffusion: ONE_PASS },
    state: hashWeights(n + 1, resnetGeneratorTable(network)),
  }));
}

it.each(CASES)('$name', async ({ stops = [1], ...one }) => {
  const settings = settingsOf(one);
  const { train } = tinyData(4, 0);
  const isOne = settings.variant.pairing === 'unconditional';
  const data = { train: isOne ? { a: train.a, b: train.a } : train, validation: null };
  const made = { data, volumes: { trainA: [], trainB: [], valA: [], valB: [] }, inputs: undefined };
  const whole = new MemoryFiles();
  const stopped = new Map<number, MemoryFiles>();
  await beginRun(
    whole,
    { settings, start: one.hasStart ? startOf(settings) : [], every: EVERY },
    made,
    silentHooks({
      onCheckpoint: ({ step }) => {
        const files = new MemoryFiles();
        for (const [name, bytes] of whole.files) files.files.set(name, bytes);
        stopped.set(step, files);
      },
    }),
  );
  const wanted = await stateOf(whole);
  expect(wanted.losses).toHaveLength(settings.iterations);
  expect(wanted.weights).toHaveLength(networksOf(settings).length);
  for (const step of stops) {
    const files = stopped.get(step)!;
    expect((await openRun(files)).step).toBe(step);
    await resumeRun(files, EVERY, silentHooks());
    expect(await stateOf(files), `from ${step}`).toEqual(wanted);
  }
});

/** What a run has come to: its losses, and each network's weights, moments and average as bytes. */
async function stateOf(files: MemoryFiles) {
  const index = await openRun(files);
  const { steps } = await readHistory(files, index);
  const weights = Object.values(index.networks).map(({ file }) => files.files.get(file));
  return { losses: steps.map(({ losses, rate }) => ({ losses, rate })), weights };
}
