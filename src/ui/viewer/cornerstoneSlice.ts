/**
 * One image on the screen: the only file that knows cornerstone-core.
 *
 * Grey images go through cornerstone's own 16-bit look-up table (a window drag recomputes 65536 entries, not the image).
 * Colour maps are drawn once to a canvas of the image's size, which cornerstone shows as it is (window 255/128).
 * Drawing is on the animation frame after something has changed: cornerstone's own `enable` would ask for every frame, also at rest.
 */
import * as cornerstone from 'cornerstone-core';
import { colorize } from './colormaps';
import { place, type Size } from './placement';
import { quantise, toStoredWindow } from './quantise';
import type { Colormap, SliceImage, ViewTransform, WindowLevel } from './types';

export interface Shown {
  image: SliceImage;
  window: WindowLevel;
  transform: ViewTransform;
  colormap: Colormap;
}

export interface SliceElement {
  show(shown: Shown): void;
  /** Stops drawing and removes what was added to the div. */
  dispose(): void;
}

/** The window under which cornerstone hands a colour canvas through untouched. */
const AS_IS = { windowWidth: 255, windowCenter: 128 };

let made = 0;

/** What cornerstone reads of an image; the rest of its type is for loaders and web images. */
type Described = Pick<
  cornerstone.Image,
  | 'imageId'
  | 'minPixelValue'
  | 'maxPixelValue'
  | 'slope'
  | 'intercept'
  | 'windowCenter'
  | 'windowWidth'
  | 'rows'
  | 'columns'
  | 'height'
  | 'width'
  | 'color'
  | 'columnPixelSpacing'
  | 'rowPixelSpacing'
  | 'invert'
  | 'sizeInBytes'
> & { stats: object };

function describe(image: SliceImage, color: boolean): Described {
  made += 1;
  return {
    // cornerstone redraws only when the id changes.
    imageId: `slice:${made}`,
    minPixelValue: 0,
    maxPixelValue: color ? 255 : 65535,
    slope: 1,
    intercept: 0,
    windowCenter: AS_IS.windowCenter,
    windowWidth: AS_IS.windowWidth,
    rows: image.height,
    columns: image.width,
    height: image.height,
    width: image.width,
    color,
    columnPixelSpacing: image.spacing[0],
    rowPixelSpacing: image.spacing[1],
    invert: false,
    sizeInBytes: image.width * image.height * (color ? 4 : 2),
    // Its renderers write down how long they took.
    stats: {},
  };
}

function grayImage(image: SliceImage, stored: Uint16Array): cornerstone.Image {
  // Typed as number[], but meant for and fastest with a Uint16Array.
  const getPixelData = (): number[] => stored as unknown as number[];
  return { ...describe(image, false), getPixelData } as cornerstone.Image;
}

function colorImage(image: SliceImage, window: WindowLevel, colormap: Colormap): cornerstone.Image {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const data = new ImageData(image.width, image.height);
  data.data.set(colorize(image, window, colormap));
  canvas.getContext('2d')?.putImageData(data, 0, 0);
  return { ...describe(image, true), getCanvas: () => canvas } as cornerstone.Image;
}

/** As cornerstone's `enable`, without its endless loop of frames. */
function enable(element: HTMLElement, canvas: HTMLCanvasElement): cornerstone.EnabledElement {
  const enabled: cornerstone.EnabledElement & Record<'options' | 'data' | 'renderingTools', object> = {
    ...{ element, canvas, invalid: false, needsRedraw: false, layers: [] },
    // What its renderers keep between two draws.
    ...{ options: {}, data: {}, renderingTools: {} },
  };
  cornerstone.addEnabledElement(enabled);
  return enabled;
}

/**
 * Draws into `host`, which must be positioned and clip its overflow, and follows its size.
 * `onSize` gets the host's size in CSS pixels at once and after every change.
 */
export function createSliceElement(host: HTMLElement, onSize: (size: Size) => void): SliceElement {
  // cornerstone's canvas has one pixel a CSS pixel of its element. The element is therefore as large as the host in device
  // pixels and scaled back, so that dense screens stay sharp.
  const inner = document.createElement('div');
  inner.style.position = 'absolute';
  inner.style.transformOrigin = '0 0';
  const canvas = document.createElement('canvas');
  canvas.style.display = 'block';
  inner.append(canvas);
  host.append(inner);
  const enabled = enable(inner, canvas);

  /** In device pixels, as last measured: asking the element would lay out the page at every slice. */
  let pane: Size = { width: 0, height: 0 };
  let shown: Shown | null = null;
  let drawn: { from: Shown; image: cornerstone.Image } | null = null;
  /** Of the grey image on the screen; the next one is written over it. */
  let stored: Uint16Array | undefined;

  /** The frame that draws; 0: none is asked for. */
  let frame = 0;

  function onFrame(): void {
    frame = 0;
    const { image, needsRedraw, invalid } = enabled;
    if (!needsRedraw || !image) return;
    if (image.color) cornerstone.renderColorImage(enabled, invalid);
    else cornerstone.renderGrayscaleImage(enabled, invalid);
    enabled.invalid = false;
    enabled.needsRedraw = false;
  }

  function imageFor(next: Shown): cornerstone.Image {
    const gray = next.colormap === 'gray';
    const same =
      drawn !== null &&
      drawn.from.image === next.image &&
      drawn.from.colormap === next.colormap &&
      (gray ||
        (drawn.from.window.center === next.window.center && drawn.from.window.width === next.window.width));
    if (drawn && same) return drawn.image;
    if (!gray) return colorImage(next.image, next.window, next.colormap);
    stored = quantise(next.image, stored);
    const image = grayImage(next.image, stored);
    // All grey images have the same stored range: under the same window the table of 65536 greys need not be made again.
    if (drawn?.from.colormap === 'gray') image.cachedLut = drawn.image.cachedLut;
    return image;
  }

  function draw(): void {
    if (!shown || pane.width === 0 || pane.height === 0) return;
    const { pixelWidth, pixelHeight } = place(shown.image, pane, shown.transform);
    const window = toStoredWindow(shown.window, shown.image);
    const viewport: cornerstone.Viewport = {
      // The scale of the finer axis; cornerstone stretches the other one by the spacing.
      scale: Math.min(pixelWidth, pixelHeight),
      translation: { ...shown.transform.pan },
      voi:
        shown.colormap === 'gray' ? { windowWidth: window.width, windowCenter: window.center } : { ...AS_IS },
    };
    const image = imageFor(shown);
    if (drawn?.image === image) cornerstone.setViewport(inner, viewport);
    // Without a viewport the window of the image before would stay.
    else cornerstone.displayImage(inner, image, viewport);
    drawn = { from: shown, image };
    frame ||= requestAnimationFrame(onFrame);
  }

  const observer = new ResizeObserver(() => {
    const ratio = devicePixelRatio;
    pane = { width: Math.round(host.clientWidth * ratio), height: Math.round(host.clientHeight * ratio) };
    inner.style.width = `${pane.width}px`;
    inner.style.height = `${pane.height}px`;
    inner.style.transform = `scale(${1 / ratio})`;
    cornerstone.resize(inner, false);
    draw();
    onSize({ width: host.clientWidth, height: host.clientHeight });
  });
  observer.observe(host);

  return {
    show(next) {
      shown = next;
      draw();
    },
    dispose() {
      observer.disconnect();
      cancelAnimationFrame(frame);
      cornerstone.disable(inner);
      inner.remove();
    },
  };
}
