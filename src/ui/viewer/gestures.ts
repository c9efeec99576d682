/**
 * Pointer and wheel gestures of a pane: a pure state machine, and a thin binding to an element.
 *
 * left drag: window (right = wider, up = brighter) | shift or middle drag, two fingers: pan | ctrl + wheel, pinch: zoom |
 * wheel: slice | double click: reset | hover or tap: probe.
 */
import { type Grid, type Point, panBy, type Size, zoomAbout } from './placement';
import type { ViewTransform, WindowLevel } from './types';

/** What a gesture starts from and changes. `pane` in CSS pixels. */
export interface View {
  window: WindowLevel;
  transform: ViewTransform;
  image: Grid;
  pane: Size;
}

export interface PointerInput extends Point {
  type: 'down' | 'move' | 'up' | 'cancel';
  id: number;
  /** As in PointerEvent; only read on `down`. */
  button: number;
  /** A button or finger is down. */
  pressed: boolean;
  shift: boolean;
}

export type Effect =
  | { kind: 'window'; window: WindowLevel }
  | { kind: 'transform'; transform: ViewTransform }
  /** The pointer looks at this point of the pane. */
  | { kind: 'probe'; at: Point };

interface Drag {
  kind: 'window' | 'pan' | 'pinch';
  /** The view and the pointers when the drag began: changes are counted from there, so no lost event adds up. */
  base: View;
  from: Point;
  span: number;
  /** A press that never moved is a tap. */
  moved: boolean;
}

export interface GestureState {
  pointers: ReadonlyMap<number, Point>;
  drag: Drag | null;
}

export const IDLE: GestureState = { pointers: new Map(), drag: null };

/** Pointer travel in CSS pixels below which a press is a tap. */
const TAP = 4;
/** Drag in CSS pixels that doubles the window's width, and that moves its centre by half a width. */
const WINDOW_DRAG = 150;

/** Middle of the pointers and distance of the first two. */
function fingers(pointers: ReadonlyMap<number, Point>): { middle: Point; span: number } {
  const [a, b = a] = [...pointers.values()];
  return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, span: Math.hypot(a.x - b.x, a.y - b.y) };
}

/** `width` stays positive; dragging to the right widens, dragging down raises the centre (darker). */
export function dragWindow(window: WindowLevel, dx: number, dy: number): WindowLevel {
  return {
    width: window.width * 2 ** (dx / WINDOW_DRAG),
    center: window.center + (window.width * dy) / (2 * WINDOW_DRAG),
  };
}

function begin(kind: Drag['kind'], pointers: ReadonlyMap<number, Point>, view: View): GestureState {
  const { middle, span } = fingers(pointers);
  return { pointers, drag: { kind, base: view, from: middle, span, moved: false } };
}

function drag(active: Drag, pointers: ReadonlyMap<number, Point>): Effect {
  const { middle, span } = fingers(pointers);
  const { window, transform, image, pane } = active.base;
  const dx = middle.x - active.from.x;
  const dy = middle.y - active.from.y;
  if (active.kind === 'window') return { kind: 'window', window: dragWindow(window, dx, dy) };
  if (active.kind === 'pan')
    return { kind: 'transform', transform: panBy(image, pane, transform, { dx, dy }) };
  const factor = active.span > 0 ? span / active.span : 1;
  return { kind: 'transform', transform: zoomAbout(image, pane, transform, factor, active.from, middle) };
}

function undo({ kind, base }: Drag): Effect {
  return kind === 'window'
    ? { kind: 'window', window: base.window }
    : { kind: 'transform', transform: base.transform };
}

/** One pointer event: the next state, and what it changes (null: nothing). `view` is the view as it is now. */
export function stepGesture(
  state: GestureState,
  input: PointerInput,
  view: View,
): { state: GestureState; effect: Effect | null } {
  const at = { x: input.x, y: input.y };
  const known = state.pointers.has(input.id);
  // A context menu may swallow the release: the drag ended unheard, and the mouse merely passes by.
  if (known && input.type === 'move' && !input.pressed)
    return stepGesture(state, { ...input, type: 'up' }, view);

  if (input.type === 'down') {
    const pointers = new Map(state.pointers).set(input.id, at);
    if (pointers.size === 2) return { state: begin('pinch', pointers, view), effect: null };
    if (pointers.size > 2) return { state: { ...state, pointers }, effect: null };
    if (input.button === 1 || (input.button === 0 && input.shift)) {
      return { state: begin('pan', pointers, view), effect: null };
    }
    if (input.button === 0) return { state: begin('window', pointers, view), effect: null };
    return { state, effect: null };
  }

  if (input.type === 'move') {
    if (!known) return { state, effect: state.drag ? null : { kind: 'probe', at } };
    const pointers = new Map(state.pointers).set(input.id, at);
    if (!state.drag) return { state: { pointers, drag: null }, effect: null };
    const { from } = state.drag;
    const { middle } = fingers(pointers);
    const moved =
      state.drag.moved || pointers.size > 1 || Math.hypot(middle.x - from.x, middle.y - from.y) >= TAP;
    const active = { ...state.drag, moved };
    return { state: { pointers, drag: active }, effect: moved ? drag(active, pointers) : null };
  }

  if (!known) return { state, effect: null };
  const pointers = new Map(state.pointers);
  pointers.delete(input.id);
  // A finger that stays after a pinch does nothing until it is lifted: it was not meant as a window drag.
  const ended = { pointers, drag: null };
  const active = state.drag;
  // The page took the touch over to scroll: what it changed here was not meant.
  if (input.type === 'cancel') return { state: ended, effect: active?.moved ? undo(active) : null };
  const tapped = active?.kind === 'window' && !active.moved;
  return { state: ended, effect: tapped ? { kind: 'probe', at } : null };
}

/** Wheel travel in CSS pixels that makes one slice: less than one notch of any mouse, some finger travel on a trackpad. */
const SLICE_TRAVEL = 60;
const LINE = 20;

/**
 * Slices to step for a wheel event: one a notch, and small trackpad travels add up in `rest`. Up (negative delta) is +1,
 * towards the head.
 */
export function wheelSlices(
  rest: number,
  deltaY: number,
  deltaMode: number,
): { steps: -1 | 0 | 1; rest: number } {
  const pixels = deltaMode === 0 ? deltaY : deltaY * LINE;
  const travel = Math.sign(rest) === -Math.sign(pixels) ? pixels : rest + pixels;
  if (Math.abs(travel) < SLICE_TRAVEL) return { steps: 0, rest: travel };
  return { steps: travel < 0 ? 1 : -1, rest: 0 };
}

/** Zoom factor of a ctrl + wheel event; pinching on a trackpad arrives as this with small deltas. */
export function wheelZoom(deltaY: number, deltaMode: number): number {
  const pixels = deltaMode === 0 ? deltaY : deltaY * LINE;
  return Math.exp(-Math.min(25, Math.max(-25, pixels)) / 100);
}

export interface GestureTarget {
  /** The view as it is now, or null while there is no image: then nothing is handled. */
  view: () => View | null;
  onEffect: (effect: Effect) => void;
  onLeave: () => void;
  onSliceStep: (delta: number) => void;
  onReset: () => void;
}

/** Listens on `element` until the returned function is called. */
export function bindGestures(element: HTMLElement, target: GestureTarget): () => void {
  let state = IDLE;
  let wheelRest = 0;
  const listeners = new AbortController();
  const { signal } = listeners;

  const pointIn = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const pointer = (type: PointerInput['type']) => (event: PointerEvent) => {
    const view = target.view();
    if (!view) {
      state = IDLE;
      return;
    }
    const input = {
      ...pointIn(event),
      type,
      id: event.pointerId,
      button: event.button,
      pressed: event.buttons !== 0,
      shift: event.shiftKey,
    };
    const next = stepGesture(state, input, view);
    state = next.state;
    if (type === 'down' && state.pointers.has(event.pointerId)) element.setPointerCapture(event.pointerId);
    if (next.effect) target.onEffect(next.effect);
  };

  element.addEventListener('pointerdown', pointer('down'), { signal });
  element.addEventListener('pointermove', pointer('move'), { signal });
  element.addEventListener('pointerup', pointer('up'), { signal });
  element.addEventListener('pointercancel', pointer('cancel'), { signal });
  element.addEventListener(
    'pointerleave',
    (event) => {
      // A finger that is lifted also leaves, but its tap should stay marked.
      if (event.pointerType === 'mouse') target.onLeave();
    },
    { signal },
  );
  // The middle button would start the browser's own scrolling.
  element.addEventListener('mousedown', (event) => event.button === 1 && event.preventDefault(), { signal });
  // `touch-action: pan-y` leaves one-finger scrolling to the page; two fingers are ours.
  const keepTwoFingers = (event: TouchEvent): void => {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  };
  element.addEventListener('touchstart', keepTwoFingers, { signal, passive: false });
  element.addEventListener('touchmove', keepTwoFingers, { signal, passive: false });
  element.addEventListener(
    'wheel',
    (event) => {
      const view = target.view();
      if (!view) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) {
        const factor = wheelZoom(event.deltaY, event.deltaMode);
        const transform = zoomAbout(view.image, view.pane, view.transform, factor, pointIn(event));
        target.onEffect({ kind: 'transform', transform });
        return;
      }
      const wheel = wheelSlices(wheelRest, event.deltaY, event.deltaMode);
      wheelRest = wheel.rest;
      if (wheel.steps !== 0) target.onSliceStep(wheel.steps);
    },
    { signal, passive: false },
  );
  element.addEventListener('dblclick', () => target.view() && target.onReset(), { signal });
  return () => listeners.abort();
}
