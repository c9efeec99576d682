/** Numbers as the screen says them. */
import { intensityMaps } from '../volume/intensity';
import type { ModelCard } from '../workers/translate/protocol';

/** 950 -> "0.9 s", 61000 -> "1 min 1 s". */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** Decimal units, as file managers count: 12_345_678 -> "12.3 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** About four significant digits, without exponent where that is legible: scan values differ by orders of magnitude. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A model's square image: "256 × 256 pixels of 0.938 mm". */
export function formatGrid({ size, pixelSize }: { size: number; pixelSize: number }): string {
  return `${size} × ${size} pixels of ${Number(pixelSize.toFixed(3))} mm`;
}

/** A model's intensity maps: "foreground-median", or "foreground-median to hu". */
export function formatMaps(preprocessing: ModelCard['preprocessing']): string {
  const { source, target } = intensityMaps(preprocessing);
  return source === target ? source : `${source} to ${target}`;
}
