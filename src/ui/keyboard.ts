import { useEffect } from 'react';
import type { Room } from './routes';
import { type AppState, VIEW_MODES } from './state/types';
import { dragWindow } from './viewer/gestures';
import { commandOf } from './viewer/keys';

/** Keys of the whole page, beside those of a focused pane (VIEWER_KEYS). One table for the help. */
export const PAGE_KEYS: readonly { shown: string; does: string }[] = [
  { shown: 'T', does: 'Translate the chosen slices' },
  { shown: 'Esc', does: 'Take back the scan that is being read, else cancel the run' },
  { shown: '1', does: 'Side by side' },
  { shown: '2', does: 'Difference' },
  { shown: '3', does: 'Swipe' },
  { shown: '4', does: 'Checkerboard' },
  { shown: '5', does: 'Blend' },
  { shown: '6', does: 'Spread of the samples' },
  { shown: '?', does: 'This help' },
];

/** Those of the Compare room. */
export const COMPARE_KEYS: typeof PAGE_KEYS = [
  { shown: '↑', does: 'Next slice that was made' },
  { shown: '↓', does: 'Previous slice' },
  { shown: 'Esc', does: 'Stop reading scans, or cancel the comparison' },
];

/** Where every key is the widget's own. */
const TYPING = 'input[type="number"], input[type="text"], select, textarea, dialog';
/** Where only the keys that move are the widget's own. */
const MOVING = 'input, summary';
const MOVES = /^(Arrow|Page|Home|End)/;

/** true where the focused element, not the page, shall have the key. */
function isTaken(event: KeyboardEvent): boolean {
  const { target, key } = event;
  // A focused pane or the ribbon has already taken it.
  if (event.defaultPrevented) return true;
  if (!(target instanceof Element)) return false;
  return target.closest(TYPING) !== null || (MOVES.test(key) && target.closest(MOVING) !== null);
}

export interface KeyPress {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const isReadingScan = ({ opening }: AppState): boolean =>
  opening === 'source' || opening === 'reference' || opening === 'style';

/** Does what the key asks for; false where it asks for nothing. */
export function handleKey(event: KeyPress, state: AppState): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  const { actions, view } = state;
  if (event.key === 'Escape' && (state.run || isReadingScan(state))) {
    if (isReadingScan(state)) actions.cancelReading();
    else actions.cancel();
    return true;
  }
  if (event.key.toLowerCase() === 't') {
    void actions.translate();
    return true;
  }
  const mode = VIEW_MODES[Number(event.key) - 1];
  if (mode) {
    actions.setMode(mode);
    return true;
  }
  const command = commandOf(event);
  if (!command || !state.source) return false;
  if (command.kind === 'slice') actions.stepSlice(command.delta);
  else if (command.kind === 'window') {
    const group = view.mode === 'difference' || view.mode === 'spread' ? view.mode : 'image';
    actions.setWindow(group, dragWindow(view.windows[group], command.dx, command.dy));
  } else if (command.kind === 'reset') actions.resetView();
  else return false;
  return true;
}

/** The same in the Compare room. */
export function handleCompareKey(event: KeyPress, { compare, actions }: AppState): boolean {
  if (event.key === 'Escape' && (compare.run || compare.opening)) {
    if (compare.run) actions.compare.cancel();
    else actions.compare.cancelReading();
    return true;
  }
  const command = commandOf(event);
  if (command?.kind !== 'slice' || compare.made.size === 0) return false;
  actions.compare.stepSlice(command.delta);
  return true;
}

const ROOM_KEYS: Partial<Record<Room, typeof handleKey>> = {
  translate: handleKey,
  compare: handleCompareKey,
};

export function usePageKeys(getState: () => AppState, onHelp: () => void, room: Room): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      if (event.key === '?') onHelp();
      else if (!ROOM_KEYS[room]?.(event, getState())) return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [getState, onHelp, room]);
}
