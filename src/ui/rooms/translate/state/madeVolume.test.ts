import { expect, it } from 'vitest';
import { fakeScan, fakeSlice } from '../../../../../test/fakeClient';
import { addToVolume, emptyVolume, sliceToSend } from './madeVolume';

it('shares memory with the worker where the scan does, and sends copies where it does not', () => {
  const own = fakeScan('s', 'a.nii');
  const shared = { ...own, voxels: new Float32Array(new SharedArrayBuffer(4 * own.voxels.length)) };
  for (const scan of [own, shared]) {
    const made = emptyVolume(scan, 1);
    addToVolume(made, fakeSlice(3, 0), 'wasm');
    const { index, image } = sliceToSend(made, 3);
    expect([index, image]).toEqual([3, fakeSlice(3, 0).image]);
    expect(image.buffer === made.voxels.buffer).toBe(scan === shared);
    // Of memory that is not shared a part would take all of it along.
    if (scan === own) expect(image.buffer.byteLength).toBe(image.byteLength);
  }
});
