import { useApp } from '../../../state/StoreContext';
import type { SliceCount } from '../state/types';

const COUNTS: readonly { count: SliceCount; text: string }[] = [
  { count: 3, text: '3' },
  { count: 9, text: '9' },
  { count: null, text: 'all' },
];

/** How much is computed. */
export function MeasuresPanel() {
  const slices = useApp((s) => s.compare.slices);
  const disabled = useApp((s) => s.compare.run !== null);
  const { setSlices } = useApp((s) => s.actions.compare);
  return (
    <fieldset className="panel" disabled={disabled}>
      <legend>Slices of each scan</legend>
      <div className="compare-counts">
        {COUNTS.map(({ count, text }) => (
          <label key={text} className="choice">
            <input
              type="radio"
              name="compare-slices"
              checked={slices === count}
              onChange={() => setSlices(count)}
            />
            {text}
          </label>
        ))}
      </div>
      <p className="dim">
        Spread evenly over the head. All models see the same slices, and the whole chain is run.
      </p>
    </fieldset>
  );
}
