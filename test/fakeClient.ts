/** A client without an engine, for tests of the page's state: it answers at once and notes what was asked. */
import { PAPER_GENERATOR } from '../src/engine/networks/ncsnpp/config';
import { Aborted } from '../src/errors';
import { volumesTold } from '../src/volume/checkScan';
import { modelPixels, screenImage } from '../src/volume/modelImage';
import type { EngineClient } from '../src/workers/translate/client';
import type {
  BackendName,
  CustomSettings,
  EngineInfo,
  InputWarning,
  LoadedModel,
  ModelCard,
  Provenance,
  Scan,
  ScorePair,
  SliceResult,
} from '../src/workers/translate/protocol';

export function fakeCard(source: string, target: string): ModelCard {
  return {
    id: `${source}-${target}`,
    version: '1',
    name: `${source} to ${target}`,
    source,
    target,
    network: { method: 'syndiff', ...PAPER_GENERATOR },
    weights: { file: 'weights.safetensors', sha256: 'ab'.repeat(32), dtype: 'f16', bytes: 10 },
    preprocessing: { plane: 'axial', pixelSize: 1, size: 4, intensity: 'foreground-p99.5' },
    diffusion: { steps: 4, betaMin: 0.1, betaMax: 20, schedule: 'vp' },
    training: { data: 'none', licence: 'MIT', variant: 'none', iterations: 0, date: '2026-01-01' },
    licence: 'MIT',
    metrics: { data: 'none', split: 'test', n: 0, rows: [] },
    intendedUse: 'Tests.',
    limits: [],
  };
}

/** A scan of 2 x 2 pixels and `slices` slices; voxel values count up; head in all slices but the first and the last. */
export function fakeScan(scanId: string, name: string, slices = 8): Scan {
  const foregroundBySlice = Float32Array.from({ length: slices }, (_, k) =>
    k === 0 || k === slices - 1 ? 0 : 0.5,
  );
  foregroundBySlice[Math.floor(slices / 2)] = 0.6;
  return {
    scanId,
    name,
    shape: [2, 2, slices],
    zooms: [1, 1, 1],
    affine: [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ],
    storedAxes: 'RAS',
    dtype: 'float32',
    volumeCount: 1,
    volumeIndex: 0,
    voxels: Float32Array.from({ length: 4 * slices }, (_, n) => n),
    range: { min: 0, max: 4 * slices - 1, low: 0, high: 4 * slices - 2 },
    upper: { 'foreground-p99.5': 20, 'foreground-median': 10 },
    foregroundThreshold: 2,
    foregroundBySlice,
    warnings: [],
  };
}

export interface FakeClient extends EngineClient {
  /** What was asked, in order: "openScan a.nii", "translate 4,3,5", "score ref 4". */
  readonly log: string[];
  /** What `checkInput` answers. */
  readonly unsuited: InputWarning[];
  /** Whom it was asked about: it comes between other calls, and is not in the log. */
  readonly checked: string[];
  /** While set, translate waits before each slice. */
  gate: Promise<void> | null;
  /** While set, a scan is read until it is there. */
  reading: Promise<void> | null;
  /** While set, the next call rejects with it. */
  failure: Error | null;
  /** Behaves as after a lost GPU: tells its listeners and runs on that backend. */
  restart(sentence: string, backend: BackendName): void;
}

export function createFakeClient(): FakeClient {
  const log: string[] = [];
  const unsuited: InputWarning[] = [];
  const checked: string[] = [];
  const listeners = new Set<(reason: string) => void>();
  let backend: BackendName = 'webgpu';
  let scanCount = 0;
  const opened = new Map<string, Pick<Scan, 'volumeCount' | 'volumeIndex' | 'warnings'>>();
  /** Scans that are the same image as any other. */
  const twice = new Set<string>();
  const client: FakeClient = {
    log,
    unsuited,
    checked,
    gate: null,
    reading: null,
    failure: null,
    restart: (sentence, next) => {
      backend = next;
      for (const listener of listeners) listener(sentence);
    },
    async start(asked = 'auto') {
      note(`start ${asked}`);
      backend = asked === 'auto' ? 'webgpu' : asked;
      return info();
    },
    async models() {
      return [fakeCard('T1w', 'FLAIR'), fakeCard('FLAIR', 'T1w')];
    },
    async openScan(files, options) {
      note(`openScan ${files[0].name}${options?.volume === undefined ? '' : ` volume ${options.volume}`}`);
      scanCount += 1;
      const { name } = files[0];
      // Of a name with 4d in it there are five volumes.
      const volumes = { volumeCount: /4d/.test(name) ? 5 : 1, volumeIndex: options?.volume ?? 0 };
      const warnings = [...volumesTold(volumes), ...(/odd/.test(name) ? ['The scan is odd.'] : [])];
      const scan = { ...fakeScan(`scan${scanCount}`, name), ...volumes, warnings };
      opened.set(scan.scanId, { ...volumes, warnings: scan.warnings });
      if (/twice/.test(name)) twice.add(scan.scanId);
      await client.reading;
      return scan;
    },
    async matchGrid(scanId, toScanId) {
      note(`matchGrid ${scanId} ${toScanId}`);
      const scan = { ...fakeScan(scanId, 'reference.nii'), ...opened.get(scanId) };
      return { scan, resampled: true, overlap: 1, same: twice.has(scanId) };
    },
    async checkInput(scanId, { source }) {
      checked.push(`${scanId} ${source}`);
      return unsuited;
    },
    async closeScan(scanId) {
      note(`closeScan ${scanId}`);
    },
    async readModel(source) {
      const custom = source.kind === 'file';
      note(`readModel ${custom ? source.file.name : source.id}`);
      // Of a name with unknown in it the contrasts are not told.
      const known = !(custom && /unknown/.test(source.file.name));
      return known ? fakeCard('T1w', 'FLAIR') : fakeCard('source', 'target');
    },
    async readStyle(scanId, modelId) {
      note(`readStyle ${scanId}`);
      return { modelId, source: 'style.nii', values: [1, -1] };
    },
    async compare({ suites, models, pairs, options, kept }, { onEvent, signal }) {
      const ids = (all: readonly { id: string }[]) => all.map(({ id }) => id).join(',');
      note(
        `compare ${suites.join()}: ${ids(models)} on ${ids(pairs)}, ${options.slices} slices, ${kept.length} kept`,
      );
      const rows: string[] = [];
      for (const { id: model, name, card } of models) {
        await client.gate;
        if (signal?.aborted) throw new Aborted('compare: cancelled');
        rows.push(name);
        const progress = {
          label: name,
          done: rows.length - 1,
          cells: models.length,
          msLeft: null,
          isLeast: true,
          suite: 0,
          suites: 1,
        };
        onEvent({ progress });
        for (const { id: pairId } of pairs)
          onEvent({
            slice: {
              ...{ pairId, index: 4, of: model, pixels: new Uint16Array(4) },
              ...{ width: 2, height: 2, spacing: [1, 1] },
            },
          });
        onEvent({
          cell: {
            key: [model, card.weights.sha256, ...pairs.map(({ data }) => data)].join('/'),
            result: { value: rows.length },
          },
        });
        const table = { id: 'scores', title: 'T', rowsAre: 'method', columns: [], notes: [] };
        const told = rows.map((one) => ({ name: one, values: {}, failed: null }));
        onEvent({
          report: { suite: 'quality', title: 'Q', tables: [{ ...table, rows: told }], charts: [] },
        });
      }
    },
    async loadModel(source): Promise<LoadedModel> {
      const custom = source.kind === 'file';
      const beside = custom && source.card ? ` with ${source.card.name}` : '';
      note(`loadModel ${custom ? source.file.name : source.id}${beside}`);
      const [from, to] = custom ? ['T1w', 'T2w'] : source.id.split('-');
      const card = fakeCard(from, to);
      return {
        modelId: card.id,
        card: custom && source.settings ? described(card, source.settings) : card,
        parameters: 7,
        custom,
        fromCache: false,
      };
    },
    async translate({ modelId, slices, settings, preview }, { onSlice, signal }): Promise<Provenance> {
      note(`translate ${slices.join(',')}${preview ? ' as a preview' : ''}`);
      for (const index of slices) {
        await client.gate;
        if (signal?.aborted) throw new Aborted('translate: cancelled');
        onSlice(fakeSlice(index, settings.seed));
      }
      return {
        ...settings,
        modelId,
        modelName: 'from the engine',
        drawn: true,
        weightsSha256: 'ab'.repeat(32),
        steps: 4,
        intensity: {
          source: { map: 'foreground-p99.5', low: 0, high: 20 },
          target: { map: 'foreground-p99.5', low: 0, high: 20 },
        },
        grid: { size: 4, pixelSize: 1 },
        source: 'T1w',
        target: 'FLAIR',
        backend,
        date: '2026-01-01T00:00:00.000Z',
      };
    },
    async score({ scanId, referenceScanId, slices }): Promise<ScorePair[]> {
      note(`score ${referenceScanId} ${slices.map(({ index }) => index).join(',')}`);
      const { voxels } = fakeScan(scanId, '');
      // So that synthetic and copied images have scores of their own: the image's first pixel.
      const score = (index: number, psnr: number) => ({
        index,
        whole: { psnr, ssim: 0.5, mae: 0.1 },
        missing: null,
        foreground: null,
      });
      return slices.map(({ index, image }) => ({
        synthetic: score(index, image[0]),
        copy: score(index, voxels[4 * index]),
      }));
    },
    async save({ slices, dtype }, onSaved) {
      onSaved?.(1);
      note(`save ${dtype} ${slices.map(({ index }) => index).join(',')}`);
      return {
        imageName: 'out.nii.gz',
        image: new Blob([new Uint8Array(3)]),
        sidecarName: 'out.json',
        sidecar: '{}',
      };
    },
    async diagnostics() {
      return {
        ...info(),
        versions: { tfjs: '0' },
        userAgent: 'fake',
        memory: { tensors: 1, bytes: 2, reservedBytes: 3 },
        timings: { step: 1 },
      };
    },
    onRestart(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {},
  };
  return client;

  function info(): EngineInfo {
    return {
      backend,
      reason: 'Fake.',
      trials: [{ backend, outcome: 'chosen', reason: 'Fake.' }],
      adapter: null,
      features: [],
      limits: {},
      threads: null,
      selfTestError: 0,
      selfTestMs: 0,
    };
  }

  function note(what: string): void {
    log.push(what);
    const { failure } = client;
    client.failure = null;
    if (failure) throw failure;
  }
}

function described(card: ModelCard, settings: CustomSettings): ModelCard {
  const { source = card.source, target = card.target, ...given } = settings;
  return { ...card, source, target, preprocessing: { ...card.preprocessing, ...given } };
}

/** A slice whose pixels are 1000 * seed + index. */
export function fakeSlice(index: number, seed: number): SliceResult {
  return {
    index,
    image: new Float32Array(4).fill(1000 * seed + index),
    spread: null,
    strip: { frames: [screenImage(modelPixels(new Float32Array(1)))], labels: ['x'] },
    ms: 1,
  };
}
