/**
 * What a run will take of the backend's memory, told before it starts. Weights are counted; activations come from figures that
 * were measured once (docs/MEASUREMENTS.md, "Training"), in units of one image plane of float32 times the network's base width.
 */

import type { BackendName } from '../backend/backend';
import { numberOfValues } from '../networks/table';
import { isAveraged, learns, type NetworkName, networkTables } from './networks';
import { hasR, type TrainSettings, trainedSize, trainsR } from './settings';

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
}

/** A WebAssembly heap of 32-bit addresses, as TensorFlow.js builds it. */
const WASM_HEAP = 2 ** 32;

/**
 * What a backend holds for a byte of live tensors: wasm's heap falls into pieces, and WebGPU keeps buffers for reuse by their
 * exact size.
 */
const HELD: Record<BackendName, number> = { webgpu: 1.6, webgl: 1.6, wasm: 1.35, cpu: 1 };

/** Live activations, in image planes times base width, at the most. */
const PLANES = {
  /** What R's forward pass leaves for its backward one. */
  r: 26,
  /** Its passing intermediate results. */
  rPassing: 32,
  /** Gradient of a discriminator's loss, and of R1, which differentiates twice. */
  d: 50,
  r1: { large: 190, small: 260 },
  /** Gradient of a diffusive generator, times the sum over its levels of width/pixels; with and without recomputation. */
  g: { kept: 145, again: 45 },
};

/**
 * @param slices images of both contrasts that the run holds outside of the backend
 */
export function estimateMemory(
  settings: TrainSettings,
  limits: MemoryLimits,
  slices: number,
): MemoryEstimate {
  const { size, batch, widths, variant, generator } = settings;
  const seen = trainedSize(settings);
  const counts = new Map<NetworkName, number>();
  for (const [name, table] of networkTables(settings)) counts.set(name, numberOfValues(table));
  const bytesOf = (copies: (name: NetworkName) => number) =>
    [...counts].reduce((sum, [name, count]) => sum + 4 * count * copies(name), 0);
  const most = (pattern: RegExp) =>
    Math.max(0, ...[...counts].filter(([n]) => pattern.test(n)).map(([, c]) => 4 * c));

  const plane = 4 * batch * seen * seen;
  const heldByR = trainsR(variant) ? 2 * PLANES.r * widths.r * plane : 0;
  const inR = hasR(variant) ? PLANES.rPassing * widths.r * plane : 0;
  const inD =
    variant.adversarial && variant.diffusion
      ? PLANES.r1[settings.discriminator] * widths.diffusive * plane
      : 0;
  const levels = generator.ch_mult.reduce((sum, mult, level) => sum + mult / 4 ** level, 0);
  const throughD = inD > 0 ? 15 * widths.diffusive * plane : 0;
  const inG = variant.diffusion
    ? PLANES.g[settings.recompute ? 'again' : 'kept'] * levels * generator.num_channels_dae * plane +
      attentionBytes(settings) +
      throughD
    : 0;
  const parts = [
    { label: 'weights', bytes: bytesOf(() => 1) },
    { label: "Adam's moments", bytes: bytesOf((name) => (learns(name, settings) ? 2 : 0)) },
    { label: 'moving averages', bytes: bytesOf((name) => (isAveraged(name, settings) ? 1 : 0)) },
    {
      // All generators' gradients wait for each other; a discriminator has those of its three terms.
      label: 'gradients',
      bytes: Math.max(
        bytesOf((name) => (isAveraged(name, settings) ? 1 : 0)),
        3 * most(/^d/),
      ),
    },
    { label: 'activations', bytes: heldByR + Math.max(inR, inD, inG) },
  ];
  const live = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  parts.push({ label: `held for reuse by ${limits.backend}`, bytes: live * (HELD[limits.backend] - 1) });
  const total = live * HELD[limits.backend];
  const limit = limits.backend === 'wasm' ? WASM_HEAP : null;
  const largestTensor = largestOf(settings, Math.max(...counts.values()));
  parts.push({ label: 'slices, outside of it', bytes: 2 * slices * size * size });
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

/** Scores and their gradients over all pairs of positions, where there is attention. */
function attentionBytes(settings: TrainSettings): number {
  const { size, batch, generator } = settings;
  const { ch_mult, attn_resolutions } = generator;
  const sides = ch_mult.map((_, level) => size / 2 ** level);
  const last = sides[sides.length - 1];
  const widest = Math.max(last, ...sides.filter((side) => attn_resolutions.includes(side)));
  return 5 * 4 * batch * ((widest * trainedSize(settings)) / size) ** 4;
}

/** A padded full-size feature map: of the discriminator's first block, or of the decoder's last, which reads two at once. */
function largestOf(settings: TrainSettings, largestNetwork: number): number {
  const { batch, widths, generator, variant } = settings;
  const width = Math.max(
    variant.adversarial && variant.diffusion ? 4 * widths.diffusive : 0,
    2 * generator.num_channels_dae * (generator.ch_mult[0] ?? 1),
    2 * widths.r,
  );
  // One weight is at most a ninth of a network of this kind.
  return Math.max(4 * batch * (trainedSize(settings) + 3) ** 2 * width, (4 * largestNetwork) / 9);
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
