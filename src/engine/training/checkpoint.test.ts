import { expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { tinySettings } from '../../../test/tinyRun';
import { readCheckpointIndex, readHistory, saveCheckpoint } from './checkpoint';
import { disposeNetworks } from './networks';
import type { RunHistory } from './reports';

import { startRun } from './startRun';
import { PAPER_VARIANT } from './variant';

const FACTS = { started: '2026-01-01', volumes: { trainA: [], trainB: [], valA: [], valB: [] }, start: [] };
const score = { psnr: 20, ssim: 0.5, mae: 0.1 };
const scores = { whole: score, foreground: score };

/** As a run has it after `count` iterations, with a validation every tenth. */
function historyOf(count: number): RunHistory {
  const steps = Array.from({ length: count }, (_, n) => ({
    step: n + 1,
    losses: { l1: 0.5 },
    rate: 0.001,
    ms: 20,
  }));
  const validations = steps
    .filter(({ step }) => step % 10 === 0)
    .map(({ step }) => ({
      step,
      directions: [{ direction: 'aToB' as const, n: 3, ...scores, copy: scores }],
    }));
  return { steps, validations };
}

/** Saves the smallest run as if it were so far. */
async function save(files: MemoryFiles, step: number, history = historyOf(step)) {
  const variant = { ...PAPER_VARIANT, pairing: 'paired', adversarial: false, direction: 'aToB' } as const;
  const state = { ...startRun(tinySettings({ iterations: 1000, variant })), step };
  try {
    return await saveCheckpoint(files, state, history, FACTS, '2026-01-02');
  } finally {
    disposeNetworks(state.networks);
  }
}

const stored = async (files: MemoryFiles) => readHistory(files, (await readCheckpointIndex(files))!);
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

it('writes as much for a late checkpoint as for an early one, and reads all back', async () => {
  const files = new MemoryFiles();
  const written: number[] = [];
  for (let step = 0; step <= 500; step += 50) {
    const before = files.written;
    const index = await save(files, step);
    if (step > 0) written.push(files.written - before);
    const sizes = [...files.files].map(([name, { length }]) => (name === 'checkpoint.json' ? 0 : length));
    expect(index.bytes).toBe(sizes.reduce((a, b) => a + b));
  }
  // Numbers of more digits are all that may be added: 50 iterations, and the index.
  expect(Math.max(...written) - Math.min(...written)).toBeLessThan(100);
  expect(await stored(files)).toEqual(historyOf(500));
});

it('does not count what a crash left beyond the checkpoint, and drops it', async () => {
  const files = new MemoryFiles();
  await save(files, 20);
  const history = files.files.get('history.jsonl')!;
  const tail = new TextEncoder().encode('{"step":21,"losses":{"l1":0.7},"rate":1,"ms":1}\n{"step":22,"lo');
  await files.append('history.jsonl', history.length, tail);
  expect(await stored(files)).toEqual(historyOf(20));
  await save(files, 40);
  expect(await stored(files)).toEqual(historyOf(40));
});

it('goes on with a run of the first format, whose history was a file of its own', async () => {
  const files = new MemoryFiles();
  const index = await save(files, 20);
  await files.remove('history.jsonl');
  const name = '000000020.history.json';
  await files.write(name, utf8(historyOf(20)));
  await files.write('checkpoint.json', utf8({ ...index, format: 1, history: name }));
  expect(await stored(files)).toEqual(historyOf(20));
  await save(files, 30);
  expect(await stored(files)).toEqual(historyOf(30));
  expect(files.files.has(name)).toBe(false);
});

it('tells a later format as one, whatever else the index holds', async () => {
  const files = new MemoryFiles();
  await files.write('checkpoint.json', utf8({ format: 3 }));
  await expect(readCheckpointIndex(files)).rejects.toMatchObject({
    name: 'CorruptFile',
    message: expect.stringContaining('format must be 1 or 2, got 3'),
  });
});
