import { useMemo } from 'react';
import { useApp } from '../../../state/StoreContext';
import { chosenCard, currentResults, currentVolume } from '../state/selectors';
import { type Pane, panesOf } from './panes';

/** The panes on the screen; empty while no scan is open. */
export function usePanes(): Pane[] {
  const source = useApp((s) => s.source);
  const reference = useApp((s) => s.reference);
  const made = useApp(currentVolume);
  const card = useApp(chosenCard);
  const slice = useApp((s) => s.view.slice);
  const mode = useApp((s) => s.view.mode);
  const mix = useApp((s) => s.view.mix);
  const running = useApp((s) => s.run?.slices.includes(s.view.slice) ?? false);
  const isPreview = useApp((s) => currentResults(s)?.recipe.previewOf !== undefined);
  return useMemo(
    () => (source ? panesOf({ source, reference, made, card, slice, mode, mix, running, isPreview }) : []),
    [source, reference, made, card, slice, mode, mix, running, isPreview],
  );
}
