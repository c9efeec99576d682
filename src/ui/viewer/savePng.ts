/** Panes as they are looked at (window and colours, without zoom), in one row or several, to one PNG that says by itself what it is. */
import type { EdgeLetters } from '../../volume/planes';
import { colorize } from './colormaps';
import { rangeOf } from './readout';
import type { PngPane } from './types';

/** Height of the bars with text, and the space around panes, in pixels of the PNG. */
const BAR = 28;
const GAP = 8;
/** Panes are enlarged to at least this width so that the text fits. */
const READABLE = 320;
/** From an image's border to the middle of the letter of that side. */
const EDGE = 14;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Panes side by side under their titles. A pane is the image's own pixels times an integer factor, the same for all; where
 * pixels are not square, the coarser axis is stretched by the ratio of the spacings.
 */
export function layoutPanes(
  panes: readonly Pick<PngPane, 'image'>[],
  factor: number,
): { width: number; height: number; boxes: Box[] } {
  const boxes: Box[] = [];
  let x = GAP;
  for (const { image } of panes) {
    const [sx, sy] = image.spacing;
    const finest = Math.min(sx, sy);
    const width = Math.round((image.width * factor * sx) / finest);
    const height = Math.round((image.height * factor * sy) / finest);
    boxes.push({ x, y: BAR, width, height });
    x += width + GAP;
  }
  const tallest = Math.max(0, ...boxes.map(({ height }) => height));
  return { width: x, height: BAR + tallest + BAR, boxes };
}

/** The least integer factor at which the narrowest pane holds the caption. */
export function readableFactor(panes: readonly Pick<PngPane, 'image'>[]): number {
  const narrowest = Math.min(...layoutPanes(panes, 1).boxes.map(({ width }) => width));
  return Math.max(1, Math.ceil(READABLE / narrowest));
}

/** Burnt in below the panes: a picture of scans alone is not called synthetic. */
export function captionOf(panes: readonly Pick<PngPane, 'badge'>[]): string {
  return panes.some(({ badge }) => badge) ? 'Synthetic, research only' : 'Research only';
}

/** A place of a sheet without an image, and the words that stand there instead; null: left free. */
export type Place = PngPane | { title: string; empty: string } | null;

/**
 * Rows under each other whose n-th places all lie in the n-th column, whatever is there: a column without any image is as large as
 * the first image of all.
 * @throws Error if there is no image
 */
export function layoutRows(
  rows: readonly (readonly Place[])[],
  factor?: number,
): { width: number; height: number; places: { place: Place; box: Box }[] } {
  const [first] = rows.flatMap((row) => row.filter(hasImage));
  if (!first) throw new Error('PNG: needs at least one pane, got 0; show an image first');
  const count = Math.max(...rows.map((row) => row.length));
  const columns = Array.from(
    { length: count },
    (_, n) => rows.map((row) => row[n] ?? null).find(hasImage) ?? first,
  );
  const { width, height, boxes } = layoutPanes(columns, factor ?? readableFactor(columns));
  const rowHeight = height - BAR;
  return {
    width,
    height: rows.length * rowHeight + BAR,
    places: rows.flatMap((row, down) =>
      row.map((place, n) => ({ place, box: { ...boxes[n], y: boxes[n].y + down * rowHeight } })),
    ),
  };
}

const hasImage = (place: Place): place is PngPane => place !== null && 'image' in place;

/**
 * One PNG of all panes in a row, each under its title and the values that its window shows, with the caption burnt in below.
 * Pixels are repeated, never smoothed, so the picture holds exactly the greys of the window.
 * @throws Error if there is no pane or the browser cannot encode the picture.
 */
export function panesToPng(panes: readonly PngPane[], factor?: number): Promise<Blob> {
  return rowsToPng([panes], { factor });
}

/**
 * The same of several rows under each other.
 * @param note what stands before the caption
 */
export async function rowsToPng(
  rows: readonly (readonly Place[])[],
  { factor, note }: { factor?: number; note?: string } = {},
): Promise<Blob> {
  const { width, height, places } = layoutRows(rows, factor);
  const sheet = new OffscreenCanvas(width, height);
  const context = sheet.getContext('2d');
  if (!context)
    throw new Error(`PNG: a canvas of ${width}x${height} must be available, got none; close some tabs`);
  context.fillStyle = '#101215';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.textBaseline = 'middle';
  for (const { place, box } of places)
    if (hasImage(place)) drawPane(context, place, box);
    else if (place) drawEmpty(context, place, box);
  context.fillStyle = '#f0b545';
  context.font = '600 13px system-ui, sans-serif';
  const caption = [note, captionOf(rows.flat().filter(hasImage))].filter(Boolean).join(' · ');
  context.fillText(caption, GAP, height - BAR / 2, width - 2 * GAP);
  return sheet.convertToBlob({ type: 'image/png' });
}

function drawEmpty(
  context: OffscreenCanvasRenderingContext2D,
  { title, empty }: { title: string; empty: string },
  { x, y, width, height }: Box,
): void {
  context.fillStyle = '#1a1d21';
  context.fillRect(x, y, width, height);
  context.fillStyle = '#e6e9ed';
  context.font = '600 14px system-ui, sans-serif';
  context.fillText(title, x, y - BAR / 2, width);
  context.fillStyle = '#9aa3ad';
  context.textAlign = 'center';
  context.fillText(empty, x + width / 2, y + height / 2, width);
  context.textAlign = 'start';
}

function drawPane(
  context: OffscreenCanvasRenderingContext2D,
  { title, badge, image, window, colormap, edges }: PngPane,
  box: Box,
): void {
  const data = new ImageData(image.width, image.height);
  data.data.set(colorize(image, window, colormap));
  const native = new OffscreenCanvas(image.width, image.height);
  native.getContext('2d')?.putImageData(data, 0, 0);
  context.drawImage(native, box.x, box.y, box.width, box.height);
  context.fillStyle = '#e6e9ed';
  context.font = '600 14px system-ui, sans-serif';
  const [low, high] = rangeOf(window);
  const name = badge ? `${title} · ${badge}` : title;
  context.fillText(`${name} (${low} to ${high})`, box.x, box.y - BAR / 2, box.width);
  drawLetters(context, edges, box);
}

/** The sides of the head, where the panes on the screen have them: a saved image must not be read mirrored. */
function drawLetters(
  context: OffscreenCanvasRenderingContext2D,
  edges: EdgeLetters,
  { x, y, width, height }: Box,
): void {
  const places: Record<keyof EdgeLetters, [number, number]> = {
    left: [x + EDGE, y + height / 2],
    right: [x + width - EDGE, y + height / 2],
    top: [x + width / 2, y + EDGE],
    bottom: [x + width / 2, y + height - EDGE],
  };
  context.textAlign = 'center';
  // Seen on bright and dark pixels alike.
  context.strokeStyle = '#000000';
  context.lineWidth = 3;
  context.fillStyle = '#ffffff';
  for (const [edge, letter] of Object.entries(edges)) {
    const [left, top] = places[edge as keyof EdgeLetters];
    context.strokeText(letter, left, top);
    context.fillText(letter, left, top);
  }
  context.textAlign = 'start';
}
