/** Panes as they are looked at (window and colours, without zoom), in one row or several, to one PNG that says by itself what it is. */
import { colorize } from './colormaps';
import { rangeOf } from './readout';
import type { PngPane } from './types';

/** Height of the bars with text, and the space around panes, in pixels of the PNG. */
const BAR = 28;
const GAP = 8;
/** Panes are enlarged to at least this width so that the text fits. */
const READABLE = 320;

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

/**
 * One PNG of all panes in a row, each under its title and the values that its window shows, with the caption burnt in below.
 * Pixels are repeated, never smoothed, so the picture holds exactly the greys of the window.
 * @throws Error if there is no pane or the browser cannot encode the picture.
 */
export function panesToPng(panes: readonly PngPane[], factor?: number): Promise<Blob> {
  return rowsToPng([panes], { factor });
}

/**
 * The same of several rows under each other; a place of null is left free.
 * @param note what stands before the caption
 */
export async function rowsToPng(
  rows: readonly (readonly (PngPane | null)[])[],
  { factor, note }: { factor?: number; note?: string } = {},
): Promise<Blob> {
  const panes = rows.flat().filter((pane) => pane !== null);
  const columns = (rows[0] ?? []).flatMap((_, n) => rows.map((row) => row[n]).find(Boolean) ?? []);
  if (columns.length === 0) throw new Error('PNG: needs at least one pane, got 0; show an image first');
  const row = layoutPanes(columns, factor ?? readableFactor(columns));
  const { width } = row;
  const rowHeight = row.height - BAR;
  const height = rows.length * rowHeight + BAR;
  const sheet = new OffscreenCanvas(width, height);
  const context = sheet.getContext('2d');
  if (!context)
    throw new Error(`PNG: a canvas of ${width}x${height} must be available, got none; close some tabs`);
  context.fillStyle = '#101215';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = false;
  context.textBaseline = 'middle';
  for (const [place, across] of rows.entries())
    for (const [n, pane] of across.entries())
      if (pane) drawPane(context, pane, { ...row.boxes[n], y: row.boxes[n].y + place * rowHeight });
  context.fillStyle = '#f0b545';
  context.font = '600 13px system-ui, sans-serif';
  const caption = [note, captionOf(panes)].filter(Boolean).join(' · ');
  context.fillText(caption, GAP, height - BAR / 2, width - 2 * GAP);
  return sheet.convertToBlob({ type: 'image/png' });
}

function drawPane(
  context: OffscreenCanvasRenderingContext2D,
  { title, badge, image, window, colormap }: PngPane,
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
}
