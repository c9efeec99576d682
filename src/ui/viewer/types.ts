/** What the viewer shows and how it is looked at; shared by the viewer's components and the page's state. */
import type { ScreenImage } from '../../volume/modelImage';
import type { EdgeLetters } from '../../volume/planes';

/** One 2-D image as the viewer takes it. Row 0 of `pixels` is the bottom (posterior) row, i.e. i fastest, j upwards. */
export interface SliceImage {
  /** width*height values in the volume's own units. */
  pixels: Float32Array;
  width: number;
  height: number;
  /** mm per pixel, [x, y]. */
  spacing: readonly [number, number];
  /** Finite range of the whole volume (not only of this slice): quantisation to 16 bit uses it, so grey values are stable. */
  min: number;
  max: number;
  /**
   * The same image before a rising linear map made `pixels`, `min` and `max` of it. Grey panes are drawn and probed by it, so that `pixels`
   * may be made when they are asked for.
   */
  unmapped?: { pixels: Float32Array; min: number; max: number; map: (value: number) => number };
}

/** Window/level in the volume's own units. */
export interface WindowLevel {
  center: number;
  width: number;
}

/** Shared by linked panes. `zoom` 1 = fit to the pane; `pan` moves the image right (x) and down (y), in image pixels. */
export interface ViewTransform {
  zoom: number;
  pan: { x: number; y: number };
}

/** 'gray' for scans; 'diverging' for signed differences (0 is neutral grey); 'heat' for spread. */
export type Colormap = 'gray' | 'diverging' | 'heat';

/** Pixel under the pointer, image coordinates (i to the right, j upwards), or null. */
export type Probe = { i: number; j: number } | null;

export interface SliceViewProps {
  /** Accessible name, e.g. "Source T1w, axial slice 92 of 181". */
  label: string;
  image: SliceImage | null;
  /** Shown in place of the image while `image` is null: what to do next. */
  empty: string;
  window: WindowLevel;
  transform: ViewTransform;
  colormap?: Colormap;
  /** Corner texts: title top left, badge top right (e.g. "Synthetic"). */
  title: string;
  badge?: string;
  edges: EdgeLetters;
  /** Linked crosshair. */
  probe: Probe;
  onProbe: (probe: Probe) => void;
  onWindow: (next: WindowLevel) => void;
  onTransform: (next: ViewTransform) => void;
  /** Wheel and arrow keys: +1 / -1. */
  onSliceStep: (delta: number) => void;
  /** Resets zoom, pan and window. */
  onReset: () => void;
}

/** The reverse chain of one slice, as `SliceResult.strip` brings it. */
export interface StepStripProps {
  /** Accessible name, e.g. "Reverse steps of slice 92". */
  label: string;
  frames: readonly ScreenImage[];
  labels: readonly string[];
  /** The enlarged frame, marked; null: none. */
  selected: number | null;
  onSelect: (index: number) => void;
}

export type SliceState = 'none' | 'queued' | 'running' | 'done';

export interface SliceRibbonProps {
  /** Accessible name, e.g. "Axial slices". */
  label: string;
  /** One entry a slice. */
  states: readonly SliceState[];
  /** 0 (worst) .. 1 (best) a slice, null where there is no score. */
  scores: readonly (number | null)[];
  current: number;
  onGo: (index: number) => void;
}

/** One pane of an exported PNG. */
export interface PngPane {
  title: string;
  /** As on the pane, e.g. "Synthetic"; scans have none. */
  badge?: string;
  image: SliceImage;
  window: WindowLevel;
  colormap: Colormap;
  edges: EdgeLetters;
}
