import { describe, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { silentHooks } from '../../../test/silentHooks';
import { tinySettings } from '../../../test/tinyRun';
import { METHOD_IDS } from '../methods';
import * as tf from '../tf';
import { readAverage, readCheckpointIndex, saveCheckpoint, settleCheckpoint } from './checkpoint';
import { readHistory, type StoredHistory } from './historyFile';
import { disposeNetworks } from './networks';
import type { RunHistory } from './reports';

import type { RunFiles } from './runFiles';
import { resumeRun } from './session';
import { startRun } from './startRun';
import { PAPER_VARIANT } from './variant';

const FACTS = {
  started: '2026-01-01',
  volumes: { trainA: [], trainB: [], valA: [], valB: [] },
  start: [],
  data: { bytes: 0, sha256: '0'.repeat(64) },
};
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

async function stored(files: MemoryFiles) {
  const { damage, steps, validations } = await readHistory(files, (await readCheckpointIndex(files))!);
  expect(damage).toEqual([]);
  return { steps, validations };
}
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

it('hears a stop while a run is read, before anything of it is on the backend', async () => {
  const files = new MemoryFiles();
  await save(files, 0);
  const tensors = tf.memory().numTensors;
  const controller = new AbortController();
  let reads = 0;
  const stopping: RunFiles = Object.assign(Object.create(files), {
    read: (name: string) => {
      // The index; of networks' files none.
      if (++reads === 1) controller.abort();
      return files.read(name);
    },
  });
  const hooks = silentHooks({ signal: controller.signal });
  await expect(
    resumeRun(stopping, { preview: 0, validation: 0, checkpoint: 0 }, hooks),
  ).rejects.toMatchObject({
    name: 'Aborted',
  });
  expect(reads).toBe(1);
  expect(tf.memory().numTensors).toBe(tensors);
});

it('writes as much for a late checkpoint as for an early one, and reads all back', async () => {
  const files = new MemoryFiles();
  const written: number[] = [];
  for (let step = 0; step <= 500; step += 50) {
    const before = files.written;
    const index = await save(files, step);
    if (step > 0) written.push(files.written - before);
    const sizes = [...files.files].map(([name, { length }]) => (name.endsWith('.json') ? 0 : length));
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
  const { data, ...index } = await save(files, 20);
  await files.remove('history.jsonl');
  const name = '000000020.history.json';
  await files.write(name, utf8(historyOf(20)));
  await files.write('checkpoint.json', utf8({ ...index, format: 1, history: name }));
  expect(await stored(files)).toEqual(historyOf(20));
  await save(files, 30);
  expect(await stored(files)).toEqual(historyOf(30));
  // Of the checkpoint before it is a part.
  await save(files, 40);
  expect(files.files.has(name)).toBe(false);
});

it('keeps scores that are none: the PSNR of an identical image, a region without any; those of former versions are nulls', async () => {
  const files = new MemoryFiles();
  const history = historyOf(10);
  const none = { psnr: null, ssim: null, mae: null } as unknown as typeof score;
  Object.assign(history.validations[0].directions[0], { foreground: none });
  history.validations[0].directions[0].copy.whole = { ...score, psnr: null };
  await save(files, 10, history);
  history.validations[0].directions[0].foreground = null;
  expect(await stored(files)).toEqual(history);
  await save(files, 10, history);
  expect(await stored(files)).toEqual(history);
});

it('reads a run of former versions, which knew neither methods nor statistics of the scans', async () => {
  const files = new MemoryFiles();
  const { settings, data, ...index } = await save(files, 0);
  const { method, options, ...others } = settings;
  const older = { ...others, weights: { l1: 4, cycle: 5 }, r1: { gamma: 2, every: 3 } };
  for (const [diffusion, told] of [
    [true, 'syndiff'],
    [false, 'resnet'],
  ]) {
    const variant = { ...settings.variant, pairing: 'unpaired', adversarial: true, diffusion };
    await files.write('checkpoint.json', utf8({ ...index, settings: { ...older, size: 32, variant } }));
    const read = await readCheckpointIndex(files);
    expect(read!.settings.method).toBe(told);
    expect(read!.settings.options).toMatchObject({ 'weight-cycle': 5 });
    expect(read!.settings.variant).not.toHaveProperty('diffusion');
    expect(read).not.toHaveProperty('inputs');
  }
});

describe('a damaged run', () => {
  const CUT = Symbol('cut');
  /** The index with one field replaced, e.g. "settings.size". */
  function changed(index: object, path: string, value: unknown): unknown {
    const copy = structuredClone(index) as Record<string, unknown>;
    const keys = path.split('.');
    let at = copy;
    for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[keys.at(-1)!] = value;
    return copy;
  }

  it.each<[string, unknown, string]>([
    ['', CUT, 'checkpoint.json: must be JSON, got text that is not'],
    ['', null, 'checkpoint.json: must be an object, got null'],
    ['', [], 'checkpoint.json: must be an object, got []'],
    ['format', undefined, 'checkpoint.json: format must be a whole number of at least 1, got nothing'],
    ['settings', undefined, 'checkpoint.json: settings: must be an object, got nothing'],
    [
      'settings.method',
      'gan9',
      `checkpoint.json: settings: method must be one of ${METHOD_IDS.join(', ')}, got "gan9"`,
    ],
    ['settings.variant', null, 'checkpoint.json: settings: variant: must be an object, got null'],
    ['settings.size', 'x', 'checkpoint.json: settings: size must be a number, got "x"'],
    [
      'settings.size',
      33,
      'checkpoint.json: must be the index of a training run, but training: size must be a multiple',
    ],
    ['settings.generator.ch_mult', [], 'but checkpoint.json: settings: generator: ch_mult must be'],
    [
      'settings.intensity',
      { a: 'hu' },
      'settings: intensity: b must be one of foreground-p99.5, foreground-median, hu',
    ],
    ['volumes.valB', [1], 'checkpoint.json: volumes: valB[0] must be text that is not empty, got 1'],
    ['networks', [], 'checkpoint.json: networks: must be an object, got []'],
    [
      'networks',
      { 'g.b': {} },
      'checkpoint.json: networks: g.b: file must be a file name without a path, got nothing',
    ],
    ['networks', { 'g.b': { file: '../x' } }, 'file must be a file name without a path, got "../x"'],
    ['history', null, 'checkpoint.json: history: must be an object, got null'],
    ['inputs', { a: null }, 'checkpoint.json: inputs: b: must be an object, got nothing'],
  ])('says what of its index is wrong: %s = %o', async (path, value, sentence) => {
    const files = new MemoryFiles();
    // What has no checksum yet is held against the rules of its fields.
    const { data, ...index } = await save(files, 0);
    const whole = path === '' ? value : changed(index, path, value);
    const bytes = value === CUT ? utf8(index).subarray(0, 40) : utf8(whole);
    await files.write('checkpoint.json', bytes);
    const error = (await readCheckpointIndex(files).catch((thrown) => thrown)) as Error;
    expect(error.name).toBe('CorruptFile');
    expect(error.message).toContain(sentence);
    expect(error.message).toMatch(/; start a new run$/);
  });

  it.each<[string, (lines: string[]) => string[], RegExp[]]>([
    [
      'no JSON',
      (lines) => [lines[0], 'x', ...lines.slice(2)],
      [/line 2 must be JSON, got text that is not; the curves go on without it$/],
    ],
    [
      'null',
      (lines) => ['null', ...lines.slice(1)],
      [/line 1: must be an object, got null; the curves go on/],
    ],
    [
      'a loss that was not a number',
      (lines) => [lines[0].replace('0.5', 'NaN'), lines[1].replace('0.5', 'null'), ...lines.slice(2)],
      [/line 1 must be JSON/, /line 2: losses: l1 must be a number, got null/],
    ],
    [
      'a score',
      (lines) => [...lines.slice(0, 10), lines[10].replace('0.1', 'null')],
      [/line 11: directions\[0\]: whole: mae must be/],
    ],
    [
      'another number',
      (lines) => [lines[0].replace('0.5', '0.6'), ...lines.slice(1)],
      [/must be as it was written, got other bytes/],
    ],
    [
      'most lines',
      (lines) => lines.map((line, n) => (n < 8 ? '{' : line)),
      [/line 1/, /line 2/, /line 3/, /5 more of its 11 lines are damaged/],
    ],
    ['its end', (lines) => [...lines.slice(0, 3), '{"step":4,"lo'], [/got \d+; the curves end with line 3$/]],
  ])('leaves out what of its history is damaged, says so, and goes on: %s', async (_, damage, sentences) => {
    const files = new MemoryFiles();
    const index = await save(files, 10);
    const history = 'history.jsonl';
    const before = new TextDecoder().decode(files.files.get(history));
    const after = damage(before.trimEnd().split('\n')).join('\n');
    const isCut = after.endsWith('lo');
    const bytes = new TextEncoder().encode(isCut ? after : `${after}\n`);
    await files.write(history, bytes);
    const account = { ...(index.history as StoredHistory), bytes: isCut ? before.length : bytes.length };
    const counted = { ...index, history: account };
    const read = await readHistory(files, counted);
    expect(read.damage).toHaveLength(sentences.length);
    read.damage.forEach((sentence, n) => {
      expect(sentence).toMatch(/^history\.jsonl: /);
      expect(sentence).toMatch(sentences[n]);
    });
    // What comes after is told once, and nothing of it is lost.
    await settleCheckpoint(files, counted, read);
    const { steps, validations } = historyOf(20);
    const goneOn = {
      steps: [...read.steps, ...steps.slice(10)],
      validations: [...read.validations, ...validations.slice(1)],
    };
    await save(files, 20, goneOn);
    const again = await readHistory(files, (await readCheckpointIndex(files))!);
    expect({ steps: again.steps, validations: again.validations }).toEqual(goneOn);
  });

  it.each(['history.jsonl', '000000010.history.json'])('goes on without its history: %s', async (name) => {
    const files = new MemoryFiles();
    const { data, ...index } = await save(files, 10);
    await files.remove('history.jsonl');
    const of =
      name === 'history.jsonl' ? { ...index, data } : { ...index, format: 1 as const, history: name };
    const read = await readHistory(files, of);
    expect(read.damage).toEqual([
      `${name}: must lie beside checkpoint.json, got no such file; the curves begin anew`,
    ]);
    await settleCheckpoint(files, of, read);
    const { steps, validations } = historyOf(20);
    const goneOn = { steps: steps.slice(10), validations: validations.slice(1) };
    await save(files, 20, goneOn);
    expect(await stored(files)).toEqual(goneOn);
  });

  it('begins a damaged history of the first format anew', async () => {
    const files = new MemoryFiles();
    const index = await save(files, 10);
    await files.write('0.history.json', utf8({ steps: 3 }));
    expect(await readHistory(files, { ...index, history: '0.history.json' })).toMatchObject({
      steps: [],
      validations: [],
      damage: ['0.history.json: steps must be a list, got 3; the curves begin anew'],
    });
  });

  it('names the file in which a bit was flipped, wherever it is', async () => {
    const files = new MemoryFiles();
    const index = await save(files, 10);
    const of = (await readCheckpointIndex(files))!;
    expect(of).toEqual(index);
    for (const [name, whole] of [...files.files]) {
      if (name === 'history.jsonl') continue;
      for (let n = 0; n < 40; n++) {
        // Of the index every part is tried, its own checksum among them.
        const at =
          name === 'checkpoint.json' ? whole.length - 1 - n * 5 : Math.floor((n / 40) * whole.length);
        const flipped = whole.slice();
        flipped[at] ^= 1 << (n % 8);
        files.files.set(name, flipped);
        const read = readCheckpointIndex(files).then((found) => readAverage(files, found!, 'g.b'));
        await expect(read, `bit of byte ${at}`).rejects.toMatchObject({
          name: 'CorruptFile',
          message: expect.stringContaining(`${name}: `),
        });
      }
      files.files.set(name, whole);
    }
    await readAverage(files, of, 'g.b');
  });

  it('takes a run of former versions, which has no checksums, as it is', async () => {
    const files = new MemoryFiles();
    const { data, ...index } = await save(files, 10);
    const { crc32, ...history } = index.history as StoredHistory;
    const networks = Object.fromEntries(
      Object.entries(index.networks).map(([name, { sum, ...network }]) => [name, network]),
    );
    await files.write('checkpoint.json', utf8({ ...index, history, networks }));
    expect(await stored(files)).toEqual(historyOf(10));
    await readAverage(files, (await readCheckpointIndex(files))!, 'g.b');
    await save(files, 20);
    expect(await stored(files)).toEqual(historyOf(20));
  });
});

it('leaves nothing of a checkpoint for which there was no room, and keeps the one before', async () => {
  const files = new MemoryFiles();
  const index = await save(files, 10);
  const names = [...files.files.keys(), 'checkpoint.before.json'];
  for (const full of ['history.jsonl', '000000020.g.b.safetensors', 'checkpoint.json']) {
    files.full = full;
    await expect(save(files, 20)).rejects.toThrow(`${full}: no space left`);
    expect([...files.files.keys()]).toEqual(names);
    expect(await readCheckpointIndex(files)).toEqual(index);
    expect(await stored(files)).toEqual(historyOf(10));
  }
  // Of the one before the last nothing stays that nobody could resume.
  files.full = null;
  await save(files, 20);
  await save(files, 30);
  expect([...files.files.keys()].filter((name) => /^\d/.test(name)).sort()).toEqual([
    '000000020.g.b.safetensors',
    '000000030.g.b.safetensors',
  ]);
  // Not even of the first one.
  const first = new MemoryFiles();
  first.full = 'checkpoint.json';
  await expect(save(first, 0)).rejects.toThrow('no space left');
  expect([...first.files.keys()]).toEqual(['history.jsonl']);
});

it('tells a later format as one, whatever else the index holds', async () => {
  const files = new MemoryFiles();
  await files.write('checkpoint.json', utf8({ format: 3 }));
  await expect(readCheckpointIndex(files)).rejects.toMatchObject({
    name: 'CorruptFile',
    message:
      'checkpoint.json: format must be 1 or 2, got 3; open the run with the version of the program that wrote it',
  });
});
