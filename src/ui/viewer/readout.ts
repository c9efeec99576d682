/** Numbers in a pane's corners. */
import type { Probe, SliceImage, ViewTransform, WindowLevel } from './types';

/** Three significant digits, whole numbers from 100 on: 0.0123, 4.56, 78.9, 1234. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** "112, 98 · 431": pixel and value, read from the slice itself, not from what is drawn. */
export function probeText(image: SliceImage, probe: Probe): string {
  if (!probe || probe.i >= image.width || probe.j >= image.height) return '';
  const at = probe.i + image.width * probe.j;
  const { unmapped } = image;
  const value = unmapped ? unmapped.map(unmapped.pixels[at]) : image.pixels[at];
  return `${probe.i}, ${probe.j} · ${formatValue(value)}`;
}

/** "W 800 L 400 · 1.5×"; the zoom only where it is not 1. */
export function viewText(window: WindowLevel, transform: ViewTransform): string {
  const zoom = transform.zoom === 1 ? '' : ` · ${transform.zoom.toFixed(1)}×`;
  return `W ${formatValue(window.width)} L ${formatValue(window.center)}${zoom}`;
}

/** The values that a window shows darkest and lightest. */
export function rangeOf(window: WindowLevel): [low: string, high: string] {
  return [formatValue(window.center - window.width / 2), formatValue(window.center + window.width / 2)];
}
