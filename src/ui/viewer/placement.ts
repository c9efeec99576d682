/** Where an image lies in its pane, in CSS pixels of the pane; x to the right, y down. */
import type { Probe, SliceImage, ViewTransform } from './types';

export type Grid = Pick<SliceImage, 'width' | 'height' | 'spacing'>;

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Placement {
  /** Corner of the image that is top left on the screen. */
  left: number;
  top: number;
  /** Size of one image pixel. */
  pixelWidth: number;
  pixelHeight: number;
}

const ZOOM = { min: 0.5, max: 32 };

/** zoom 1 fits the whole image, true to its mm, into the pane; pan 0 centres it. */
export function place(image: Grid, pane: Size, transform: ViewTransform): Placement {
  const [sx, sy] = image.spacing;
  const fit = Math.min(pane.width / (image.width * sx), pane.height / (image.height * sy));
  const pixelWidth = fit * transform.zoom * sx;
  const pixelHeight = fit * transform.zoom * sy;
  return {
    left: pane.width / 2 + (transform.pan.x - image.width / 2) * pixelWidth,
    top: pane.height / 2 + (transform.pan.y - image.height / 2) * pixelHeight,
    pixelWidth,
    pixelHeight,
  };
}

/** The pixel under a point of the pane, or null outside the image. */
export function pixelAt(image: Grid, placement: Placement, point: Point): Probe {
  const i = Math.floor((point.x - placement.left) / placement.pixelWidth);
  const j = image.height - 1 - Math.floor((point.y - placement.top) / placement.pixelHeight);
  return i >= 0 && i < image.width && j >= 0 && j < image.height ? { i, j } : null;
}

/** Centre of a pixel in the pane. */
export function centreOf(image: Grid, placement: Placement, pixel: { i: number; j: number }): Point {
  return {
    x: placement.left + (pixel.i + 0.5) * placement.pixelWidth,
    y: placement.top + (image.height - pixel.j - 0.5) * placement.pixelHeight,
  };
}

/** Some of the image always stays in the pane: the centre of the pane stays over the image. */
function keepInSight(image: Grid, pan: Point): Point {
  const clip = (value: number, half: number): number => Math.min(half, Math.max(-half, value));
  return { x: clip(pan.x, image.width / 2), y: clip(pan.y, image.height / 2) };
}

/** Moves the image by a distance in the pane. */
export function panBy(
  image: Grid,
  pane: Size,
  transform: ViewTransform,
  distance: { dx: number; dy: number },
): ViewTransform {
  const { pixelWidth, pixelHeight } = place(image, pane, transform);
  const pan = {
    x: transform.pan.x + distance.dx / pixelWidth,
    y: transform.pan.y + distance.dy / pixelHeight,
  };
  return { zoom: transform.zoom, pan: keepInSight(image, pan) };
}

/** Zooms by a factor; what lay at `from` comes to lie at `to` (the same point for a wheel, two for moving fingers). */
export function zoomAbout(
  image: Grid,
  pane: Size,
  transform: ViewTransform,
  factor: number,
  from: Point,
  to: Point = from,
): ViewTransform {
  const zoom = Math.min(ZOOM.max, Math.max(ZOOM.min, transform.zoom * factor));
  const before = place(image, pane, transform);
  const grown = zoom / transform.zoom;
  const pan = {
    x:
      (to.x - pane.width / 2) / (before.pixelWidth * grown) -
      (from.x - before.left) / before.pixelWidth +
      image.width / 2,
    y:
      (to.y - pane.height / 2) / (before.pixelHeight * grown) -
      (from.y - before.top) / before.pixelHeight +
      image.height / 2,
  };
  return { zoom, pan: keepInSight(image, pan) };
}
