/** Which tile a convolution takes. */
import { MOST_MEMORY, type Size, type Tile } from './convolution';
import { ceilDiv } from './wgsl';

/** Fewer workgroups leave parts of a GPU idle. */
const ENOUGH_WORKGROUPS = 64;
const THREADS = 64;

/** Workgroups of an output. */
export const workgroupsOf = (tile: Tile, { height, width, quads }: Size, batch: number): number =>
  batch *
  ceilDiv(width, tile.width) *
  ceilDiv(height, tile.height) *
  ceilDiv(quads, tile.groups * tile.vectors);

/** Tiles of 64 threads that fit an output, those of most work a thread first. */
export function candidateTiles({ height, width, quads, stride = 1 }: Size): Tile[] {
  const side = (pixels: number) => (pixels - 1) * stride + 3;
  const tiles: Tile[] = [];
  for (const [across, vectors] of [
    [8, 2],
    [4, 2],
    [8, 1],
    [4, 1],
    [2, 1],
    [1, 1],
  ]) {
    let groups = 8;
    while (groups > 1 && groups * vectors > quads) groups /= 2;
    if (vectors > quads) continue;
    const places = THREADS / groups;
    // As square as they get: a halo costs least.
    let columns = 1;
    while (columns * across < places / columns && columns * across < width) columns *= 2;
    const tile = {
      width: columns * across,
      height: places / columns,
      across,
      groups,
      vectors,
      unrolled: true,
      shared: true,
    };
    // More than half outside of the image is work for nothing.
    const isFilled = tile.width < 2 * width && tile.height < 2 * height;
    if (isFilled && side(tile.width) * side(tile.height) <= MOST_MEMORY) tiles.push(tile);
  }
  return tiles.length > 0
    ? tiles
    : [{ width: 8, height: 1, across: 1, groups: 8, vectors: 1, unrolled: true, shared: true }];
}

export const chooseTile = (out: Size, batch: number): Tile => enoughWork(out, batch, candidateTiles(out));

/** The first candidate that gives enough workgroups, else the one that gives most. */
function enoughWork(out: Size, batch: number, tiles: readonly Tile[]): Tile {
  const count = (tile: Tile) => workgroupsOf(tile, out, batch);
  const enough = tiles.find((tile) => count(tile) >= ENOUGH_WORKGROUPS);
  return enough ?? tiles.reduce((best, tile) => (count(tile) > count(best) ? tile : best));
}

/** On the CPU a thread's sums that are more than its registers cost more than they save, and compilers are slow with long texts. */
export function softwareTile(out: Size, batch: number): Tile {
  const tiles = candidateTiles(out).filter(({ across, vectors }) => across * vectors <= 4);
  return { ...enoughWork(out, batch, tiles), unrolled: false };
}
