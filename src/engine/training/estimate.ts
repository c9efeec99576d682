/**
 * What a run will take of the backend's memory, told before it starts. Weights are counted; activations come from figures that
 * were measured once (docs/MEASUREMENTS.md, "Training"), in units of one image plane of float32 times the network's base width.
 */
import { type BackendName, type EngineInfo, OWN_KERNELS } from '../backend/backend';
import { trainingOf } from '../methods';
import type { NetworkSpec } from '../methods/method';
import { numberOfValues } from '../networks/table';
import { MOST_KEPT } from './iteration';
import { networksOf } from './networks';
import { type TrainSettings, trainedSize } from './settings';

export interface MemoryEstimate {
  /** Bytes, for the screen. */
  parts: { label: string; bytes: number }[];
  total: number;
  /** What the backend can give: null where unknown. */
  limit: number | null;
  /** The largest single tensor against the largest single buffer of the backend (null: unknown). */
  largestTensor: number;
  largestBuffer: number | null;
  /** false where a limit is exceeded; `sentence` says what to do then. */
  fits: boolean;
  sentence: string;
}

/** What is known of the machine. */
export interface MemoryLimits {
  backend: BackendName;
  /** WebGPU's largest storage buffer, bytes; null on other backends. */
  largestBuffer: number | null;
  /** Whether wasm computes by kernels of our own. */
  ownKernels: boolean;
}

export const memoryLimits = ({ backend, limits, features }: EngineInfo): MemoryLimits => ({
  backend,
  largestBuffer: limits.maxStorageBufferBindingSize ?? null,
  ownKernels: features.includes(OWN_KERNELS),
});

/** A WebAssembly heap of 32-bit addresses, as TensorFlow.js builds it. */
const WASM_HEAP = 2 ** 32;

/**
 * What a backend holds for a byte of live tensors: wasm's heap falls into pieces, and WebGPU keeps buffers for reuse by their
 * exact size.
 */
const HELD: Record<BackendName, number> = { webgpu: 1.6, webgl: 1.6, wasm: 1.35, cpu: 1 };

/**
 * The same of a byte that plain operations would have alive, where kernels of our own keep less of it: their heaps are 0.72 to 1.02 of it,
 * by method (docs/MEASUREMENTS.md, "Training").
 */
const HELD_BY_OWN = 1.1;

/**
 * @param outside bytes of the slices, which are held outside of the backend (`dataBytes`)
 */
export function estimateMemory(
  settings: TrainSettings,
  limits: MemoryLimits,
  outside: number,
): MemoryEstimate {
  const specs = networksOf(settings);
  const bytesOf = (copies: (spec: NetworkSpec) => number) =>
    specs.reduce((sum, spec) => sum + 4 * numberOfValues(spec.table) * copies(spec), 0);
  const activations = trainingOf(settings).memory(settings);
  const sets = activations.inParts ? 2 : 1;
  const waiting = bytesOf(({ role, learns }) => (role === 'generator' && learns ? sets : 0));
  const averaged = bytesOf((spec) => (spec.averaged ? 1 : 0));
  const { early = ({ role }) => role === 'discriminator' } = activations;
  const before = bytesOf((spec) => (spec.learns && early(spec) ? (spec.averaged ? 4 : 3) : 0));
  const kept = before > MOST_KEPT ? 0 : before;
  const parts = [
    { label: 'weights', bytes: bytesOf(() => 1) },
    { label: "Adam's moments", bytes: bytesOf(({ learns }) => (learns ? 2 : 0)) },
    { label: 'moving averages', bytes: averaged },
    // All generators' gradients wait for each other; a discriminator has those of its terms.
    { label: 'gradients', bytes: Math.max(waiting, activations.waiting) },
    // What is updated before an iteration ends is kept as it was, with its moments, until then: it may be stopped.
    { label: 'networks before the iteration', bytes: kept },
    { label: 'activations', bytes: activations.bytes },
  ];
  const live = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const held = limits.ownKernels ? HELD_BY_OWN : HELD[limits.backend];
  parts.push({ label: `held for reuse by ${limits.backend}`, bytes: live * (held - 1) });
  const total = live * held;
  const limit = limits.backend === 'wasm' ? WASM_HEAP : null;
  const largestTensor = Math.max(
    // A padded feature map at full size.
    4 * settings.batch * (trainedSize(settings) + 3) ** 2 * activations.widest,
    // One weight is at most a ninth of a network of this kind.
    (4 * Math.max(...specs.map(({ table }) => numberOfValues(table)))) / 9,
  );
  parts.push({ label: 'slices, outside of it', bytes: outside });
  const fits = (limit === null || total <= limit) && largestTensor <= (limits.largestBuffer ?? Infinity);
  return {
    parts,
    total,
    limit,
    largestTensor,
    largestBuffer: limits.largestBuffer,
    fits,
    sentence: sentence(settings, { total, limit, largestTensor, fits, ...limits }),
  };
}

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(bytes < 2 ** 30 ? 2 : 1)} GiB`;

function sentence(
  { preset }: TrainSettings,
  {
    backend,
    total,
    limit,
    largestTensor,
    largestBuffer,
    fits,
  }: MemoryLimits & { total: number; limit: number | null; largestTensor: number; fits: boolean },
): string {
  const smaller = 'choose a smaller preset or batch, one direction, or no adversarial term';
  if (limit !== null && total > limit)
    return `memory: ${preset} needs about ${gib(total)} on ${backend}, which can hold ${gib(limit)}; ${smaller}.`;
  if (!fits)
    return `memory: ${preset} needs a buffer of ${gib(largestTensor)}, and this GPU's largest is ${gib(largestBuffer ?? 0)}; ${smaller}.`;
  const known = limit === null ? 'how much the GPU has is not told' : `of ${gib(limit)}`;
  return `memory: about ${gib(total)} on ${backend} (${known}).`;
}
