import { describe, expect, it } from 'vitest';
import type { View } from './gestures';
import { commandOf, effectOf, VIEWER_KEYS } from './keys';

const bare = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
const view: View = {
  window: { center: 500, width: 1000 },
  transform: { zoom: 1, pan: { x: 0, y: 0 } },
  image: { width: 100, height: 100, spacing: [1, 1] },
  pane: { width: 200, height: 200 },
};

describe('commandOf', () => {
  it('finds every key of the table, and no key stands for two commands', () => {
    for (const entry of VIEWER_KEYS) {
      expect(commandOf({ ...bare, key: entry.key, shiftKey: entry.shift ?? false })).toBe(entry.command);
    }
  });

  it('tells arrows with shift from plain ones and reads + with shift', () => {
    expect(commandOf({ ...bare, key: 'ArrowUp' })).toEqual({ kind: 'slice', delta: 1 });
    expect(commandOf({ ...bare, key: 'ArrowUp', shiftKey: true })?.kind).toBe('pan');
    expect(commandOf({ ...bare, key: '+', shiftKey: true })?.kind).toBe('zoom');
  });

  it("leaves the browser's own keys alone", () => {
    expect(commandOf({ ...bare, key: '+', ctrlKey: true })).toBeNull();
    expect(commandOf({ ...bare, key: 'Tab' })).toBeNull();
    expect(commandOf({ ...bare, key: 'ArrowLeft' })).toBeNull();
  });
});

describe('effectOf', () => {
  it('zooms about the centre', () => {
    expect(effectOf({ kind: 'zoom', factor: 2 }, view)).toEqual({
      kind: 'transform',
      transform: { zoom: 2, pan: { x: 0, y: 0 } },
    });
  });

  it('pans by CSS pixels', () => {
    expect(effectOf({ kind: 'pan', dx: 10, dy: 0 }, view)).toEqual({
      kind: 'transform',
      transform: { zoom: 1, pan: { x: 5, y: 0 } },
    });
  });

  it('moves the window like a drag', () => {
    expect(effectOf({ kind: 'window', dx: 0, dy: 150 }, view)).toEqual({
      kind: 'window',
      window: { center: 1000, width: 1000 },
    });
  });
});
