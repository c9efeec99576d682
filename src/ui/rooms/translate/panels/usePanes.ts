import { useMemo } from 'react';
import { useApp } from '../../../state/StoreContext';
import type { AppData } from '../../../state/types';
import { chosenCard, currentResults, currentVolume } from '../state/selectors';
import { type Pane, type PaneInput, panesOf } from './panes';

/** Given again while nothing in it has changed: it is asked for at every change of the state. */
let last: PaneInput | null = null;

/** What the panes show now, the same object while that stays; null while no scan is open. */
export function paneInput(state: AppData): PaneInput | null {
  const { source, reference, view, run } = state;
  const next = source && {
    ...{ source, reference, made: currentVolume(state), card: chosenCard(state) },
    ...{ slice: view.slice, mode: view.mode, mix: view.mix },
    running: run?.slices.includes(view.slice) ?? false,
    isPreview: currentResults(state)?.recipe.previewOf !== undefined,
  };
  if (!last || !next || !isSame(last, next)) last = next;
  return last;
}

function isSame(a: PaneInput, b: PaneInput): boolean {
  for (const key in a) if (a[key as keyof PaneInput] !== b[key as keyof PaneInput]) return false;
  return true;
}

/** The panes on the screen; empty while no scan is open. Each user makes its own images. */
export function usePanes(): Pane[] {
  const input = useApp(paneInput);
  return useMemo(() => (input ? panesOf(input) : []), [input]);
}
