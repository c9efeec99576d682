import type { Shape3 } from '../../volume/image';
import type { Pieces } from '../pieces';

/** Connected pieces of a mask. */
export interface Components {
  /** 0 outside, else 1 + the index in `sizes`. */
  labels: Uint32Array;
  /** Voxels of each piece, in the order of their first voxels. */
  sizes: number[];
}

/** Voxels of a piece of the work. */
const PIECE = 2 ** 16;

/** Voxels that share a face are connected. */
export function* components(mask: Uint8Array, [ni, nj, nk]: Shape3): Pieces<Components> {
  const area = ni * nj;
  const labels = new Uint32Array(mask.length);
  const sizes: number[] = [];
  const waiting: number[] = [];
  let done = 0;
  for (let first = 0; first < mask.length; first++) {
    if (first % PIECE === 0) yield;
    if (!mask[first] || labels[first]) continue;
    const label = sizes.length + 1;
    let size = 0;
    const visit = (at: number) => {
      if (!mask[at] || labels[at]) return;
      labels[at] = label;
      size++;
      waiting.push(at);
    };
    visit(first);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (++done % PIECE === 0) yield;
      const [i, j, k] = [at % ni, Math.floor((at % area) / ni), Math.floor(at / area)];
      if (i > 0) visit(at - 1);
      if (i < ni - 1) visit(at + 1);
      if (j > 0) visit(at - ni);
      if (j < nj - 1) visit(at + ni);
      if (k > 0) visit(at - area);
      if (k < nk - 1) visit(at + area);
    }
    sizes.push(size);
  }
  return { labels, sizes };
}
