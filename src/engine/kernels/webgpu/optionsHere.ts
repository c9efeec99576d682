/** How kernels keep numbers on this device, and by which tiles. */
import type { FusedNetwork, FusedOptions } from './fusedNetwork';
import { onSoftware, webgpuBackend } from './runtime';
import { tuningOf } from './tuning';
import { wantedStorage } from './wanted';

/** @throws Error where plain operations are to be used */
export async function optionsHere(): Promise<FusedOptions> {
  const { device } = webgpuBackend();
  const wanted = wantedStorage();
  const isSoftware = onSoftware(device);
  // Such a driver compiles the shaders for longer than it computes by them.
  if (isSoftware && wanted === null) throw new Error('the WebGPU adapter runs in software');
  // Halves where the device has arithmetic of them, a sign that it moves them well.
  const storage = wanted ?? (device.features.has('shader-f16') ? 'f16' : 'f32');
  const tuning = isSoftware ? null : await tuningOf(device);
  const subgroups = device.features.has('subgroups');
  return { storage, weights: storage, subgroups, tuning: tuning ?? undefined };
}

/** For Diagnostics. */
export function fusedLabel(
  { storage }: FusedOptions,
  { tuned }: Pick<FusedNetwork<unknown>, 'tuned'>,
): string {
  const some = tuned && tuned.tuned < tuned.shapes ? ` for ${tuned.tuned} of ${tuned.shapes} shapes` : '';
  const tiles = tuned && tuned.tuned > 0 ? `, tiles tuned${some}` : '';
  return `fused WGSL kernels, ${storage} with float32 sums${tiles}`;
}
