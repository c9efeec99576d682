import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useApp } from '../../../state/StoreContext';
import type { AppData } from '../../../state/types';
import { chosenCard, currentResults, currentVolume } from '../state/selectors';
import { type Pane, type PaneInput, panesOf } from './panes';

/** What the panes show now; null while no scan is open. */
export function paneInput(state: AppData): PaneInput | null {
  const { source, reference, view, run } = state;
  return (
    source && {
      ...{ source, reference, made: currentVolume(state), card: chosenCard(state) },
      ...{ slice: view.slice, mode: view.mode, mix: view.mix },
      running: run?.slices.includes(view.slice) ?? false,
      isPreview: currentResults(state)?.recipe.previewOf !== undefined,
    }
  );
}

/** The panes on the screen; empty while no scan is open. Each user makes its own images. */
export function usePanes(): Pane[] {
  const input = useApp(useShallow(paneInput));
  return useMemo(() => (input ? panesOf(input) : []), [input]);
}
