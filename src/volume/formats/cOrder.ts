import type { ScanFile } from './scanFormat';

/** Voxels of all volumes of a file, in C order of its `shapeCanonical`: [i, j, k, t, ...], the last axis fastest. */
export function toCOrder(volumes: readonly ScanFile[]): Float32Array {
  const [ni, nj, nk] = volumes[0].image.shape;
  const others = volumes[0].describe().shapeStored.slice(3);
  const out = new Float32Array(ni * nj * nk * volumes.length);
  volumes.forEach(({ image: { voxels }, volumeIndex }) => {
    let t = 0;
    let rest = volumeIndex;
    // Volumes are stored with the fourth axis fastest.
    for (const count of others) {
      t = t * count + (rest % count);
      rest = Math.floor(rest / count);
    }
    let from = 0;
    for (let k = 0; k < nk; k++)
      for (let j = 0; j < nj; j++)
        for (let i = 0; i < ni; i++) out[((i * nj + j) * nk + k) * volumes.length + t] = voxels[from++];
  });
  return out;
}
