/**
 * Chooses where the engine computes: webgpu -> webgl -> wasm -> cpu, says why, and refuses a backend that computes wrong.
 * What differs between page and Node (the GPU object, where the wasm files lie) is passed in.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { BadRequest, DeviceLost, OutOfMemory } from '../../errors';
import { registerConvolutionGradients } from '../autodiff/convolutionGradients';
import {
  isMemoryShared,
  ownKernels,
  refuseKernels,
  startKernels,
  wantOwnKernels,
} from '../kernels/wasm/kernels';
import { registerOwnKernels } from '../kernels/wasm/register';
import { MOST_THREADS } from '../kernels/wasm/taskLine';
import type { StartThread } from '../kernels/wasm/threads';
import { type KeptText, keepTiles } from '../kernels/webgpu/tileStore';
import * as tf from '../tf';
import { ownSelfTestError, SELF_TEST_TOLERANCE, selfTestError } from './selfTest';
import { isSoftware, SOFTWARE_RENDERER } from './softwareGpu';

export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** A backend that was tried or passed over, and why; in the order tried. */
export interface BackendTrial {
  backend: BackendName;
  outcome: 'chosen' | 'unavailable' | 'refused' | 'skipped';
  /** One sentence for the screen. */
  reason: string;
}

export interface EngineInfo {
  backend: BackendName;
  /** One sentence: why this backend. */
  reason: string;
  trials: BackendTrial[];
  /** WebGPU adapter as the browser names it; null on other backends. */
  adapter: AdapterDescription | null;
  /** Enabled WebGPU features and the limits in force; on wasm `OWN_KERNELS` where these are in use, on WebGPU what is used for trainings; where not, why (`NO_KERNELS`). */
  features: string[];
  limits: Record<string, number>;
  /** On wasm with `OWN_KERNELS`; else null. */
  threads: ThreadsInUse | null;
  /** Largest relative error of the known-answer self-test on the chosen backend. */
  selfTestError: number;
  selfTestMs: number;
}

export interface ThreadsInUse {
  count: number;
  /** Why there is one only, where more were wanted; without a full stop. */
  note: string | null;
}

export interface AdapterDescription {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** Runs on the CPU. */
  software: boolean;
}

export interface BackendEnvironment {
  /** navigator.gpu, Dawn's in Node, or null. */
  gpu: GPU | null;
  /** WebGL renderer name, or null where WebGL 2 is missing. */
  webglRenderer: string | null;
  /** Folder (with a closing slash) of tfjs-backend-wasm's .wasm files, or their addresses by file name. */
  wasmPaths: Parameters<typeof setWasmPaths>[0];
  /** Our own kernels for wasm, compiled (kernels/wasm/); asked for where the backend is wasm. */
  wasmKernels: () => Promise<BufferSource>;
  /** Where the kernels' tiles that a GPU was found to be fastest by are kept; null: they are found at each start. */
  tiles: KeptText | null;
  /** Threads for wasm, or why there are none here. */
  threads: WasmThreads | string;
  /** For trainings: WebGPU's kernels for these are tested and used (kernels/webgpu/operations/). */
  trains?: boolean;
  /** Milliseconds, monotonic. */
  now: () => number;
  /** The device of the chosen backend is gone or has failed: nothing that it computed since can be trusted. */
  onDeviceError: (error: DeviceLost | OutOfMemory) => void;
}

/** What measures best and leaves the machine usable, by its number of cores. */
export const defaultThreads = (cores: number): number => Math.max(1, Math.min(cores, 4));

export interface WasmThreads {
  /** How many are wanted, from 1 on. */
  count: number;
  /** As wasmPaths and wasmKernels, for memory that is shared; `fetched`: as addresses, not files. */
  wasmPaths: Parameters<typeof setWasmPaths>[0];
  fetched: boolean;
  wasmKernels: () => Promise<BufferSource>;
  startThread: StartThread;
}

/** @param count of threads that are wanted on wasm; null: as many as the environment thinks best */
export function withThreads(environment: BackendEnvironment, count: number | null): BackendEnvironment {
  const { threads } = environment;
  if (count === null || typeof threads === 'string') return environment;
  return { ...environment, threads: { ...threads, count: Math.min(count, MOST_THREADS) } };
}

const ORDER: readonly BackendName[] = ['webgpu', 'webgl', 'wasm', 'cpu'];

/** Features that later kernels use where the adapter has them. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/** The kernels of kernels/wasm/, among an engine's features. */
export const OWN_KERNELS = 'own SIMD kernels';

export const TRAINING_KERNELS = 'own kernels for training';
/** So begin features that tell where our kernels are not used, and why. */
export const NO_KERNELS = 'plain operations';
export const NO_TRAINING_KERNELS = `${NO_KERNELS} in training`;

const WANTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/**
 * Starts a backend and tests it. With 'auto' the first of the order that is there, is no software rendering and passes the
 * self-test; with a name that one, and if it fails the rest of the order.
 * @throws BadRequest for a name that is no backend; Error if no backend at all works
 */
export async function startEngine(
  want: 'auto' | BackendName,
  environment: BackendEnvironment,
): Promise<EngineInfo> {
  if (want !== 'auto' && !ORDER.includes(want)) {
    throw new BadRequest(`backend: one of auto, ${ORDER.join(', ')}, got ${want}`);
  }
  // Without this TensorFlow.js prints advertisements and checks every value.
  tf.enableProdMode();
  const order = want === 'auto' ? ORDER : [want, ...ORDER.filter((b) => b !== want)];
  const trials: BackendTrial[] = [];
  for (const backend of order) {
    const forced = backend === want;
    const attempt = await tryBackend(backend, forced, environment);
    if ('outcome' in attempt) {
      trials.push({ backend, ...attempt });
      continue;
    }
    const reason = chosenReason(backend, forced, trials);
    trials.push({ backend, outcome: 'chosen', reason });
    return { backend, reason, trials, ...attempt };
  }
  throw new Error(`backend: none works here: ${trials.map((t) => t.reason).join('; ')}`);
}

type Working = Omit<EngineInfo, 'backend' | 'reason' | 'trials'>;

/** Starts and tests one backend: what it is, or why it is not to be used. */
async function tryBackend(
  backend: BackendName,
  forced: boolean,
  environment: BackendEnvironment,
): Promise<Working | Omit<BackendTrial, 'backend'>> {
  // A device error during the trial speaks against this backend only; one of a backend that was passed over means nothing.
  let works = false;
  let failure: Error | null = null;
  const onDeviceError: BackendEnvironment['onDeviceError'] = (error) => {
    if (works) environment.onDeviceError(error);
    else failure ??= error;
  };
  try {
    const started = await START[backend]({ ...environment, onDeviceError }, forced);
    if ('skip' in started) return { outcome: started.outcome, reason: started.skip };
    const begin = environment.now();
    wantOwnKernels(false);
    const error = await selfTestError().finally(() => wantOwnKernels(true));
    if (failure) throw failure;
    if (!(error <= SELF_TEST_TOLERANCE)) {
      return {
        outcome: 'refused',
        reason: `${backend} computes wrong on this machine (self-test error ${error.toExponential(1)}, allowed ${SELF_TEST_TOLERANCE})`,
      };
    }
    works = true;
    const forTraining = backend === 'webgpu' && environment.trains ? await useTrainingKernels() : [];
    const refusal = backend === 'wasm' ? await useOwnKernels(environment) : '';
    const selfTestMs = environment.now() - begin;
    const threads = ownKernels() && (await useThreads(environment));
    const own = ownKernels() ? [OWN_KERNELS] : refusal ? [`${NO_KERNELS}: ${refusal}`] : forTraining;
    const features = [...started.features, ...own];
    return { ...started, features, threads, selfTestError: error, selfTestMs };
  } catch (error) {
    return { outcome: 'unavailable', reason: `${backend} did not start: ${messageOf(failure ?? error)}` };
  }
}

/** Our own kernels, where they start and compute right; without them all is plain TensorFlow.js. Why there are none, else ''. */
async function useOwnKernels({ wasmKernels, threads }: BackendEnvironment): Promise<string> {
  try {
    const isShared = typeof threads !== 'string' && isMemoryShared();
    await startKernels(await (isShared ? threads.wasmKernels : wasmKernels)());
    registerOwnKernels();
    for (const error of [await selfTestError(), await ownSelfTestError()])
      if (!(error <= SELF_TEST_TOLERANCE)) {
        refuseKernels();
        return `our kernels compute wrong here (self-test error ${error.toExponential(1)})`;
      }
    return '';
  } catch (error) {
    // No SIMD, or the file did not come.
    refuseKernels();
    return `our kernels did not start (${messageOf(error)})`;
  }
}

/** Our own kernels for trainings on WebGPU, those that this device computes right; what Diagnostics tells of them. */
async function useTrainingKernels(): Promise<string[]> {
  const { useGpuOperations } = await import('../kernels/webgpu/operations/use');
  const { used, refused } = await useGpuOperations();
  const told = (what: string, names: readonly string[]) =>
    names.length > 0 ? [`${what}: ${names.join('; ')}`] : [];
  return [...told(TRAINING_KERNELS, used), ...told(NO_TRAINING_KERNELS, refused)];
}

/** Threads beside this one for our kernels, as many as are wanted where they start; what there is now. */
async function useThreads({ threads }: BackendEnvironment): Promise<ThreadsInUse> {
  if (typeof threads === 'string') return { count: 1, note: threads };
  const { count, startThread } = threads;
  if (count > 1 && !isMemoryShared()) return { count: 1, note: 'the memory could not be shared' };
  try {
    await ownKernels()!.useThreads(count, startThread);
    return { count, note: null };
  } catch (error) {
    return { count: 1, note: messageOf(error) };
  }
}

/** What was told at the start, with the threads that there are now. */
export function withPresentThreads(info: EngineInfo): EngineInfo {
  const kernels = ownKernels();
  if (!kernels || kernels.threadsLost === null) return info;
  return { ...info, threads: { count: kernels.threadCount, note: kernels.threadsLost } };
}

/** Whether this machine gives memory to share of the size that TensorFlow.js's wasm may grow to; some phones do not. */
function canShareMemory(): boolean {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true }) !== null;
  } catch {
    return false;
  }
}

type Started =
  | { skip: string; outcome: 'unavailable' | 'skipped' }
  | { adapter: AdapterDescription | null; features: string[]; limits: Record<string, number> };

const NO_GPU_DETAILS = { adapter: null, features: [], limits: {} };

const START: Record<BackendName, (environment: BackendEnvironment, forced: boolean) => Promise<Started>> = {
  webgpu: startWebGpu,
  webgl: async ({ webglRenderer, onDeviceError }, forced) => {
    if (webglRenderer === null) return { skip: 'WebGL 2 is not available', outcome: 'unavailable' };
    if (!forced && SOFTWARE_RENDERER.test(webglRenderer)) {
      return { skip: `WebGL runs in software here (${webglRenderer}); wasm is faster`, outcome: 'skipped' };
    }
    await import('./webgl');
    if (!(await tf.setBackend('webgl'))) return { skip: 'WebGL did not start', outcome: 'unavailable' };
    // Half-float textures cannot hold the network's range exactly enough.
    if (tf.env().getNumber('WEBGL_VERSION') !== 2 || !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
      return { skip: 'WebGL has no float32 textures to compute in', outcome: 'unavailable' };
    }
    const { canvas } = (tf.backend() as unknown as { gpgpu: { gl: { canvas: EventTarget } } }).gpgpu.gl;
    canvas.addEventListener('webglcontextlost', () => {
      onDeviceError(new DeviceLost('webgl: the graphics context was lost'));
    });
    return NO_GPU_DETAILS;
  },
  wasm: async ({ wasmPaths, threads }) => {
    // The threaded build breaks when minified and would need blob: workers, which the page's policy forbids.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    const isShared =
      typeof threads !== 'string' &&
      threads.count > 1 &&
      (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) &&
      canShareMemory();
    if (isShared) setWasmPaths(threads.wasmPaths, threads.fetched);
    else setWasmPaths(wasmPaths);
    registerConvolutionGradients('wasm');
    if (!(await tf.setBackend('wasm'))) return { skip: 'WebAssembly did not start', outcome: 'unavailable' };
    return NO_GPU_DETAILS;
  },
  cpu: async () => {
    await tf.setBackend('cpu');
    return NO_GPU_DETAILS;
  },
};

async function startWebGpu(
  { gpu, tiles, now, onDeviceError }: BackendEnvironment,
  forced: boolean,
): Promise<Started> {
  if (!gpu) return { skip: 'WebGPU is not available', outcome: 'unavailable' };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return { skip: 'WebGPU has no adapter', outcome: 'unavailable' };
  const description = describeAdapter(adapter);
  if (description.software && !forced) {
    const name = description.description || description.architecture || description.vendor;
    return { skip: `WebGPU runs in software here (${name}); wasm is faster`, outcome: 'skipped' };
  }

  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    onDeviceError(
      error.constructor.name === 'GPUOutOfMemoryError'
        ? new OutOfMemory(
            `webgpu: the GPU's memory is used up (${error.message}); choose a smaller model or wasm`,
          )
        : new DeviceLost(`webgpu: the GPU reported an error (${error.message})`),
    );
  });
  void device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') onDeviceError(new DeviceLost(`webgpu: the GPU device was lost (${message})`));
  });

  keepTiles(device, { kept: tiles, now });
  tf.env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  registerConvolutionGradients('webgpu');
  if (!(await tf.setBackend('webgpu'))) return { skip: 'WebGPU did not start', outcome: 'unavailable' };
  return {
    adapter: description,
    features: [...device.features].sort(),
    limits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

function describeAdapter(adapter: GPUAdapter): AdapterDescription {
  const { vendor, architecture, device, description } = adapter.info;
  return { vendor, architecture, device, description, software: isSoftware(adapter.info) };
}

function chosenReason(backend: BackendName, forced: boolean, before: BackendTrial[]): string {
  if (forced) return `${backend} was asked for`;
  if (before.length === 0) return `${backend} is available and passed the self-test`;
  return `${backend}, because: ${before.map((t) => t.reason).join('; ')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
