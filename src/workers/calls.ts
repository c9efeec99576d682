/**
 * What the worker can do for the page: one handler a call. Scans and the loaded model live here; finished slices do not,
 * they belong to the page, so that a worker can be thrown away at any time.
 */
import * as tf from '@tensorflow/tfjs';
import packageJson from '../../package.json';
import { type BackendEnvironment, type EngineInfo, startEngine } from '../engine/backend';
import { memoryUse } from '../engine/memory';
import { foregroundMask } from '../engine/metrics/foreground';
import { scoreSlice } from '../engine/metrics/scoreSlice';
import { disposeTranslator, isResnet, loadTranslator, type Translator } from '../engine/networks/translator';
import { translateScan } from '../engine/translateScan';
import { customCard } from '../engine/weights/customCard';
import { droppedCard } from '../engine/weights/droppedCard';
import { type ModelCard, parseModelCard } from '../engine/weights/modelCard';
import { readWeights } from '../engine/weights/readWeights';
import { sha256 } from '../engine/weights/sha256';
import { BadRequest, UnsupportedFile } from '../errors';
import { checkPlan, checkScan } from '../volume/checkScan';
import {
  displayRange,
  foregroundBySlice,
  foregroundThreshold,
  type IntensityMap,
  intensityUpper,
  toUnitRange,
} from '../volume/intensity';
import { readNifti } from '../volume/nifti';
import { resampleToGrid, sameGrid } from '../volume/resample';
import { derivativeName, sidecarJson, sidecarName, syntheticDescrip } from '../volume/sidecar';
import { planSlices } from '../volume/slices';
import type { Volume } from '../volume/volume';
import { writeNifti } from '../volume/writeNifti';
import type { InputFile, LoadProgress, ModelSource, Scan, SliceResult } from './protocol';
import type { CallHandlers } from './serve';
import { TranslationProgress } from './translationProgress';
import type { CachedWeights } from './weightsCache';

export interface CallsEnvironment {
  engine: BackendEnvironment;
  /** Throws if the GPU has failed since the engine started. */
  checkDevice: () => void;
  /** A file of the page's own origin, e.g. "weights/index.json". */
  fetchJson: (path: string) => Promise<unknown>;
  loadWeights: (
    path: string,
    expected: { sha256: string; bytes: number },
    onProgress: (receivedBytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<CachedWeights>;
  /** Lets waiting messages in, a cancel among them. */
  pause: () => Promise<void>;
  today: () => Date;
  userAgent: string;
}

/** A scan with the figures of all its voxels, which take a while to find and are asked for with every slice scored. */
interface OpenScan {
  volume: Volume;
  threshold: number;
  upper: Record<IntensityMap, number>;
}

interface Model {
  card: ModelCard;
  translator: Translator;
}

export function createCalls(environment: CallsEnvironment): CallHandlers {
  const scans = new Map<string, OpenScan>();
  let model: Model | null = null;
  let info: EngineInfo | null = null;
  const timings: Record<string, number> = {};

  const scanOf = (scanId: string): OpenScan => {
    const scan = scans.get(scanId);
    if (!scan) throw new BadRequest(`scan: must be open, got ${scanId}; open the file again`);
    return scan;
  };

  async function fetchCard(id: string): Promise<ModelCard> {
    return parseModelCard(await environment.fetchJson(`weights/${id}/card.json`));
  }

  async function readModel(source: ModelSource, onProgress: (p: LoadProgress) => void, signal: AbortSignal) {
    if (source.kind === 'file') {
      const { file, settings } = source;
      const facts = { name: file.name, bytes: file.bytes.byteLength, sha256: await sha256(file.bytes) };
      const dropped = source.card && droppedCard(source.card, facts);
      const weights = await readWeights(file);
      return { card: dropped ?? customCard(facts, weights, settings), weights, fromCache: false };
    }
    const card = await fetchCard(source.id);
    const path = `weights/${card.id}/${card.weights.file}`;
    const report = (receivedBytes: number, totalBytes: number) => onProgress({ receivedBytes, totalBytes });
    const { bytes, fromCache } = await environment.loadWeights(path, card.weights, report, signal);
    return { card, weights: await readWeights({ name: card.weights.file, bytes }), fromCache };
  }

  return {
    start: async ({ backend }) => {
      if (model) disposeTranslator(model.translator);
      model = null;
      info = await startEngine(backend, environment.engine);
      return info;
    },

    models: async () => {
      const { models } = (await environment.fetchJson('weights/index.json')) as { models: string[] };
      return Promise.all(models.map(fetchCard));
    },

    openScan: async ({ files, volume, scanId }, context) => {
      const scan = measured(await readFiles(files, volume));
      scans.set(scanId, scan);
      return forPage(scanId, scan, context.transfer);
    },

    matchGrid: async ({ scanId, toScanId }, context) => {
      const { volume } = scanOf(scanId);
      const { volume: target } = scanOf(toScanId);
      const resampled = !sameGrid(volume, target);
      if (resampled) {
        const { shape, zooms, affine } = target;
        const voxels = resampleToGrid(volume, target);
        scans.set(scanId, measured({ ...volume, shape, zooms, affine, voxels }));
      }
      return { scan: forPage(scanId, scanOf(scanId), context.transfer), resampled };
    },

    closeScan: async ({ scanId }) => {
      scans.delete(scanId);
      return null;
    },

    loadModel: async ({ source }, { event, signal }) => {
      const begin = environment.engine.now();
      const { card, weights, fromCache } = await readModel(source, event, signal);
      // Before the change: a cancelled call leaves the model that was there.
      signal.throwIfAborted();
      const translator = loadTranslator(card.network, weights.state);
      if (model) disposeTranslator(model.translator);
      model = { card, translator };
      timings.loadWeights = environment.engine.now() - begin;
      return {
        modelId: card.id,
        card,
        parameters: weights.parameters,
        custom: source.kind === 'file',
        fromCache,
      };
    },

    translate: async ({ scanId, modelId, slices, settings }, { event, signal }) => {
      const { volume, upper } = scanOf(scanId);
      if (!model || model.card.id !== modelId || !info) {
        throw new BadRequest(`translation: model ${modelId} must be loaded first; choose it again`);
      }
      const { card, translator } = model;
      const { now } = environment.engine;
      const date = environment.today().toISOString();
      const progress = new TranslationProgress(slices.length, card.diffusion.steps * settings.samples, now);
      const warnings = checkPlan(volume, planSlices(volume, card.preprocessing));
      if (warnings.length > 0) event({ warnings });
      event({ progress: progress.report() });
      const hooks = {
        signal,
        onStep: () => {
          progress.step();
          event({ progress: progress.report() });
        },
        pause: async () => {
          await environment.pause();
          environment.checkDevice();
        },
      };
      const size = card.preprocessing.size;
      for await (const slice of translateScan(volume, { card, translator }, slices, settings, hooks)) {
        const result: SliceResult = {
          index: slice.index,
          image: slice.image,
          spread: slice.spread,
          strip: {
            size,
            frames: slice.chain.map(stripFrame),
            labels: isResnet(translator) ? ['source', 'one pass'] : stripLabels(card.diffusion.steps),
          },
          ms: progress.slice(),
        };
        const buffers = [slice.image, ...(slice.spread ? [slice.spread] : []), ...result.strip.frames].map(
          (a) => a.buffer,
        );
        event({ slice: result }, buffers as ArrayBuffer[]);
        event({ progress: progress.report() });
      }
      Object.assign(timings, progress.timings());
      return {
        ...settings,
        modelId,
        modelName: card.name,
        weightsSha256: card.weights.sha256,
        steps: card.diffusion.steps,
        intensity: { map: card.preprocessing.intensity, upper: upper[card.preprocessing.intensity] },
        grid: { size, pixelSize: card.preprocessing.pixelSize },
        source: card.source,
        target: card.target,
        backend: info.backend,
        date,
      };
    },

    score: async ({ referenceScanId, provenance, slices }) => {
      const { volume: reference, threshold, upper } = scanOf(referenceScanId);
      const [ni, nj, nk] = reference.shape;
      const realUpper = upper[provenance.intensity.map];
      return slices.map(({ index, image }) => {
        if (image.length !== ni * nj || !(index < nk))
          throw new BadRequest(
            `reference: must lie on the scan's grid, got ${ni} x ${nj} x ${nk} for ${image.length} pixels of slice ${index}; drop it again`,
          );
        const real = reference.voxels.subarray(index * ni * nj, (index + 1) * ni * nj);
        const mask = foregroundMask(real, threshold);
        const scores = scoreSlice(
          toUnitRange(image, provenance.intensity.upper),
          toUnitRange(real, realUpper),
          ni,
          nj,
          mask,
        );
        return { index, ...scores };
      });
    },

    save: async ({ scanId, provenance, slices, dtype }, { transfer }) => {
      const { volume: scan } = scanOf(scanId);
      const voxels = new Float32Array(scan.voxels.length);
      for (const { index, image } of slices) voxels.set(image, index * image.length);
      const nifti = await writeNifti(scan, voxels, { dtype, descrip: syntheticDescrip(provenance) });
      transfer(nifti.buffer as ArrayBuffer);
      const niftiName = derivativeName(scan.name, provenance.target);
      const sidecar = sidecarJson({
        ...provenance,
        sourceName: scan.name,
        slices: slices.map((s) => s.index).sort((a, b) => a - b),
        softwareVersion: packageJson.version,
      });
      return { niftiName, nifti, sidecarName: sidecarName(niftiName), sidecar };
    },

    diagnostics: async () => {
      if (!info) throw new BadRequest('diagnostics: the engine must be started first');
      return {
        ...info,
        versions: { syndiff: packageJson.version, tfjs: tf.version.tfjs },
        userAgent: environment.userAgent,
        memory: memoryUse(),
        timings: { ...timings, selfTest: info.selfTestMs },
      };
    },
  };
}

/** One .nii or .nii.gz, or a .hdr with its .img. */
async function readFiles(files: readonly InputFile[], volume?: number): Promise<Volume> {
  const image = files.find((file) => /\.img(\.gz)?$/i.test(file.name));
  const header = files.find((file) => file !== image) ?? image;
  if (!header || files.length > (image ? 2 : 1)) {
    throw new UnsupportedFile(
      `scan: one .nii or .nii.gz, or a .hdr with its .img, got ${files.map((f) => f.name).join(', ') || 'no file'}`,
    );
  }
  return readNifti(header, { image: image === header ? undefined : image, volume });
}

function measured(volume: Volume): OpenScan {
  const { voxels } = volume;
  return {
    volume,
    threshold: foregroundThreshold(voxels),
    upper: {
      'foreground-p99.5': intensityUpper(voxels, 'foreground-p99.5'),
      'foreground-median': intensityUpper(voxels, 'foreground-median'),
    },
  };
}

/** The page's copy: what is not finite becomes the finite minimum, so that it can be drawn. */
function forPage(
  scanId: string,
  { volume: scan, threshold, upper }: OpenScan,
  transfer: (...buffers: ArrayBuffer[]) => void,
): Scan {
  const range = displayRange(scan.voxels);
  const voxels = scan.voxels.map((v) => (Number.isFinite(v) ? v : range.min));
  const perSlice = foregroundBySlice(scan, threshold);
  transfer(voxels.buffer, perSlice.buffer as ArrayBuffer);
  return {
    scanId,
    name: scan.name,
    shape: scan.shape,
    zooms: scan.zooms,
    affine: scan.affine,
    storedAxes: scan.orientation.codes,
    dtype: scan.header.dtype,
    volumeCount: scan.volumeCount,
    volumeIndex: scan.volumeIndex,
    voxels,
    range,
    upper,
    foregroundThreshold: threshold,
    foregroundBySlice: perSlice,
    warnings: checkScan(scan),
  };
}

/** The model's image (top row first, patient's right first) as the page draws it: i fastest, j upwards, one byte a pixel. */
function stripFrame(frame: Float32Array): Uint8Array {
  return Uint8Array.from(frame, (v) => Math.round(Math.min(Math.max((v + 1) / 2, 0), 1) * 255)).reverse();
}

function stripLabels(steps: number): string[] {
  return ['noise', ...Array.from({ length: steps }, (_, i) => `step ${i + 1} of ${steps}`)];
}
