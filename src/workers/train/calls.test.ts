/** The training worker's calls without a worker: phantoms in, a run that is paused and resumed, a model out. */
import { beforeAll, expect, it } from 'vitest';
import { headPhantom, makeNifti } from '../../../test/makeNifti';
import { MemoryFiles } from '../../../test/memoryFiles';
import { tinyConfig } from '../../../test/tinyModel';
import { tinySettings } from '../../../test/tinyRun';
import { parseModelCard } from '../../engine/cards/modelCard';
import { hashWeights } from '../../engine/hash';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { resnetGeneratorTable } from '../../engine/networks/resnetGenerator/table';
import * as tf from '../../engine/tf';
import { gridOfSide } from '../../engine/training/settings';
import type { RunStore } from '../../platform/browser/originRuns';
import { nodeEnvironment } from '../../platform/node/environment';
import { createTrainCalls, type TrainEnvironment } from './calls';
import type { TrainEvent } from './protocol';

const settings = tinySettings({ iterations: 3, pixelSize: 7.5 });
const grid = gridOfSide(settings, 'a');
const every = { preview: 3, validation: 3, checkpoint: 3 };
const runs = new Map<string, MemoryFiles>();
const locked = new Set<string>();
const store: RunStore = {
  open: async (id) => runs.get(id) ?? runs.set(id, new MemoryFiles()).get(id)!,
  list: async () => [...runs.keys()],
  bytes: async (id) => [...runs.get(id)!.files.values()].reduce((sum, { length }) => sum + length, 0),
  remove: async (id) => void runs.delete(id),
  lock: async (id) => {
    if (locked.has(id)) return null;
    locked.add(id);
    return () => void locked.delete(id);
  },
  locked: async () => new Set(locked),
  whenFree: async () => {},
};
let calls: ReturnType<typeof createTrainCalls>;
let otherTab: typeof calls;

const context = (signal = new AbortController().signal) => {
  const events: TrainEvent[] = [];
  return {
    events,
    signal,
    event: (event: unknown) => events.push(structuredClone(event) as TrainEvent),
    transfer: () => {},
  };
};

beforeAll(async () => {
  const environment: TrainEnvironment = {
    engine: { ...(await nodeEnvironment(() => {}, null)) },
    checkDevice: () => {},
    fetchJson: async () => ({}),
    loadWeights: async () => Promise.reject(new Error('no shipped weights here')),
    pause: async () => {},
    today: () => new Date('2026-01-01T00:00:00Z'),
    runs: store,
  };
  calls = createTrainCalls(environment);
  otherTab = createTrainCalls(environment);
  await calls.start({ backend: 'wasm', threads: null }, context());
});

it('refuses to train without volumes, and keeps no run of it', async () => {
  const train = calls.train({ runId: 'empty', settings, start: {}, every }, context());
  await expect(train).rejects.toThrow('training: must have volumes of T1w, got none; add some');
  expect([...runs.keys()]).toEqual([]);
});

it('reads the card of own weights, and puts nothing on the backend', async () => {
  const config = { ngf: 4, n_blocks: 6 };
  const weights = encodeWeights({ state: hashWeights(2, resnetGeneratorTable(config)), config }, 'f32');
  const file = { name: 'T1w_to_CT.safetensors', blob: new Blob([weights as Uint8Array<ArrayBuffer>]) };
  const { numTensors } = tf.memory();
  const card = await calls.readCard({ kind: 'file', file }, context());
  expect(card).toMatchObject({ source: 'T1w', target: 'CT', network: { method: 'resnet' } });
  expect(tf.memory().numTensors).toBe(numTensors);
});

it('refuses to begin with a model that translates nothing', async () => {
  const config = { ...tinyConfig(16), num_channels: 1 };
  const weights = encodeWeights({ state: hashWeights(2, ncsnppTable(config)), config }, 'f32');
  const file = { name: 'free.safetensors', blob: new Blob([weights as Uint8Array<ArrayBuffer>]) };
  await expect(calls.readCard({ kind: 'file', file }, context())).rejects.toThrow(
    'must be a model that translates, got an unconditional one',
  );
});

it('takes phantoms by role, with thumbnails', async () => {
  const added = await calls.addPhantoms(
    { contrasts: settings.contrasts, subjects: 2, validation: 1, grid },
    context(),
  );
  expect(added.map(({ name, role }) => `${name} ${role}`)).toEqual([
    'phantom-01_T1w trainA',
    'phantom-01_FLAIR trainB',
    'phantom-02_T1w valA',
    'phantom-02_FLAIR valB',
  ]);
  for (const { picked, sliceCount, thumbnail } of added) {
    expect(picked).toBeGreaterThan(5);
    expect(picked).toBeLessThanOrEqual(sliceCount);
    expect(thumbnail.pixels).toHaveLength(thumbnail.size ** 2);
    expect(Math.max(...thumbnail.pixels)).toBeGreaterThan(80);
  }
});

it('trains, pauses with a checkpoint, resumes with its history first, and exports a model with its card', async () => {
  const controller = new AbortController();
  const first = context(controller.signal);
  let listed: ReturnType<typeof otherTab.runs> | null = null;
  const event = (told: unknown) => {
    first.event(told);
    if ((told as { step?: { step: number } }).step?.step !== 2) return;
    listed = otherTab.runs({}, context());
    controller.abort();
  };
  const train = calls.train({ runId: 'one', settings, start: {}, every }, { ...first, event });
  await expect(calls.resume({ runId: 'one', every }, context())).rejects.toThrow(
    /must have a checkpoint|one run/,
  );
  // Another tab neither mixes with it nor clears it, though it has no checkpoint yet.
  const tooMany =
    'training: a run must be written to by one tab, got another that does; pause it there first';
  await expect(otherTab.resume({ runId: 'one', every }, context())).rejects.toThrow(tooMany);
  await expect(otherTab.train({ runId: 'one', settings, start: {}, every }, context())).rejects.toThrow(
    tooMany,
  );
  await expect(otherTab.deleteRun({ runId: 'one' }, context())).rejects.toThrow(tooMany);
  await otherTab.runs({}, context());
  await expect(train).rejects.toMatchObject({ name: 'Aborted' });
  expect(await listed).toMatchObject({ readable: [{ runId: 'one', inUse: true }] });
  expect(await calls.runs({}, context())).toMatchObject({
    readable: [{ runId: 'one', step: 2, inUse: false }],
    unreadable: [],
  });

  const second = context();
  const done = await calls.resume({ runId: 'one', every }, second);
  expect(done.step).toBe(3);
  expect(second.events[0]).toMatchObject({ history: { steps: [{ step: 1 }, { step: 2 }] } });
  expect(second.events.flatMap((e) => ('step' in e ? e.step.step : []))).toEqual([3]);
  expect(second.events.some((e) => 'validation' in e)).toBe(true);
  const scored = second.events.flatMap((e) => ('scoring' in e ? e.scoring : []));
  expect(scored.map(({ step, slice }) => [step, slice])).toEqual(scored.map((_, n) => [3, n + 1]));
  expect(scored.at(-1)).toMatchObject({ slice: scored.length, of: scored.length });
  expect(second.events.filter((e) => 'preview' in e)).toHaveLength(2);

  const asked = { runId: 'one', direction: 'bToA' } as const;
  const none = { data: '', licence: ' ' };
  const { card, weights } = await calls.exportModel({ ...asked, words: none }, context());
  expect(parseModelCard(JSON.parse(JSON.stringify(card)))).toEqual(card);
  expect(card).toMatchObject({ source: 'FLAIR', target: 'T1w', training: { iterations: 3 } });
  expect(card.training.data).toContain('digital phantoms');
  expect(card.weights.bytes).toBe(weights.length);
  const words = { data: 'heads of ours', licence: 'CC BY 4.0' };
  const said = await calls.exportModel({ ...asked, words }, context());
  expect(said.card).toMatchObject({ training: words, licence: words.licence });

  await calls.deleteRun({ runId: 'one' }, context());
  expect(await calls.runs({}, context())).toEqual({ readable: [], unreadable: [] });
});

it('lists a run that it cannot read with the reason, and leaves it as it is', async () => {
  const of = async (files: Record<string, string>) => {
    const made = new MemoryFiles();
    for (const [name, text] of Object.entries(files)) await made.write(name, new TextEncoder().encode(text));
    return made;
  };
  const later = await of({ 'checkpoint.json': '{"format":3}', 'data.safetensors': 'slices' });
  const lost = await of({ '000000020.g.b.safetensors': 'weights' });
  runs.set('later', later);
  runs.set('lost', lost);
  runs.set('begun', await of({ 'data.safetensors': 'slices', '000000000.g.b.safetensors': 'weights' }));
  runs.set('empty', new MemoryFiles());
  const before = [...later.files, ...lost.files];
  expect(await calls.runs({}, context())).toEqual({
    readable: [],
    unreadable: [
      {
        runId: 'lost',
        reason:
          'checkpoint.json: must lie beside 000000020.g.b.safetensors, got no such file; start a new run',
        bytes: 7,
      },
      {
        runId: 'later',
        reason:
          'checkpoint.json: format must be 1 or 2, got 3; open the run with the version of the program that wrote it',
        bytes: 18,
      },
    ],
  });
  // What has never come to a checkpoint is cleared.
  expect([...runs.keys()]).toEqual(['later', 'lost']);
  await expect(calls.history({ runId: 'later' }, context())).rejects.toThrow('format must be 1 or 2, got 3');
  await expect(calls.resume({ runId: 'lost', every }, context())).rejects.toThrow(
    'checkpoint.json: must lie',
  );
  const again = { runId: 'lost', settings, start: {}, every };
  await expect(calls.train(again, context())).rejects.toThrow('checkpoint.json: must lie beside');
  expect([...later.files, ...lost.files]).toEqual(before);

  const copies = await calls.runFiles({ runId: 'later' }, context());
  expect(copies.map(({ name }) => name)).toEqual([...later.files.keys()]);
  for (const { name, blob } of copies)
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(later.files.get(name));
  await calls.deleteRun({ runId: 'later' }, context());
  expect([...runs.keys()]).toEqual(['lost']);
  runs.clear();
});

it('refuses scans that do not pair', async () => {
  await calls.removeVolume({ volumeId: 'phantom-02_FLAIR' }, context());
  const train = calls.train({ runId: 'two', settings, start: {}, every }, context());
  await expect(train).rejects.toThrow(
    'pairs: must have a subject with both T1w and FLAIR, got 1 such as phantom-02_T1w and none of the other contrast; add that of the same subjects',
  );
});

it('reads and cuts every volume of a pair once', async () => {
  const shape = [32, 32, 6] as const;
  const sform = [
    [7.5, 0, 0, -120],
    [0, 7.5, 0, -120],
    [0, 0, 20, -60],
  ];
  const { file } = makeNifti({ dims: [...shape], values: headPhantom(shape), sform });
  const paired = { ...settings, variant: { ...settings.variant, pairing: 'paired' as const } };
  const reads: string[] = [];
  for (const role of ['trainA', 'trainB'] as const) {
    const blob = new Blob([file]);
    blob.arrayBuffer = async () => {
      reads.push(role);
      return file;
    };
    const path = `sub-01_${role}.nii`;
    const volume = { volumeId: role, role, path, files: [{ name: path, blob }], grid };
    await calls.addVolume(volume, context());
  }
  for (const n of ['01', '02'])
    for (const contrast of ['T1w', 'FLAIR'])
      await calls.removeVolume({ volumeId: `phantom-${n}_${contrast}` }, context());
  const added = [...reads];
  const stopped = calls.train(
    { runId: 'pairs', settings: paired, start: {}, every },
    context(AbortSignal.abort()),
  );
  await expect(stopped).rejects.toMatchObject({
    name: 'Aborted',
    message: expect.stringContaining('cancelled before it began'),
  });
  expect(reads).toEqual(added);
  expect(new Set(added)).toEqual(new Set(['trainA', 'trainB']));
});
