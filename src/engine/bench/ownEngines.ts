/** The program itself as engines whose speed is compared: the same translator, and the same training, by our kernels and by plain TensorFlow.js. */
import { type EngineInfo, OWN_KERNELS } from '../backend/backend';
import { PLAIN } from '../kernels/fastPath';
import type { Timing } from '../kernels/layer';
import { ownKernels, wantOwnKernels } from '../kernels/wasm/kernels';
import { multiplyAddPeak, programLayers } from '../kernels/wasm/measure';
import { multiplyAddPeak as gpuPeak, graphLayers } from '../kernels/webgpu/measure';
import { wantStorage } from '../kernels/webgpu/wanted';
import type { Storage } from '../kernels/webgpu/wgsl';
import { type LoadedTranslator, loadTranslator } from '../methods/translator';
import * as tf from '../tf';
import { translationWork } from './flop';
import { countedOnGpu, gpuBytes } from './gpuCounts';
import { type Contender, type LayerReport, type SpeedTask, type StepCounts, threadsText } from './speed';

/** One way to compute on one backend. */
interface Variant {
  id: string;
  label: string;
  backend: string;
  isOurs: boolean;
  /** It has kernels that only translate. */
  isOfTranslation?: boolean;
  /** TensorFlow.js computes so from now on, until `leave`. */
  enter(): Promise<void>;
  leave(): void;
}

/** Where a training's iterations are timed. */
export interface TrainingEngine {
  id: string;
  label: string;
  isOurs: boolean;
  /** Computes so while the work goes on. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** Of the engines that run; plain TensorFlow.js, the oracle, first of each. */
export const ownEngines = (engines: readonly EngineInfo[]): Contender[] =>
  engines.flatMap(variantsOf).map(translatorEngine);

export const trainingEngines = (engines: readonly EngineInfo[]): TrainingEngine[] =>
  engines
    .flatMap(variantsOf)
    .filter(({ isOfTranslation }) => !isOfTranslation)
    .map((variant) => ({
      id: variant.id,
      label: variant.label,
      isOurs: variant.isOurs,
      run: (work) => within(variant, work),
    }));

function variantsOf({ backend, features, threads }: EngineInfo): Variant[] {
  const plain = variant(backend, {
    id: `${backend}-plain`,
    label: `TensorFlow.js ${backend}`,
    isOurs: false,
  });
  if (backend === 'webgpu')
    return [
      plain,
      ...(['f32', 'f16'] as const).map((storage) =>
        variant(backend, { id: `webgpu-${storage}`, label: `our kernels on webgpu, ${storage}`, storage }),
      ),
    ];
  if (backend !== 'wasm' || !features.includes(OWN_KERNELS)) return [plain];
  const most = threads?.count ?? 1;
  return [
    plain,
    ...(most === 1 ? [1] : [1, most]).map((count) =>
      variant(backend, {
        id: `wasm-own-${count}`,
        label: `our kernels on wasm, ${threadsText(count)}`,
        threads: count,
      }),
    ),
  ];
}

interface VariantOptions {
  id: string;
  label: string;
  isOurs?: boolean;
  storage?: Storage;
  threads?: number;
}

function variant(backend: string, { id, label, isOurs = true, storage, threads }: VariantOptions): Variant {
  return {
    ...{ id, label, backend, isOurs, isOfTranslation: storage !== undefined },
    enter: async () => {
      await tf.setBackend(backend);
      wantOwnKernels(isOurs);
      wantStorage(storage ?? null);
      ownKernels()?.limitThreads(threads ?? Number.POSITIVE_INFINITY);
    },
    leave: () => {
      ownKernels()?.limitThreads(Number.POSITIVE_INFINITY);
      wantOwnKernels(true);
      wantStorage(null);
    },
  };
}

async function within<T>({ enter, leave }: Variant, work: () => Promise<T>): Promise<T> {
  await enter();
  try {
    return await work();
  } finally {
    leave();
  }
}

function translatorEngine(variant: Variant): Contender {
  const { id, label, isOurs } = variant;
  return {
    ...{ id, label, isOurs, isOracle: !isOurs },
    start: (task) =>
      within(variant, async () => {
        const before = tf.getBackend() === 'webgpu' ? gpuBytes() : 0;
        const { card, weights, source, draws } = task;
        const { size } = card.preprocessing;
        const translator = await loadTranslator(card, weights, { plain: !isOurs });
        const given = tf.tensor4d(source, [1, size, size, 1]);
        const step = () =>
          within(variant, async () => {
            const images = translator.run(given, draws);
            try {
              // What it starts from, and what its first step makes of that.
              await images.next();
              const { value } = await images.next();
              const image = new Float32Array(await (value as tf.Tensor4D).data());
              if (isOurs) checkOurs(translator, variant);
              return image;
            } finally {
              await images.return(undefined);
            }
          });
        return {
          ready: variant.enter,
          step,
          counts: () => countsOf(variant, task, translator, { before, step }),
          ...(isOurs && {
            layers: (timing: Timing) => within(variant, () => layersOf(translator, task, timing)),
          }),
          dispose: async () => {
            await tf.setBackend(variant.backend);
            given.dispose();
            translator.dispose();
          },
        };
      }),
  };
}

/** @throws Error where others would be timed under our name; on wasm our convolutions work for every method */
function checkOurs({ path, inside }: LoadedTranslator, { backend }: Variant): void {
  const told = path?.();
  if (told?.startsWith(PLAIN)) throw new Error(`our kernels: not used here (${told})`);
  if (backend === 'webgpu' && !inside?.())
    throw new Error('our kernels: this method has none on webgpu; compare it on wasm');
}

async function countsOf(
  { backend, isOurs }: Variant,
  { card }: SpeedTask,
  translator: LoadedTranslator,
  { before, step }: { before: number; step: () => Promise<unknown> },
): Promise<StepCounts> {
  const inside = translator.inside?.() ?? null;
  if (isOurs && inside && 'fused' in inside) {
    const { bytes, weights } = await inside.fused.counts();
    // And what TensorFlow.js holds: images, and weights where there was no trial of the kernels.
    const held = Math.max(0, gpuBytes() - before);
    const { dispatches } = await countedOnGpu(step, before);
    return { dispatches, bytes: bytes + weights + held };
  }
  if (backend === 'webgpu') return countedOnGpu(step, before);
  const { network, diffusion, preprocessing } = card;
  const work = await translationWork(network, diffusion, preprocessing.size);
  if (isOurs && inside && 'program' in inside)
    return { dispatches: 1, bytes: inside.program.bytes + 4 * work.parameters };
  return { dispatches: work.kernels, bytes: work.peakBytes };
}

async function layersOf(
  translator: LoadedTranslator,
  { card }: SpeedTask,
  timing: Timing,
): Promise<LayerReport> {
  const inside = translator.inside?.() ?? null;
  if (inside && 'fused' in inside) {
    const [run] = await inside.fused.ready();
    const { layers, clock } = await graphLayers(run, timing);
    const peak = await gpuPeak(run.device, timing);
    const by = clock === 'timestamps' ? "the GPU's own clock" : 'the processor, around submits';
    return { layers, peak, note: `Each dispatch alone and repeated, timed by ${by}.` };
  }
  const kernels = ownKernels();
  if (!inside || !kernels)
    throw new Error('layers: are told apart of the diffusive generator alone, got another network');
  const nz = 'nz' in card.network ? Number(card.network.nz) : 0;
  const layers = await programLayers(kernels, inside.program, nz, timing);
  const { threadCount } = kernels;
  const peak = threadCount * multiplyAddPeak(kernels, timing.now);
  const times = threadCount === 1 ? '' : ` The peak is one thread's, times ${threadCount}.`;
  return {
    layers,
    peak,
    note: `Each layer within a step. 3x3 convolutions of stride 1 are made by Winograd with a quarter of the multiplications, so that their share of the peak may be above 100 %.${times}`,
  };
}
