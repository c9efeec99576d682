import { putSlice, takeSlice } from '../../../../volume/planes';
import type { BackendName, Scan, SliceResult } from '../../../../workers/translate/protocol';
import type { MadeVolume } from '../../../state/types';
import { sliceView } from './slices';

/**
 * Nothing made yet. Memory that holds zeros costs nothing before it is written, so a volume for a few slices is cheap. It is shared
 * with the worker where the scan's is: slices are then saved and scored without being copied.
 */
export function emptyVolume(scan: Scan, samples: number): MadeVolume {
  const view = sliceView(scan);
  const { length, buffer } = scan.voxels;
  const voxels =
    buffer instanceof ArrayBuffer ? new ArrayBuffer(4 * length) : new SharedArrayBuffer(4 * length);
  return {
    view,
    voxels: new Float32Array(voxels),
    spread: samples > 1 ? new Float32Array(length) : null,
    done: new Uint8Array(view.count),
    slices: new Map(),
  };
}

/** A slice for the worker: of shared memory the pixels themselves, else a copy, for a part of a buffer takes all of it along. */
export function sliceToSend(
  { view, voxels }: MadeVolume,
  index: number,
): { index: number; image: Float32Array } {
  if (voxels.buffer instanceof ArrayBuffer) return { index, image: takeSlice(voxels, view, index) };
  const first = index * view.step[2];
  return { index, image: voxels.subarray(first, first + view.width * view.height) };
}

/** In place. */
export function addToVolume(made: MadeVolume, result: SliceResult, backend: BackendName): void {
  const { index, image, spread, strip, ms } = result;
  putSlice(made.voxels, made.view, index, image);
  if (made.spread && spread) putSlice(made.spread, made.view, index, spread);
  made.done[index] = 1;
  made.slices.set(index, { index, strip, ms, backend });
}
