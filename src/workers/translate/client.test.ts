/** The protocol in one realm: the real calls on wasm behind a stand-in for the Worker that clones messages like one. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { engineStandIn } from '../../../test/engineStandIn';
import { headPhantom, makeNifti } from '../../../test/makeNifti';
import { twoLevelConfig } from '../../../test/tinyModel';
import { tinySettings } from '../../../test/tinyRun';
import type { BackendEnvironment } from '../../engine/backend/backend';
import { writeSafetensors } from '../../engine/formats/safetensors';
import { hashWeights } from '../../engine/hash';
import { METHODS, methodOf } from '../../engine/methods';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { nodeEnvironment } from '../../platform/node/environment';
import { createEngineClient, type EngineClient, type WorkerLike } from './client';
import type { ModelCard, Request, SliceResult, TranslateProgress } from './protocol';

const CONFIG = twoLevelConfig(16);
const settings = { seed: 5, samples: 1, noise: 'independent' } as const;
const slices = [3, 4, 2, 5];

let engine: BackendEnvironment;
beforeAll(async () => {
  engine = await nodeEnvironment(() => {}, null);
});

const makeStandIn = (dieAfterSteps?: number) => engineStandIn(engine, dieAfterSteps);

const SHAPE: [number, number, number] = [20, 24, 8];
const scanFile = (other: (v: number) => number | undefined = () => undefined) => {
  const sform = [
    [2, 0, 0, -20],
    [0, 2, 0, -24],
    [0, 0, 3, -12],
  ];
  const { file } = makeNifti({
    dims: SHAPE,
    values: headPhantom(SHAPE).map((value, v) => other(v) ?? value),
    pixdim: [1, 2, 2, 3],
    sform,
  });
  return new File([file], 'sub-01_T1w.nii');
};
const weightsFile = () => {
  const state = hashWeights(9, ncsnppTable(CONFIG));
  const tensors = [...state].map(([name, t]) => [name, { ...t, dtype: 'F32' as const }] as const);
  return new File(
    [writeSafetensors(tensors, { config: JSON.stringify(CONFIG) })],
    'T1w_to_FLAIR.safetensors',
  );
};

let client: EngineClient;
beforeEach(() => {
  // Newer versions of Node have locks; the stand-in holds none and would pass for dead.
  vi.stubGlobal('navigator', undefined);
});
afterEach(() => {
  client.dispose();
  vi.unstubAllGlobals();
});

async function open(makeWorker: () => WorkerLike) {
  client = createEngineClient(makeWorker);
  await client.start('wasm');
  const scan = await client.openScan([scanFile()]);
  const model = await client.loadModel({ kind: 'file', file: weightsFile() });
  return { scan, request: { scanId: scan.scanId, modelId: model.modelId, slices, settings } };
}

it('makes a preview of a model of many steps, says so, and does not score it', async () => {
  client = createEngineClient(() => makeStandIn());
  await client.start('wasm');
  const scan = await client.openScan([scanFile()]);
  const network = METHODS.ddpm.training.network(tinySettings({ method: 'ddpm' }));
  const state = hashWeights(1, methodOf(network).table(network));
  const bytes = encodeWeights({ state, config: network }, 'f32');
  const weights = new File([new Uint8Array(bytes)], 'T1w_to_FLAIR.safetensors');
  const about = { size: 16, pixelSize: 4 };
  const { modelId, card } = await client.loadModel({ kind: 'file', file: weights, settings: about });
  expect(card.diffusion.steps).toBe(1000);
  const got: SliceResult[] = [];
  const told: TranslateProgress[] = [];
  const provenance = await client.translate(
    { scanId: scan.scanId, modelId, slices: [4], settings, preview: true },
    { onSlice: (slice) => got.push(slice), onProgress: (progress) => told.push(progress) },
  );
  expect(told.at(-1)).toMatchObject({ stepsDone: 50, stepsTotal: 50 });
  expect(provenance).toMatchObject({ steps: 50, previewOf: 1000 });
  const slices = [{ index: 4, image: got[0].image }];
  const saved = await client.save({ scanId: scan.scanId, provenance, slices, dtype: 'float32' });
  expect(JSON.parse(saved.sidecar)).toMatchObject({ Steps: 50, PreviewOfSteps: 1000 });
  await expect(
    client.score({ scanId: scan.scanId, referenceScanId: scan.scanId, provenance, slices }),
  ).rejects.toThrow('got a preview of 50 of 1000 steps');
});

describe('client and worker calls', () => {
  it('shares the voxels of a scan, copies those of one with NaN for the page, and tells how much is read', async () => {
    client = createEngineClient(() => makeStandIn());
    await client.start('wasm');
    const told: number[] = [];
    const scan = await client.openScan([scanFile()], { onRead: (share) => told.push(share) });
    expect(told).toEqual([1]);
    expect(scan.voxels.buffer).toBeInstanceOf(SharedArrayBuffer);
    const holed = await client.openScan([scanFile((v) => (v === 1900 ? Number.NaN : undefined))]);
    expect(holed.voxels.buffer).toBeInstanceOf(ArrayBuffer);
    expect(holed.voxels).toEqual(scan.voxels.map((value, v) => (v === 1900 ? scan.range.min : value)));
  });

  it('opens, translates in the given order, scores and saves', async () => {
    const { scan, request } = await open(makeStandIn);
    expect(scan.shape).toEqual(SHAPE);
    expect(scan.voxels).toEqual(headPhantom(SHAPE));
    const { card } = await client.loadModel({ kind: 'file', file: weightsFile() });
    // 40 x 48 mm: the scan's own sentence says so, and the model's field of view adds nothing.
    expect(scan.warnings.join()).toContain('field of view is 40 x 48 mm');
    expect(await client.checkInput(scan.scanId, card)).toEqual([]);
    const got: SliceResult[] = [];
    const provenance = await client.translate(request, { onSlice: (s) => got.push(s) });
    expect(got.map((s) => s.index)).toEqual(slices);
    expect(got[0].image).toHaveLength(20 * 24);
    expect(got[0].strip.frames).toHaveLength(5);
    expect(provenance).toMatchObject({ source: 'T1w', target: 'FLAIR', backend: 'wasm', seed: 5, steps: 4 });

    const cold = (await client.diagnostics()).coldStart!;
    expect(cold.weightsFrom).toBe('file');
    expect(cold.read).toBeGreaterThan(0);
    const { prepare, compile, run, place } = cold;
    const slice = prepare + compile! + run + place;
    expect(cold.total).toBeCloseTo(cold.read + cold.weights + cold.placed + slice, 6);
    expect(Math.min(prepare, place)).toBeGreaterThan(0);
    // The first slice's alone, and not added up over the others.
    expect(slice).toBeGreaterThanOrEqual(got[0].ms);
    expect(slice).toBeLessThan(got[0].ms + got[1].ms);

    const reference = await client.openScan([scanFile()]);
    const { scanId } = scan;
    const first = got.slice(0, 1);
    const [{ synthetic, copy }] = await client.score({
      scanId,
      referenceScanId: reference.scanId,
      provenance,
      slices: first,
    });
    expect(synthetic.index).toBe(3);
    expect(synthetic.whole!.psnr).toBeGreaterThan(0);
    expect(synthetic.whole!.psnr).toBeLessThan(30); // hashed weights draw nothing like the phantom
    // The reference is the source's own file: of a copy nothing differs. Its pixels did not cross the line for that.
    expect(copy).toMatchObject({ index: 3, whole: { mae: 0, psnr: null }, foreground: { mae: 0 } });

    // What is not a number gives that slice no score, and the others theirs.
    const holed = await client.openScan([scanFile((v) => (v === 3 * 480 ? Number.NaN : undefined))]);
    const [third, fourth] = await client.score({
      ...{ scanId, referenceScanId: holed.scanId, provenance },
      slices: got.slice(0, 2),
    });
    expect(third.synthetic).toEqual({
      ...{ index: 3, whole: null, foreground: null },
      missing: { image: 'reference', fault: 'not finite', pixels: 1 },
    });
    expect(fourth.synthetic).toMatchObject({ index: 4, missing: null, whole: synthetic.whole && {} });

    const smaller = makeNifti({ dims: [8, 9, 4], values: headPhantom([8, 9, 4]) });
    const other = await client.openScan([new File([smaller.file], 'other.nii')]);
    const asked = {
      scanId,
      referenceScanId: other.scanId,
      provenance,
      slices: first,
    };
    await expect(client.score(asked)).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringMatching(/^reference: must lie on the scan's grid, got 8 x 9 x 4 for 480 pixels/),
    });
    const matched = await client.matchGrid(other.scanId, scan.scanId);
    expect(matched.resampled).toBe(true);
    expect(matched.overlap).toBeGreaterThan(0.5);
    expect(matched.same).toBe(false);
    const twice = await client.matchGrid(scan.scanId, scan.scanId);
    expect(twice).toMatchObject({ resampled: false, overlap: 1, same: true });
    expect((await client.score(asked)).map((pair) => pair.synthetic.index)).toEqual([3]);

    const written: number[] = [];
    const saved = await client.save(
      { scanId: scan.scanId, provenance, slices: got, dtype: 'float32' },
      (share) => written.push(share),
    );
    expect(written).toEqual([1]);
    expect(saved.imageName).toBe('sub-01_desc-synth_FLAIR.nii.gz');
    const again = await client.openScan([new File([saved.image], saved.imageName)]);
    expect(again.affine).toEqual(scan.affine);
    for (const { index, image } of got) {
      expect(again.voxels.slice(index * 480, (index + 1) * 480)).toEqual(image);
    }
    // The page's own volume, shared and with all of its slices, gives the same file without being copied.
    const made = new Float32Array(new SharedArrayBuffer(4 * scan.voxels.length));
    for (let v = 0; v < made.length; v++) made[v] = v % 7;
    const all = Array.from({ length: SHAPE[2] }, (_, index) => ({
      index,
      image: made.subarray(index * 480, (index + 1) * 480),
    }));
    const whole = { scanId: scan.scanId, provenance, dtype: 'float32' } as const;
    const shared = await client.save({ ...whole, slices: all });
    const copied = await client.save({
      ...whole,
      slices: all.map(({ index, image }) => ({ index, image: Float32Array.from(image) })),
    });
    expect(await shared.image.bytes()).toEqual(await copied.image.bytes());
    expect((await client.openScan([new File([shared.image], 'a.nii.gz')])).voxels).toEqual(
      Float32Array.from(made),
    );

    expect(JSON.parse(saved.sidecar)).toMatchObject({
      Synthetic: true,
      Seed: 5,
      TranslatedSlices: [2, 3, 4, 5],
    });
  });

  it('cancels within one reverse step and stays usable', async () => {
    const { request } = await open(makeStandIn);
    const abort = new AbortController();
    let stepsSeen = 0;
    const run = client.translate(request, {
      onSlice: () => {},
      onProgress: ({ stepsDone }) => {
        stepsSeen = stepsDone;
        if (stepsDone === 2) abort.abort();
      },
      signal: abort.signal,
    });
    await expect(run).rejects.toMatchObject({ name: 'Aborted' });
    expect(stepsSeen).toBe(2);
    // The next run and another model wait for the step that the worker was in.
    const got: SliceResult[] = [];
    const again = client.translate({ ...request, slices: [1] }, { onSlice: (s) => got.push(s) });
    const loaded = client.loadModel({ kind: 'file', file: weightsFile() });
    await again;
    await loaded;
    await client.translate({ ...request, slices: [1] }, { onSlice: (s) => got.push(s) });
    expect(got.map(({ index }) => index)).toEqual([1, 1]);
    expect(got[0].image).toEqual(got[1].image);
    expect(stepsSeen).toBe(2);
  });

  it('starts a new worker after a lost device, keeps finished slices and gives the same result', async () => {
    const { request } = await open(makeStandIn);
    const whole: SliceResult[] = [];
    await client.translate(request, { onSlice: (s) => whole.push(s) });
    client.dispose();

    let workers = 0;
    const dying = () => makeStandIn(workers++ === 0 ? 6 : Infinity); // in the second slice
    const second = await open(dying);
    const reasons: string[] = [];
    client.onRestart((reason) => reasons.push(reason));
    const got: SliceResult[] = [];
    const told: TranslateProgress[] = [];
    await client.translate(second.request, {
      onSlice: (s) => got.push(s),
      onProgress: (p) => told.push(p),
    });
    expect(workers).toBe(2);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain('finished slices are kept');
    expect(got.map((s) => s.index)).toEqual(slices);
    expect(got.map((s) => s.image)).toEqual(whole.map((s) => s.image));
    // Told of the whole request throughout: the unfinished slice begins anew, the finished one stays counted.
    expect(new Set(told.map(({ total, stepsTotal }) => `${total} ${stepsTotal}`))).toEqual(new Set(['4 16']));
    expect(told.some(({ stepsDone }) => stepsDone === 6)).toBe(true);
    expect(Math.min(...told.slice(6).map(({ stepsDone }) => stepsDone))).toBe(4);
    expect(told.at(-1)).toMatchObject({ done: 4, stepsDone: 16 });
    const elapsed = told.map(({ elapsedMs }) => elapsedMs);
    expect(elapsed).toEqual([...elapsed].sort((a, b) => a - b));
  });

  it('takes half as many slices at a time after a lost device, and gives a backend up for one slice alone', async () => {
    const asked: (number | undefined)[] = [];
    const backends: string[] = [];
    let workers = 0;
    const { request } = await open(() => {
      const worker = makeStandIn(workers++ < 3 ? 1 : Infinity); // before a slice is done
      const post = worker.postMessage;
      worker.postMessage = (message: Request) => {
        if (message.call === 'translate') asked.push(message.params.batch);
        if (message.call === 'start') backends.push(message.params.backend);
        post(message);
      };
      return worker;
    });
    await client.start('auto');
    const got: number[] = [];
    await client.translate({ ...request, batch: 4 }, { onSlice: (s) => got.push(s.index) });
    expect(got).toEqual(slices);
    expect(asked).toEqual([4, 2, 1]);
    expect(backends).toEqual(['wasm', 'auto', 'auto', 'auto']);
  });

  it('gives up when wasm fails too, says so, and can be started anew', async () => {
    let workers = 0;
    const { request } = await open(() => {
      workers++;
      return makeStandIn(workers <= 3 ? 0 : Infinity);
    });
    const reasons: string[] = [];
    client.onRestart((reason) => reasons.push(reason));
    await expect(client.translate(request, { onSlice: () => {} })).rejects.toMatchObject({
      name: 'DeviceLost',
    });
    expect(workers).toBe(3);
    expect(reasons).toEqual([
      expect.stringContaining('was started again'),
      expect.stringContaining('goes on with wasm'),
      expect.stringContaining('could not be started again'),
    ]);
    await expect(client.diagnostics()).rejects.toMatchObject({ name: 'DeviceLost' });
    await client.start('wasm');
    const got: number[] = [];
    await client.translate(request, { onSlice: (s) => got.push(s.index) });
    expect(got).toEqual(slices);
  });

  it('goes on in a third worker when the second is lost while it opens a file again', async () => {
    const calls: string[][] = [];
    const { request } = await open(() => {
      const worker = makeStandIn(calls.length === 0 ? 6 : Infinity);
      const heard: string[] = [];
      calls.push(heard);
      const { postMessage } = worker;
      worker.postMessage = (message: Request) => {
        heard.push(message.call);
        if (heard === calls[1] && heard.length === 3)
          worker.onerror?.({ message: 'out of memory' } as ErrorEvent);
        else postMessage(message);
      };
      return worker;
    });
    await client.openScan([scanFile()]);
    const reasons: string[] = [];
    client.onRestart((reason) => reasons.push(reason));
    const got: number[] = [];
    await client.translate(request, { onSlice: (s) => got.push(s.index) });
    expect(got).toEqual(slices);
    expect(calls.slice(1)).toEqual([
      ['start', 'openScan', 'openScan'],
      ['start', 'openScan', 'openScan', 'loadModel', 'translate'],
    ]);
    expect(reasons).toHaveLength(1);
  });

  it('can be cancelled while a new worker is being brought up', async () => {
    const abort = new AbortController();
    let workers = 0;
    const { request } = await open(() => {
      if (workers++ === 0) return makeStandIn(2);
      setTimeout(() => abort.abort());
      return { postMessage: () => {}, terminate: () => {}, onmessage: null, onerror: null };
    });
    await expect(
      client.translate(request, { onSlice: () => {}, signal: abort.signal }),
    ).rejects.toMatchObject({ name: 'Aborted' });
    expect(workers).toBe(2);
  });

  it('takes a run along when it is started again', async () => {
    const { request } = await open(makeStandIn);
    const got: number[] = [];
    let again: Promise<unknown> | null = null;
    await client.translate(request, {
      onSlice: (s) => got.push(s.index),
      onProgress: ({ stepsDone }) => {
        if (stepsDone === 6) again ??= client.start('wasm');
      },
    });
    await again;
    expect(again).not.toBeNull();
    expect(got).toEqual(slices);
  });

  it('ends a run when it is closed, and makes no other worker', async () => {
    let workers = 0;
    const { request } = await open(() => {
      workers++;
      return makeStandIn();
    });
    const run = client.translate(request, {
      onSlice: () => {},
      onProgress: ({ stepsDone }) => stepsDone === 2 && client.dispose(),
    });
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining('was closed') });
    await expect(client.models()).rejects.toMatchObject({ message: expect.stringContaining('was closed') });
    expect(workers).toBe(1);
  });

  it('takes settings for own weights, and keeps them in a new worker', async () => {
    const { request } = await open(makeStandIn);
    const settings = {
      source: 'PDw',
      target: 'T2w',
      pixelSize: 3,
      size: 32,
      intensity: 'foreground-p99.5',
    } as const;
    const { card } = await client.loadModel({ kind: 'file', file: weightsFile(), settings });
    const { pixelSize, size, intensity } = settings;
    expect(card).toMatchObject({
      source: 'PDw',
      target: 'T2w',
      preprocessing: { pixelSize, size, intensity },
    });
    await client.start('wasm');
    const got: SliceResult[] = [];
    const provenance = await client.translate({ ...request, slices: [4] }, { onSlice: (s) => got.push(s) });
    expect(provenance).toMatchObject({
      source: 'PDw',
      target: 'T2w',
      intensity: { source: { map: intensity }, target: { map: intensity } },
      grid: { size: 32, pixelSize: 3 },
    });
    expect(got[0].strip.frames[0].size).toBe(32);
    await expect(
      client.loadModel({ kind: 'file', file: weightsFile(), settings: { size: 33 } }),
    ).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringMatching(/^image size: must be a multiple of 2 /),
    });
  });

  it('takes a card that lies beside own weights, also in a new worker, and refuses that of others', async () => {
    const { request } = await open(makeStandIn);
    const file = weightsFile();
    const guessed = await client.loadModel({ kind: 'file', file });
    const made: ModelCard = {
      ...guessed.card,
      id: 'my-model',
      name: 'Mine',
      target: 'T2w',
      preprocessing: { ...guessed.card.preprocessing, size: 32 },
      limits: ['none known'],
    };
    const cardFile = (card: ModelCard) => new File([JSON.stringify(card)], 'card.json');
    const loaded = await client.loadModel({ kind: 'file', file, card: cardFile(made) });
    expect(loaded).toMatchObject({ custom: true, card: { ...made, id: guessed.card.id } });

    const other = { ...made, weights: { ...made.weights, sha256: '0'.repeat(64) } };
    await expect(client.loadModel({ kind: 'file', file, card: cardFile(other) })).rejects.toMatchObject({
      name: 'WeightsMismatch',
      message: expect.stringMatching(/sha256 that card\.json gives/),
    });

    await client.start('wasm');
    const provenance = await client.translate({ ...request, slices: [4] }, { onSlice: () => {} });
    expect(provenance).toMatchObject({ modelName: 'Mine', target: 'T2w' });
  });

  it('refuses a page over plain http in one sentence, whatever is asked, and makes no worker', async () => {
    vi.stubGlobal('isSecureContext', false);
    vi.stubGlobal('location', { origin: 'http://192.0.2.7:5173' });
    let workers = 0;
    client = createEngineClient(() => {
      workers++;
      return makeStandIn();
    });
    const refusal = {
      name: 'BadRequest',
      message: expect.stringMatching(
        /^This page must be opened from https or from localhost, got http:\/\/192\.0\.2\.7:5173;/,
      ),
    };
    await expect(client.start()).rejects.toMatchObject(refusal);
    await expect(client.openScan([scanFile()])).rejects.toMatchObject(refusal);
    expect(workers).toBe(0);
  });

  it('passes errors on by name with one sentence', async () => {
    await open(makeStandIn);
    const text = new File(['this is no scan, this is no scan'], 'notes.nii');
    await expect(client.openScan([text])).rejects.toMatchObject({
      name: expect.stringMatching(/UnsupportedFile|CorruptFile/),
    });
    await expect(client.loadModel({ kind: 'file', file: text })).rejects.toMatchObject({
      name: 'UnsupportedFile',
    });
    await expect(client.closeScan('none')).resolves.toBeUndefined();
  });
});
