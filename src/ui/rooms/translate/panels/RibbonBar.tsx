import { useMemo } from 'react';
import { Live, useApp } from '../../../state/StoreContext';
import { SliceRibbon } from '../../../viewer/SliceRibbon';
import type { SliceRibbonProps } from '../../../viewer/types';
import { currentResults } from '../state/selectors';
import { ribbonScores, sliceStates } from './ribbon';

const NO_SLICES: readonly number[] = [];

export function RibbonBar() {
  const count = useApp((s) => s.source?.shape[2] ?? 0);
  const results = useApp(currentResults);
  const queue = useApp((s) => s.run?.slices ?? NO_SLICES);
  const states = useMemo(
    () => sliceStates(count, results?.made.done ?? null, queue),
    [count, results, queue],
  );
  const scores = useMemo(() => ribbonScores(count, results?.scores ?? null), [count, results]);
  return (
    <div className="ribbon-bar" data-testid="ribbon">
      {count > 0 && (
        <Live>
          <RibbonOfSlice states={states} scores={scores} />
        </Live>
      )}
    </div>
  );
}

/** Its marker keeps up with the images. */
function RibbonOfSlice(cells: Pick<SliceRibbonProps, 'states' | 'scores'>) {
  const slice = useApp((s) => s.view.slice);
  const { setSlice } = useApp((s) => s.actions);
  return <SliceRibbon label="Axial slices" {...cells} current={slice} onGo={setSlice} />;
}
