import { describe, expect, it } from 'vitest';
import {
  dragWindow,
  type Effect,
  type GestureState,
  IDLE,
  type PointerInput,
  stepGesture,
  type View,
  wheelSlices,
  wheelZoom,
} from './gestures';

const view: View = {
  window: { center: 500, width: 1000 },
  transform: { zoom: 1, pan: { x: 0, y: 0 } },
  image: { width: 100, height: 100, spacing: [1, 1] },
  pane: { width: 200, height: 200 },
};

/** Feeds a list of events from idle; returns all effects and the last state. */
function play(inputs: (Partial<PointerInput> & Pick<PointerInput, 'type' | 'x' | 'y'>)[]): {
  effects: (Effect | null)[];
  state: GestureState;
} {
  let state = IDLE;
  const effects = inputs.map((input) => {
    const next = stepGesture(state, { id: 1, button: 0, pressed: true, shift: false, ...input }, view);
    state = next.state;
    return next.effect;
  });
  return { effects, state };
}

describe('stepGesture', () => {
  it('left drag sets the window from where the drag began', () => {
    const { effects, state } = play([
      { type: 'down', x: 10, y: 10 },
      { type: 'move', x: 85, y: 10 },
      { type: 'move', x: 160, y: 160 },
      { type: 'up', x: 160, y: 160 },
    ]);
    expect(effects).toEqual([
      null,
      { kind: 'window', window: { center: 500, width: 1000 * Math.SQRT2 } },
      { kind: 'window', window: { center: 1000, width: 2000 } },
      null,
    ]);
    expect(state).toEqual(IDLE);
  });

  it.each([
    { button: 0, shift: true },
    { button: 1, shift: false },
  ])('pans with $button, shift $shift', (press) => {
    const { effects } = play([
      { type: 'down', x: 50, y: 50, ...press },
      { type: 'move', x: 70, y: 40 },
    ]);
    expect(effects[1]).toEqual({ kind: 'transform', transform: { zoom: 1, pan: { x: 10, y: -5 } } });
  });

  it('the right button does nothing', () => {
    const { effects, state } = play([
      { type: 'down', x: 50, y: 50, button: 2 },
      { type: 'up', x: 90, y: 50 },
    ]);
    expect(effects).toEqual([null, null]);
    expect(state).toEqual(IDLE);
  });

  it('two fingers apart zoom about their middle and together pan', () => {
    const apart = play([
      { type: 'down', x: 80, y: 100, id: 1 },
      { type: 'down', x: 120, y: 100, id: 2 },
      { type: 'move', x: 60, y: 100, id: 1 },
      { type: 'move', x: 140, y: 100, id: 2 },
    ]).effects[3];
    expect(apart).toEqual({ kind: 'transform', transform: { zoom: 2, pan: { x: 0, y: 0 } } });
    const together = play([
      { type: 'down', x: 80, y: 100, id: 1 },
      { type: 'down', x: 120, y: 100, id: 2 },
      { type: 'move', x: 100, y: 130, id: 1 },
      { type: 'move', x: 140, y: 130, id: 2 },
    ]).effects[3];
    expect(together).toEqual({ kind: 'transform', transform: { zoom: 1, pan: { x: 10, y: 15 } } });
  });

  it('a finger left over from a pinch changes nothing', () => {
    const { effects } = play([
      { type: 'down', x: 80, y: 100, id: 1 },
      { type: 'down', x: 120, y: 100, id: 2 },
      { type: 'up', x: 120, y: 100, id: 2 },
      { type: 'move', x: 20, y: 100, id: 1 },
      { type: 'up', x: 20, y: 100, id: 1 },
    ]);
    expect(effects).toEqual([null, null, null, null, null]);
  });

  it('hover and tap probe, a drag does not', () => {
    expect(play([{ type: 'move', x: 5, y: 6 }]).effects).toEqual([{ kind: 'probe', at: { x: 5, y: 6 } }]);
    const tap = play([
      { type: 'down', x: 30, y: 30 },
      { type: 'move', x: 31, y: 32 },
      { type: 'up', x: 31, y: 32 },
    ]);
    expect(tap.effects).toEqual([null, null, { kind: 'probe', at: { x: 31, y: 32 } }]);
  });

  it('a mouse that comes back without its button drags no more', () => {
    const { effects, state } = play([
      { type: 'down', x: 10, y: 10 },
      { type: 'move', x: 85, y: 10 },
      { type: 'move', x: 30, y: 10, pressed: false },
      { type: 'move', x: 40, y: 10, pressed: false },
    ]);
    expect(effects.slice(2)).toEqual([null, { kind: 'probe', at: { x: 40, y: 10 } }]);
    expect(state).toEqual(IDLE);
  });

  it('a cancelled touch (the page scrolls) leaves no drag', () => {
    const { effects, state } = play([
      { type: 'down', x: 30, y: 30 },
      { type: 'cancel', x: 30, y: 30 },
    ]);
    expect(effects).toEqual([null, null]);
    expect(state).toEqual(IDLE);
  });
});

describe('a gesture that the page takes over', () => {
  it('is undone', () => {
    const { effects } = play([
      { type: 'down', x: 10, y: 10 },
      { type: 'move', x: 85, y: 10 },
      { type: 'cancel', x: 85, y: 10 },
    ]);
    expect(effects[2]).toEqual({ kind: 'window', window: view.window });
    const pan = play([
      { type: 'down', x: 10, y: 10, shift: true },
      { type: 'move', x: 85, y: 10 },
      { type: 'cancel', x: 85, y: 10 },
    ]);
    expect(pan.effects[2]).toEqual({ kind: 'transform', transform: view.transform });
  });
});

describe('dragWindow', () => {
  it('never reaches width 0 and undoes itself', () => {
    expect(dragWindow(view.window, -5000, 0).width).toBeGreaterThan(0);
    const back = dragWindow(dragWindow(view.window, 40, 0), -40, 0);
    expect(back.width).toBeCloseTo(view.window.width, 9);
  });
});

describe('wheel', () => {
  it('makes one slice a notch, upwards positive, in pixels or lines', () => {
    expect(wheelSlices(0, -120, 0)).toEqual({ steps: 1, rest: 0 });
    expect(wheelSlices(0, 100, 0)).toEqual({ steps: -1, rest: 0 });
    expect(wheelSlices(0, 3, 1)).toEqual({ steps: -1, rest: 0 });
  });

  it('adds small travels up and forgets them on a turn', () => {
    expect(wheelSlices(0, 25, 0)).toEqual({ steps: 0, rest: 25 });
    expect(wheelSlices(50, 25, 0)).toEqual({ steps: -1, rest: 0 });
    expect(wheelSlices(50, -25, 0)).toEqual({ steps: 0, rest: -25 });
  });

  it('zooms in upwards, gently, and back again', () => {
    expect(wheelZoom(-120, 0)).toBeCloseTo(Math.exp(0.25), 12);
    expect(wheelZoom(-120, 0) * wheelZoom(120, 0)).toBeCloseTo(1, 12);
    expect(wheelZoom(4, 0)).toBeCloseTo(Math.exp(-0.04), 12);
  });
});
