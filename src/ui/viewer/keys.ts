/** The keys of a focused pane: one table that the pane obeys and the help dialog shows. */
import type { Effect, View } from './gestures';
import { dragWindow } from './gestures';
import { panBy, zoomAbout } from './placement';

export type ViewerCommand =
  | { kind: 'slice'; delta: number }
  | { kind: 'zoom'; factor: number }
  | { kind: 'pan'; dx: number; dy: number }
  /** As a drag by so many CSS pixels. */
  | { kind: 'window'; dx: number; dy: number }
  | { kind: 'reset' };

export interface ViewerKey {
  /** `KeyboardEvent.key`. */
  key: string;
  /** Held with it; where absent, shift is not looked at (`+` needs it on many keyboards). */
  shift?: boolean;
  /** As the help shows it. */
  shown: string;
  does: string;
  command: ViewerCommand;
}

const PAN = 24;
const WINDOW = 25;

export const VIEWER_KEYS: readonly ViewerKey[] = [
  { key: 'ArrowUp', shift: false, shown: '↑', does: 'Next slice', command: { kind: 'slice', delta: 1 } },
  {
    key: 'ArrowDown',
    shift: false,
    shown: '↓',
    does: 'Previous slice',
    command: { kind: 'slice', delta: -1 },
  },
  { key: 'PageUp', shown: 'Page ↑', does: 'Ten slices on', command: { kind: 'slice', delta: 10 } },
  { key: 'PageDown', shown: 'Page ↓', does: 'Ten slices back', command: { kind: 'slice', delta: -10 } },
  { key: '+', shown: '+', does: 'Zoom in', command: { kind: 'zoom', factor: 1.25 } },
  { key: '=', shown: '=', does: 'Zoom in', command: { kind: 'zoom', factor: 1.25 } },
  { key: '-', shown: '−', does: 'Zoom out', command: { kind: 'zoom', factor: 0.8 } },
  {
    key: 'ArrowLeft',
    shift: true,
    shown: 'Shift ←',
    does: 'Move left',
    command: { kind: 'pan', dx: -PAN, dy: 0 },
  },
  {
    key: 'ArrowRight',
    shift: true,
    shown: 'Shift →',
    does: 'Move right',
    command: { kind: 'pan', dx: PAN, dy: 0 },
  },
  {
    key: 'ArrowUp',
    shift: true,
    shown: 'Shift ↑',
    does: 'Move up',
    command: { kind: 'pan', dx: 0, dy: -PAN },
  },
  {
    key: 'ArrowDown',
    shift: true,
    shown: 'Shift ↓',
    does: 'Move down',
    command: { kind: 'pan', dx: 0, dy: PAN },
  },
  { key: '[', shown: '[', does: 'More contrast', command: { kind: 'window', dx: -WINDOW, dy: 0 } },
  { key: ']', shown: ']', does: 'Less contrast', command: { kind: 'window', dx: WINDOW, dy: 0 } },
  { key: ',', shown: ',', does: 'Darker', command: { kind: 'window', dx: 0, dy: WINDOW } },
  { key: '.', shown: '.', does: 'Brighter', command: { kind: 'window', dx: 0, dy: -WINDOW } },
  { key: 'Home', shown: 'Home', does: 'Reset zoom, position and window', command: { kind: 'reset' } },
];

/** The command of a key press, or null; keys with ctrl, alt or meta belong to the browser. */
export function commandOf(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey'>,
): ViewerCommand | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const found = VIEWER_KEYS.find(
    ({ key, shift }) => key === event.key && (shift === undefined || shift === event.shiftKey),
  );
  return found?.command ?? null;
}

/** What a zoom, pan or window command makes of a view; zoom is about the pane's centre. */
export function effectOf(command: Exclude<ViewerCommand, { kind: 'slice' | 'reset' }>, view: View): Effect {
  const { image, pane, transform, window } = view;
  if (command.kind === 'window') {
    return { kind: 'window', window: dragWindow(window, command.dx, command.dy) };
  }
  if (command.kind === 'pan') return { kind: 'transform', transform: panBy(image, pane, transform, command) };
  const centre = { x: pane.width / 2, y: pane.height / 2 };
  return { kind: 'transform', transform: zoomAbout(image, pane, transform, command.factor, centre) };
}
