/**
 * What the worker can do for the page: one handler a call. Scans and the loaded model live here; finished slices do not,
 * they belong to the page, so that a worker can be thrown away at any time.
 */
import packageJson from '../../../package.json';
import {
  type BackendEnvironment,
  type EngineInfo,
  startEngine,
  withPresentThreads,
  withThreads,
} from '../../engine/backend/backend';
import { memoryUse } from '../../engine/backend/memory';
import type { ModelCard } from '../../engine/cards/modelCard';
import { MODEL_INDEX } from '../../engine/cards/modelIndex';
import { onScale } from '../../engine/evaluation/dataRange';
import { foregroundMask } from '../../engine/evaluation/metrics/foreground';
import { scoreSlice } from '../../engine/evaluation/metrics/scoreSlice';
import { inputWarnings } from '../../engine/inputWarnings';
import { compileAhead } from '../../engine/methods/compileAhead';
import { previewCard } from '../../engine/methods/preview';
import { type LoadedTranslator, loadTranslator } from '../../engine/methods/translator';
import { prepareScan } from '../../engine/prepareScan';
import { provenanceOf } from '../../engine/provenance';
import { readStyle } from '../../engine/readStyle';
import * as tf from '../../engine/tf';
import { type ScanHooks, translateScan } from '../../engine/translateScan';
import { refuseUnconditional } from '../../engine/unconditional';
import { BadRequest } from '../../errors';
import { lateCode } from '../../lateCode';
import { refuseEmpty } from '../../volume/checkInput';
import { checkScan } from '../../volume/checkScan';
import { openScan } from '../../volume/formats';
import type { ReadOptions, ScanFile } from '../../volume/formats/scanFormat';
import { type Foreground, headOverlap } from '../../volume/headOverlap';
import type { Image3 } from '../../volume/image';
import {
  type IntensityFrame,
  isAbsolute,
  rangeOfLevels,
  referenceFrame,
  thresholdOfLevels,
  untranslated,
} from '../../volume/intensity';
import { screenImage } from '../../volume/modelImage';
import { planeView, putSlice, takeSlice } from '../../volume/planes';
import { resampleToGrid, sameGrid } from '../../volume/resample';
import { isSameImage } from '../../volume/sameImage';
import { type ScanMeasures, scanMeasures } from '../../volume/scanMeasures';
import { derivativeName, sidecarJson, sidecarName, syntheticDescrip } from '../../volume/sidecar';
import { notFinite } from '../../volume/tally';
import { fetchCard, type ModelFiles, openModel } from '../line/modelFiles';
import { oneAtATime } from '../line/oneAtATime';
import type { CallHandlers } from '../line/serve';
import { type ColdStart, coldStartOf, type FirstSlice } from './coldStart';
import type { Calls, Scan, SliceResult } from './protocol';
import { TranslationProgress } from './translationProgress';

export interface CallsEnvironment extends ModelFiles {
  engine: BackendEnvironment;
  /** Throws if the GPU has failed since the engine started. */
  checkDevice: () => void;
  /** Lets waiting messages in, a cancel among them. */
  pause: () => Promise<void>;
  /** For voxels: shared with the page where that can be. */
  memory: (bytes: number) => ArrayBufferLike;
  /** Inflates a large file on another thread. */
  inflate?: ReadOptions['inflate'];
  today: () => Date;
  userAgent: string;
}

export interface OpenScan {
  /** Milliseconds from the call to what the page is given. */
  readMs: number;
  file: ScanFile;
  measures: ScanMeasures;
}

interface Model {
  card: ModelCard;
  translator: LoadedTranslator;
  /** How it came here, until its first slice is made. */
  loaded: Pick<FirstSlice, 'weights' | 'weightsFrom' | 'placed'> | null;
}

export function createCalls(environment: CallsEnvironment): CallHandlers<Calls> {
  const scans = new Map<string, OpenScan>();
  let model: Model | null = null;
  let info: EngineInfo | null = null;
  let coldStart: ColdStart | undefined;
  const timings: Record<string, number> = {};
  /** A call that was cancelled still ends its step, and the page has gone on: what computes on the model waits for it. */
  const inTurn = oneAtATime();
  const onModel =
    <Params, Context extends { signal: AbortSignal }, Result>(
      handler: (params: Params, context: Context) => Promise<Result>,
    ) =>
    (params: Params, context: Context) =>
      inTurn(async () => {
        context.signal.throwIfAborted();
        return handler(params, context);
      });

  const scanOf = (scanId: string): OpenScan => {
    const scan = scans.get(scanId);
    if (!scan) throw new BadRequest(`scan: must be open, got ${scanId}; open the file again`);
    return scan;
  };

  const loadedModel = (modelId: string): Model => {
    if (!model || model.card.id !== modelId)
      throw new BadRequest(`translation: model ${modelId} must be loaded first; choose it again`);
    return model;
  };

  return {
    start: async ({ backend, threads }) => {
      model?.translator.dispose();
      model = null;
      info = await startEngine(backend, withThreads(environment.engine, threads));
      return info;
    },

    models: async () => {
      const subject = 'weights/index.json';
      const { models } = MODEL_INDEX.read(await environment.fetchJson(subject), { subject });
      return Promise.all(models.map((id) => fetchCard(environment, id)));
    },

    openScan: async ({ files, volume, scanId }, context) => {
      const { memory, inflate } = environment;
      const { now } = environment.engine;
      const begin = now();
      const pause = async (read: number) => {
        context.event({ read });
        await environment.pause();
        context.signal.throwIfAborted();
      };
      const file = await openScan(files, { volume, pause, memory, inflate });
      const scan = measured(file);
      const { tally, levels, frameOf, foregroundBySlice, intensities } = scan.measures;
      // Each walks over all voxels, and a cancel is heard between them. All of them are kept for what follows.
      const frames = () => frameOf('foreground-median');
      for (const measure of [tally, levels, frames, () => foregroundBySlice(), intensities]) {
        measure();
        await environment.pause();
        context.signal.throwIfAborted();
      }
      // From here on nothing waits: a scan that was given up is not kept.
      refuseEmpty(file, scan.measures.levels());
      scans.set(scanId, scan);
      const opened = forPage(scanId, scan, context.transfer);
      scan.readMs = now() - begin;
      return opened;
    },

    matchGrid: async ({ scanId, toScanId }, context) => {
      const { file, readMs } = scanOf(scanId);
      const source = scanOf(toScanId);
      const target = source.file.image;
      const resampled = !sameGrid(file.image, target);
      if (resampled) {
        const { shape, zooms, affine } = target;
        const voxels = resampleToGrid(file.image, target);
        const matched = measured({ ...file, image: { shape, zooms, affine, voxels } });
        scans.set(scanId, { ...matched, readMs });
      }
      const matched = scanOf(scanId);
      const overlap = headOverlap(foregroundOf(source), foregroundOf(matched));
      const same = isSameImage(target, matched.file.image);
      return { scan: forPage(scanId, matched, context.transfer), resampled, overlap, same };
    },

    closeScan: async ({ scanId }) => {
      scans.delete(scanId);
      return null;
    },

    checkInput: async ({ scanId, model: wanted }) => {
      const { file, measures } = scanOf(scanId);
      return inputWarnings(prepareScan(file.image, wanted, measures), wanted);
    },

    loadModel: onModel(async ({ source }, { event, signal }) => {
      const { now } = environment.engine;
      const begin = now();
      const onCard = (coming: ModelCard) => void compileAhead(coming).catch(() => {});
      const { card, weights, fromCache } = await openModel(environment, source, event, signal, onCard);
      refuseUnconditional(card);
      // Before the change: a cancelled call leaves the model that was there.
      signal.throwIfAborted();
      const inMemory = now();
      const translator = await loadTranslator(card, weights.state);
      model?.translator.dispose();
      const weightsFrom = source.kind === 'file' ? 'file' : fromCache ? 'store' : 'network';
      const loaded = { weights: inMemory - begin, weightsFrom, placed: now() - inMemory } as const;
      model = { card, translator, loaded };
      timings.loadWeights = now() - begin;
      return {
        modelId: card.id,
        card,
        parameters: weights.parameters,
        custom: source.kind === 'file',
        fromCache,
      };
    }),

    readModel: async ({ source }, { event, signal }) =>
      (await openModel(environment, source, event, signal)).card,

    readStyle: onModel(async ({ scanId, modelId }, { signal }) => {
      const { file, measures } = scanOf(scanId);
      const pause = async () => {
        await environment.pause();
        environment.checkDevice();
        signal.throwIfAborted();
      };
      return readStyle(file, loadedModel(modelId), { measures, pause });
    }),

    compare: onModel(async (request, { event, signal }) => {
      if (!info) throw new BadRequest('comparison: the engine must be started first; reload the page');
      // Loaded when it is wanted: a translation needs nothing of it.
      const { compareModels } = await lateCode('comparison', () => import('./compare'));
      await compareModels(request, {
        scanOf,
        weights: async (source) => (await openModel(environment, source, () => {}, signal)).weights.state,
        now: environment.engine.now,
        signal,
        pause: async () => {
          await environment.pause();
          environment.checkDevice();
        },
        event,
      });
      return null;
    }),

    translate: onModel(async ({ scanId, modelId, slices, settings, preview, batch }, { event, signal }) => {
      const { file, measures, readMs: read } = scanOf(scanId);
      const { card: whole, translator: all } = loadedModel(modelId);
      if (!info) throw new BadRequest('translation: the engine must be started first; reload the page');
      const short = preview ? previewCard(whole) : null;
      const card = short ?? whole;
      const translator = short ? all.by(short.diffusion) : all;
      const { now } = environment.engine;
      const date = environment.today();
      const progress = new TranslationProgress(slices.length, translator.steps * settings.samples, now);
      event({ progress: progress.report() });
      const parts = { prepare: 0, place: 0 };
      const timed: ScanHooks['timed'] = (part, work) => {
        const begin = now();
        const made = work();
        parts[part] += now() - begin;
        return made;
      };
      const prepared = timed('prepare', () => prepareScan(file.image, card, measures));
      const hooks: ScanHooks = {
        timed,
        batch,
        signal,
        onStep: (together: number) => {
          progress.step(together);
          event({ progress: progress.report() });
        },
        pause: async () => {
          await environment.pause();
          environment.checkDevice();
        },
      };
      for await (const slice of translateScan(prepared, { card, translator }, slices, settings, hooks)) {
        const result: SliceResult = {
          index: slice.index,
          image: slice.image,
          spread: slice.spread,
          strip: { frames: slice.chain.map(screenImage), labels: [...translator.frames] },
          ms: progress.slice(),
        };
        if (model?.loaded) {
          const steps = translator.steps * settings.samples;
          const slice = { firstStep: progress.firstStep(), slice: progress.report().elapsedMs, steps };
          coldStart = coldStartOf({ read, ...model.loaded, ...slice, ...parts });
          model.loaded = null;
        }
        const frames = result.strip.frames.map(({ pixels }) => pixels);
        const arrays = [slice.image, ...(slice.spread ? [slice.spread] : []), ...frames];
        event({ slice: result }, arrays.map(({ buffer }) => buffer) as ArrayBuffer[]);
        event({ progress: progress.report() });
      }
      Object.assign(timings, progress.timings());
      for (const part of ['prepare', 'place'] as const) timings[part] = parts[part] / slices.length;
      const previewOf = short ? whole.diffusion.steps : undefined;
      return provenanceOf(card, prepared, settings, { backend: info.backend, date, previewOf });
    }),

    score: async ({ scanId, referenceScanId, provenance, slices }) => {
      if (provenance.previewOf !== undefined)
        throw new BadRequest(
          `scores: must be of a model's whole chain, got a preview of ${provenance.steps} of ${provenance.previewOf} steps; translate without`,
        );
      const scan = scanOf(scanId).file.image;
      const { file, measures } = scanOf(referenceScanId);
      const reference = file.image;
      const view = planeView(reference, 'axial');
      const { width, height, count } = view;
      const { source, target } = provenance.intensity;
      const realFrame = referenceFrame(measures.frameOf, target);
      const threshold = thresholdOfLevels(measures.levels(), target.map);
      return slices.map(({ index, image }) => {
        if (image.length !== width * height || !(index < count))
          throw new BadRequest(
            `reference: must lie on the scan's grid, got ${width} x ${height} x ${count} for ${image.length} pixels of slice ${index}; drop it again`,
          );
        const real = takeSlice(reference.voxels, view, index);
        const mask = foregroundMask(real, threshold);
        const score = (values: Float32Array, frame: IntensityFrame) => ({
          index,
          ...scoreSlice(onScale(values, frame), onScale(real, realFrame), width, height, mask),
        });
        return { synthetic: score(image, target), copy: score(takeSlice(scan.voxels, view, index), source) };
      });
    },

    save: async ({ scanId, provenance, slices, dtype }, { event, signal }) => {
      const { file: scan } = scanOf(scanId);
      const { target } = provenance.intensity;
      const voxels = wholeVolume(scan.image, slices) ?? volumeOf(scan.image, slices, untranslated(target));
      const image = await blobOf(
        scan.chunks(voxels, {
          dtype,
          units: isAbsolute(target.map) ? 'HU' : 'arbitrary',
          descrip: syntheticDescrip(provenance),
          pause: async (saved) => {
            event({ saved });
            await environment.pause();
            signal.throwIfAborted();
          },
        }),
      );
      const imageName = derivativeName(scan.name, provenance.target, scan.ending);
      const sidecar = sidecarJson({
        ...provenance,
        sourceName: scan.name,
        slices: slices.map((s) => s.index).sort((a, b) => a - b),
        softwareVersion: packageJson.version,
      });
      return { imageName, image, sidecarName: sidecarName(imageName), sidecar };
    },

    diagnostics: async () => {
      if (!info) throw new BadRequest('diagnostics: the engine must be started first');
      return {
        ...withPresentThreads(info),
        versions: { syndiff: packageJson.version, tfjs: tf.version.tfjs },
        userAgent: environment.userAgent,
        memory: memoryUse(),
        path: model?.translator.path?.(),
        timings: { ...timings, selfTest: info.selfTestMs },
        coldStart,
      };
    },
  };
}

function measured(file: ScanFile): OpenScan {
  return { readMs: 0, file, measures: scanMeasures(file.image) };
}

function foregroundOf({ file, measures }: OpenScan): Foreground {
  return { voxels: file.image.voxels, threshold: thresholdOfLevels(measures.levels()) };
}

type SentSlice = Calls['save']['params']['slices'][number];

/** The page's: what is not finite becomes the finite minimum, so that it can be drawn. */
function forPage(
  scanId: string,
  { file, measures }: OpenScan,
  transfer: (...buffers: ArrayBuffer[]) => void,
): Scan {
  const levels = measures.levels();
  const threshold = thresholdOfLevels(levels);
  const range = rangeOfLevels(levels);
  const { name, image, volumeCount, volumeIndex } = file;
  const { axisCodes, dtype } = file.describe();
  const voxels = voxelsForPage(image.voxels, range.min, measures);
  const perSlice = measures.foregroundBySlice().slice();
  transfer(perSlice.buffer as ArrayBuffer);
  if (voxels.buffer instanceof ArrayBuffer) transfer(voxels.buffer);
  return {
    ...image,
    scanId,
    name,
    storedAxes: axisCodes,
    dtype,
    volumeCount,
    volumeIndex,
    voxels,
    range,
    upper: {
      'foreground-p99.5': measures.frameOf('foreground-p99.5').high,
      'foreground-median': measures.frameOf('foreground-median').high,
    },
    foregroundThreshold: threshold,
    foregroundBySlice: perSlice,
    warnings: checkScan(file, measures),
  };
}

/** The worker's own where they are shared and nothing of them must be replaced, else a copy. Nobody writes to them. */
function voxelsForPage(own: Float32Array, least: number, measures: ScanMeasures): Float32Array {
  const { nan, infinite } = notFinite(measures.tally());
  const isClean = nan + infinite === 0;
  if (isClean && !(own.buffer instanceof ArrayBuffer)) return own;
  const copy = own.slice();
  if (isClean) return copy;
  for (let at = 0; at < copy.length; at++) if (!Number.isFinite(copy[at])) copy[at] = least;
  return copy;
}

/** The shared memory that all slices of a volume lie in, each in its place, as the page keeps what is made: then nothing is copied. */
function wholeVolume({ shape, voxels }: Image3, slices: readonly SentSlice[]): Float32Array | null {
  const area = shape[0] * shape[1];
  if (slices.length < shape[2]) return null;
  const { buffer } = slices[0].image;
  const isWhole = slices.every(
    ({ index, image }) =>
      image.buffer === buffer && image.byteOffset === 4 * area * index && image.length === area,
  );
  return isWhole && buffer.byteLength === voxels.byteLength ? new Float32Array(buffer) : null;
}

function volumeOf(scan: Image3, slices: readonly SentSlice[], empty: number): Float32Array {
  const voxels = new Float32Array(scan.voxels.length);
  // Memory of zeros that nobody writes to takes none.
  if (empty !== 0) voxels.fill(empty);
  const view = planeView(scan, 'axial');
  for (const { index, image } of slices) putSlice(voxels, view, index, image);
  return voxels;
}

/** Bytes after which chunks become a blob, which the browser keeps, on its disk where it is large. */
const BLOB_PART = 2 ** 23;

async function blobOf(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  const blobs: Blob[] = [];
  let held: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < BLOB_PART) continue;
    blobs.push(new Blob(held));
    [held, bytes] = [[], 0];
  }
  return new Blob([...blobs, ...held]);
}
