import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { describeSlice, sliceForKey, sliceUnder } from './ribbon';
import type { SliceRibbonProps } from './types';
import './viewer.css';

/** One cell a slice on one canvas; a slider to assistive technology. Height and tint both tell the score. */
export function SliceRibbon({ label, states, scores, current, onGo }: SliceRibbonProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [look, setLook] = useState<Look | null>(null);
  const count = states.length;

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setLook({ width: element.clientWidth, height: element.clientHeight, inks: inksOf(element) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    if (!element || !look?.width) return;
    element.width = Math.round(look.width * devicePixelRatio);
    element.height = Math.round(look.height * devicePixelRatio);
    drawRibbon(element, look.inks, states, scores);
  }, [look, states, scores]);

  const goTo = (index: number): void => {
    if (index !== current) onGo(index);
  };
  const onPointer = (event: PointerEvent<HTMLDivElement>): void => {
    // `buttons` is 1 while the left button or a finger is down.
    if (event.buttons !== 1 || count === 0) return;
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    goTo(sliceUnder(event.clientX - box.left, box.width, count));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || count === 0) return;
    const index = sliceForKey(event.key, current, count);
    if (index === null) return;
    event.preventDefault();
    goTo(index);
  };

  return (
    <div
      className="slice-ribbon"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={current}
      aria-valuetext={
        count > 0 ? describeSlice(current, count, states[current], scores[current]) : 'No slices'
      }
      aria-disabled={count === 0}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} />
      {count > 0 && (
        <div className="slice-ribbon-marker" style={markerStyle(current, count, look?.width ?? 0)} />
      )}
    </div>
  );
}

/** As the ribbon's canvas was laid out last, CSS pixels. Its colours are found then, as asking for them at each slice that comes takes 4 ms. */
interface Look {
  width: number;
  height: number;
  inks: Inks;
}

type Inks = Record<'empty' | 'dim' | 'accent' | 'good', string>;

/** The page's own custom properties. */
function inksOf(element: Element): Inks {
  const style = getComputedStyle(element);
  const color = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  return {
    empty: color('--bg-3', '#262b33'),
    dim: color('--text-dim', '#98a1ad'),
    accent: color('--accent', '#5aa9ff'),
    good: color('--good', '#5bc48c'),
  };
}

/** Cells from left to right, all in device pixels. */
function drawRibbon(
  canvas: HTMLCanvasElement,
  { empty, dim, accent, good }: Inks,
  states: SliceRibbonProps['states'],
  scores: SliceRibbonProps['scores'],
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const ratio = devicePixelRatio;
  const margin = 3 * ratio;
  const full = height - 2 * margin;
  const cell = width / Math.max(1, states.length);
  const gap = cell >= 4 * ratio ? ratio : 0;

  context.clearRect(0, 0, width, height);
  const bar = (index: number, fill: string, share: number, opacity: number): void => {
    const left = Math.round(index * cell);
    const right = Math.round((index + 1) * cell);
    context.globalAlpha = opacity;
    context.fillStyle = fill;
    context.fillRect(left, margin + full * (1 - share), Math.max(1, right - left - gap), full * share);
  };
  states.forEach((state, index) => {
    const score = scores[index] ?? null;
    bar(index, empty, 1, 1);
    if (state === 'queued') bar(index, dim, 0.18, 0.8);
    if (state === 'running') bar(index, accent, 1, 0.9);
    if (state === 'done' && score === null) bar(index, dim, 1, 0.75);
    if (state === 'done' && score !== null) bar(index, good, 0.25 + 0.75 * score, 0.35 + 0.65 * score);
  });
}

/**
 * Around the current cell: by itself, so that a step through the slices draws no cell again. Four lines of a background that is one
 * pixel wider than the ribbon on each side: they move without the layout and the layers of the page being worked out again.
 */
function markerStyle(current: number, count: number, width: number): CSSProperties {
  const edge = (index: number) => Math.round((index * width) / count);
  const left = edge(current);
  const inner = Math.max(2, edge(current + 1) - left);
  return {
    backgroundSize: `${inner + 2}px 1px, ${inner + 2}px 1px, 1px 100%, 1px 100%`,
    backgroundPosition: `${left}px 0, ${left}px 100%, ${left}px 0, ${left + inner + 1}px 0`,
  };
}
