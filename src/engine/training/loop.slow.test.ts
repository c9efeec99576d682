import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { phantomData, TINY_SIZE, tinyData, tinySettings } from '../../../test/tinyRun';
import { nodeEnvironment } from '../../platform/node/environment';
import { startEngine } from '../backend/backend';
import * as tf from '../tf';
import { loadCheckpoint, readCheckpointIndex, saveCheckpoint } from './checkpoint';
import { readHistory } from './historyFile';
import type { TrainingState } from './iteration';
import { type Every, type LoopHooks, runTraining } from './loop';
import { disposeNetworks } from './networks';
import type { Preview, RunHistory } from './reports';
import type { TrainSettings } from './settings';
import { startRun } from './startRun';
import { PAPER_VARIANT, type Variant } from './variant';

const FACTS = { started: '2026-01-01', volumes: { trainA: [], trainB: [], valA: [], valB: [] }, start: [] };
const NEVER: Every = { preview: 0, validation: 0, checkpoint: 0 };
const data = tinyData();
/** One network alone, where a test is about the run and not about what it learns. */
const LEAST: Variant = { ...PAPER_VARIANT, pairing: 'paired', adversarial: false, direction: 'aToB' };

beforeAll(async () => {
  await startEngine('wasm', await nodeEnvironment(() => {}, null));
});

function hooksFor(
  state: TrainingState,
  history: RunHistory,
  files: MemoryFiles,
  more: Partial<LoopHooks> = {},
): LoopHooks {
  return {
    signal: new AbortController().signal,
    now: () => 0,
    pause: async () => {},
    onStep: () => {},
    onScoring: () => {},
    onValidation: () => {},
    onPreview: () => {},
    save: async () => {
      await saveCheckpoint(files, state, history, FACTS, '2026-01-02');
    },
    ...more,
  };
}

/** Trains from the files' checkpoint, or from the start, and gives back the losses of every iteration. */
async function train(
  files: MemoryFiles,
  settings: TrainSettings,
  every = NEVER,
  more: Partial<LoopHooks> = {},
) {
  const index = await readCheckpointIndex(files);
  const state = index ? await loadCheckpoint(files, index) : startRun(settings);
  const read = index ? await readHistory(files, index) : { steps: [], validations: [], damage: [] };
  expect(read.damage).toEqual([]);
  const history: RunHistory = { steps: read.steps, validations: read.validations };
  try {
    await runTraining(state, data, history, every, hooksFor(state, history, files, more));
  } finally {
    disposeNetworks(state.networks);
  }
  return history;
}

describe('runTraining', () => {
  it('goes on after a stop as if there had been none: the same losses, validations and weights', async () => {
    // As few iterations as have both R1 and a validation on either side of the stop.
    const settings = tinySettings({ iterations: 5 });
    const every = { preview: 0, validation: 3, checkpoint: 100 };
    const straight = new MemoryFiles();
    const wanted = await train(straight, settings, every);
    const stopped = new MemoryFiles();
    const controller = new AbortController();
    const stop = train(stopped, settings, every, {
      signal: controller.signal,
      onStep: ({ step }) => step === 4 && controller.abort(),
    });
    await expect(stop).rejects.toMatchObject({ name: 'Aborted' });
    expect((await readCheckpointIndex(stopped))?.step).toBe(4);
    expect(await train(stopped, settings, every)).toEqual(wanted);
    // The checkpoint before the last is another: where the one was stopped, where the other began.
    const last = [...straight.files].filter(([name]) => /^0+5\..*\.safetensors$/.test(name));
    expect(last.length).toBeGreaterThan(0);
    expect(stopped.files.size).toBe(straight.files.size);
    for (const [name, bytes] of last) expect(stopped.files.get(name), name).toEqual(bytes);
  });

  it('stops within an iteration, which then never was', async () => {
    const settings = tinySettings({ iterations: 3 });
    const wanted = await train(new MemoryFiles(), settings);
    const stopped = new MemoryFiles();
    const controller = new AbortController();
    // Every look at the clock is a piece's end; the second iteration is stopped at its eighth.
    let time = 0;
    let pieces = -Infinity;
    const stop = train(stopped, settings, NEVER, {
      signal: controller.signal,
      now: () => (time += 60),
      onStep: () => {
        pieces = 0;
      },
      pause: async () => {
        if (++pieces === 8) controller.abort();
      },
    });
    await expect(stop).rejects.toMatchObject({ name: 'Aborted' });
    expect((await readCheckpointIndex(stopped))?.step).toBe(1);
    // Stopped again before another is done: what is stored is not written once more.
    let [saves, rests] = [0, 0];
    const again = new AbortController();
    const stopAgain = train(stopped, settings, NEVER, {
      signal: again.signal,
      now: () => (time += 60),
      pause: async () => {
        if (++rests === 3) again.abort();
      },
      save: async () => void saves++,
    });
    await expect(stopAgain).rejects.toMatchObject({ name: 'Aborted' });
    expect([rests, saves]).toEqual([3, 0]);
    const resumed = await train(stopped, settings);
    expect(resumed.steps.map(({ losses }) => losses)).toEqual(wanted.steps.map(({ losses }) => losses));
  });

  it('goes on as if there had been no stop on crops, too, and validates whole slices', async () => {
    const settings = tinySettings({ iterations: 4, variant: LEAST, crop: TINY_SIZE / 2 });
    const every = { ...NEVER, validation: 4, checkpoint: 2 };
    const files = new MemoryFiles();
    const wanted = await train(files, settings, every);
    const stopped = new MemoryFiles();
    const controller = new AbortController();
    const stop = train(stopped, settings, every, {
      signal: controller.signal,
      onStep: ({ step }) => step === 3 && controller.abort(),
    });
    await expect(stop).rejects.toMatchObject({ name: 'Aborted' });
    expect(await train(stopped, settings, every)).toEqual(wanted);
    const whole = await train(new MemoryFiles(), { ...settings, crop: undefined }, every);
    expect(whole.validations[0]).toEqual(wanted.validations[0]);
    expect(whole.steps[0].losses).not.toEqual(wanted.steps[0].losses);
  });

  it('resumes to the same next losses, killed at whichever write', async () => {
    const settings = tinySettings({ iterations: 4, variant: LEAST });
    const every = { ...NEVER, checkpoint: 2 };
    const counted = new MemoryFiles(100);
    const wanted = await train(counted, settings, every);
    // Checkpoints at 0, 2 and 4 iterations: of one network, the history and the index, and the index of the one before.
    const writes = 100 - counted.writesLeft;
    expect(writes).toBeGreaterThanOrEqual(3 * 3);
    for (let alive = 0; alive < writes; alive++) {
      const files = new MemoryFiles(alive);
      await expect(train(files, settings, every)).rejects.toThrow('killed');
      files.writesLeft = Infinity;
      expect((await train(files, settings, every)).steps).toEqual(wanted.steps);
    }
    const whole = new MemoryFiles(writes);
    await train(whole, settings, every).catch(() => undefined);
    expect((await readCheckpointIndex(whole))?.step).toBe(4);
  });

  it('stops within a validation, too, and loses no iteration by it', async () => {
    const settings = tinySettings({ iterations: 3 });
    const files = new MemoryFiles();
    const controller = new AbortController();
    let pauses = 0;
    const run = train(
      files,
      settings,
      { preview: 0, validation: 2, checkpoint: 0 },
      {
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === 2) pauses = 1;
        },
        pause: async () => {
          if (pauses > 0 && pauses++ === 3) controller.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ name: 'Aborted' });
    expect((await readCheckpointIndex(files))?.step).toBe(2);
    const resumed = await train(files, settings, { preview: 0, validation: 2, checkpoint: 0 });
    expect(resumed.validations.map(({ step }) => step)).toEqual([0, 2, 3]);
  });

  it('makes the pictures that a stop has cut off, though the validation before them was done', async () => {
    const settings = tinySettings({ iterations: 3, variant: LEAST });
    const every = { preview: 2, validation: 2, checkpoint: 0 };
    const files = new MemoryFiles();
    const controller = new AbortController();
    const shown: number[] = [];
    const onPreview = ({ step }: Preview) => void shown.push(step);
    const run = train(files, settings, every, {
      signal: controller.signal,
      onValidation: ({ step }) => {
        if (step === 2) controller.abort();
      },
      onPreview,
    });
    await expect(run).rejects.toMatchObject({ name: 'Aborted' });
    expect(shown).toEqual([0]);
    const resumed = await train(files, settings, every, { onPreview });
    expect(shown).toEqual([0, 2, 3]);
    expect(resumed.validations.map(({ step }) => step)).toEqual([0, 2, 3]);
  });

  it('learns the phantom unpaired, all networks, and does not grow over 60 iterations', async () => {
    // Twice the preset's rates, and an average fit for so short a run. After 60 iterations the losses are down to a fifth, and
    // what leaks in an iteration shows in every one, with R1 and without; more of them would only take longer.
    const rates = { generators: 2e-3, discriminators: 4e-4, least: 1e-5 };
    const settings = tinySettings({ iterations: 60, ema: 0.9, rates });
    const phantoms = phantomData(settings);
    const memory: { tensors: number; bytes: number }[] = [];
    const state = startRun(settings);
    const history: RunHistory = { steps: [], validations: [] };
    const hooks = hooksFor(state, history, new MemoryFiles(), {
      onStep: () => {
        const { numTensors, numBytes } = tf.memory();
        memory.push({ tensors: numTensors, bytes: numBytes });
      },
    });
    const every = { preview: 0, validation: 60, checkpoint: 0 };
    await runTraining(state, phantoms, history, every, hooks);
    disposeNetworks(state.networks);

    expect(memory).toHaveLength(60);
    expect(new Set(memory.map(({ tensors }) => tensors)).size).toBe(1);
    expect(new Set(memory.map(({ bytes }) => bytes)).size).toBe(1);

    const mean = (name: string, from: number, to: number) =>
      history.steps.slice(from, to).reduce((sum, { losses }) => sum + losses[name]!, 0) / (to - from);
    for (const name of ['l1', 'cycle'] as const)
      expect(mean(name, 48, 60), name).toBeLessThan(0.25 * mean(name, 0, 12));
    const [start, end] = history.validations;
    end.directions.forEach(({ direction, foreground }, n) => {
      expect(foreground!.psnr, direction).toBeGreaterThan(start.directions[n].foreground!.psnr! + 5);
    });
  }, 600_000);

  it('leaves no tensor behind when it ends, and shows both directions', async () => {
    const before = tf.memory().numTensors;
    const shown: Preview[] = [];
    const scored: string[] = [];
    const history = await train(
      new MemoryFiles(),
      tinySettings({ iterations: 2 }),
      { preview: 1, validation: 2, checkpoint: 0 },
      {
        onPreview: (preview) => shown.push(preview),
        onScoring: ({ step, slice, of }) => scored.push(`${step}: ${slice}/${of}`),
      },
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(shown.map(({ step, direction }) => `${step} ${direction}`)).toEqual([
      '0 aToB',
      '0 bToA',
      '1 aToB',
      '1 bToA',
      '2 aToB',
      '2 bToA',
    ]);
    expect(scored).toEqual([0, 2].flatMap((step) => [1, 2, 3, 4, 5, 6].map((n) => `${step}: ${n}/6`)));
    expect(shown[0].rows.every(({ target }) => target?.size === TINY_SIZE)).toBe(true);
    expect(history.validations.map(({ step }) => step)).toEqual([0, 2]);
    const [{ directions }] = history.validations;
    expect(directions.map(({ direction, n }) => [direction, n])).toEqual([
      ['aToB', 3],
      ['bToA', 3],
    ]);
  });

  it('says so where the losses are no longer numbers', async () => {
    const rates = { generators: 1e30, discriminators: 1e30, least: 1e30 };
    const run = train(new MemoryFiles(), tinySettings({ iterations: 20, rates }));
    await expect(run).rejects.toThrow(/every loss must stay a number, got .* lower the learning rates/);
  });
});
