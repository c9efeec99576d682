import { useApp } from '../../../state/StoreContext';
import { SAMPLES } from '../state/run';
import type { ExtraSuite, SliceCount } from '../state/types';

const COUNTS: readonly { count: SliceCount; text: string }[] = [
  { count: 3, text: '3' },
  { count: 9, text: '9' },
  { count: null, text: 'all' },
];

/** A check box each. */
const EXTRAS: readonly { suite: ExtraSuite; label: string; text: string }[] = [
  {
    suite: 'variability',
    label: 'Variability',
    text: `how much chance decides: ${SAMPLES} draws of each slice`,
  },
  {
    suite: 'noise',
    label: 'Noise',
    text: 'curves of PSNR and SSIM with noise in the source: some fifteen times the work',
  },
];

/** How much is computed. */
export function MeasuresPanel() {
  const slices = useApp((s) => s.compare.slices);
  const extras = useApp((s) => s.compare.extras);
  const disabled = useApp((s) => s.compare.run !== null);
  const { setSlices, toggleExtra } = useApp((s) => s.actions.compare);
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
      <h3>Beside the scores</h3>
      {EXTRAS.map(({ suite, label, text }) => (
        <label key={suite} className="choice compare-extra">
          <input type="checkbox" checked={extras.includes(suite)} onChange={() => toggleExtra(suite)} />
          <span>
            {label} <span className="dim">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
