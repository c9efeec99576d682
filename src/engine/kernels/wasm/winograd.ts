/** The sizes of a Winograd convolution (assembly/winograd.ts). */
import { roundUp } from './rooms';

/** Tiles that go through the products together fill about this much of a processor's own cache. */
const BLOCK_BYTES = 192 * 1024;

export interface WinogradSize {
  tilesX: number;
  tilesY: number;
  /** Of the image with its border. */
  rows: number;
  columns: number;
  /** Channels as they are stored: in a multiple of 4, out of 8. */
  cin: number;
  cout: number;
  block: number;
  /** Numbers of the transformed weights and of the workspace. */
  weights: number;
  work: number;
}

/** Numbers from one of the 36 planes to the next (assembly/winograd.ts). */
const planeOf = (numbers: number): number => numbers + 16;

/** @param cin channels in, cout channels out, height and width of the result */
export function winogradSize(height: number, width: number, cin: number, cout: number): WinogradSize {
  const tilesX = Math.ceil(width / 4);
  const tilesY = Math.ceil(height / 4);
  const [stored, columns8] = [roundUp(cin, 4), roundUp(cout, 8)];
  const fitting = Math.floor(BLOCK_BYTES / (36 * 4 * (stored + columns8)));
  const block = Math.min(tilesX, Math.max(8, fitting - (fitting % 4)));
  return {
    tilesX,
    tilesY,
    rows: 4 * tilesY + 2,
    columns: 4 * tilesX + 2,
    cin: stored,
    cout: columns8,
    block,
    weights: 36 * planeOf(stored * columns8),
    work: 6 * (4 * tilesX + 2) * stored + 36 * (planeOf(block * stored) + planeOf(block * columns8)) + 96,
  };
}

/** Fewer tiles than this do not repay making and reading the transformed weights, four times as many as there are weights. */
const FEWEST_TILES = 4;

const tilesOf = (height: number, width: number) => Math.ceil(height / 4) * Math.ceil(width / 4);

/** Whether Winograd is faster than plain products, where its weights are transformed for so many images at once or before. */
export const repays = (height: number, width: number, batch = 1): boolean =>
  batch * tilesOf(height, width) >= FEWEST_TILES;
