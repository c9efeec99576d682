import { useMemo } from 'react';
import { foundOnce } from '../../../state/foundOnce';
import { useApp } from '../../../state/StoreContext';
import type { AppData } from '../../../state/types';
import { chosenCard, currentResults, currentVolume } from '../state/selectors';
import { type Pane, type PaneInput, panesOf } from './panes';

const inputs = foundOnce<PaneInput>();

/** What the panes show now, the same object while that stays; null while no scan is open. */
export function paneInput(state: AppData): PaneInput | null {
  const { source, reference, view, run } = state;
  if (!source) return null;
  const next: PaneInput = {
    ...{ source, reference, made: currentVolume(state), card: chosenCard(state) },
    ...{ slice: view.slice, mode: view.mode, mix: view.mix },
    running: run?.slices.includes(view.slice) ?? false,
    isPreview: currentResults(state)?.recipe.previewOf !== undefined,
  };
  return inputs(source, Object.values(next), () => next);
}

/** The panes on the screen; empty while no scan is open. Each user makes its own images. */
export function usePanes(): Pane[] {
  const input = useApp(paneInput);
  return useMemo(() => (input ? panesOf(input) : []), [input]);
}
