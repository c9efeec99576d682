import { putSlice } from '../../../../volume/planes';
import type { BackendName, Scan, SliceResult } from '../../../../workers/translate/protocol';
import type { MadeVolume } from '../../../state/types';
import { sliceView } from './slices';

/** Nothing made yet. Memory that holds zeros costs nothing before it is written, so a volume for a few slices is cheap. */
export function emptyVolume(scan: Scan, samples: number): MadeVolume {
  const view = sliceView(scan);
  const { length } = scan.voxels;
  return {
    view,
    voxels: new Float32Array(length),
    spread: samples > 1 ? new Float32Array(length) : null,
    done: new Uint8Array(view.count),
    slices: new Map(),
  };
}

/** In place. */
export function addToVolume(made: MadeVolume, result: SliceResult, backend: BackendName): void {
  const { index, image, spread, strip, ms } = result;
  putSlice(made.voxels, made.view, index, image);
  if (made.spread && spread) putSlice(made.spread, made.view, index, spread);
  made.done[index] = 1;
  made.slices.set(index, { index, strip, ms, backend });
}
