import RotateCcw from 'lucide-react/icons/rotate-ccw';
import { Live, useApp } from '../../../state/StoreContext';
import { VIEW_MODES, type ViewMode } from '../../../state/types';

export const MODE_NAMES: Record<ViewMode, string> = {
  side: 'Side by side',
  difference: 'Difference',
  swipe: 'Swipe',
  checkerboard: 'Checker',
  blend: 'Blend',
  spread: 'Spread',
};

/** How the images are laid against each other, and which slice. */
export function ViewToolbar() {
  const mode = useApp((s) => s.view.mode);
  const { setMode, resetView } = useApp((s) => s.actions);
  return (
    <div className="view-toolbar" role="toolbar" aria-label="View">
      <div className="segments">
        {VIEW_MODES.map((name, n) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === mode}
            title={`${MODE_NAMES[name]} (${n + 1})`}
            onClick={() => setMode(name)}
          >
            {MODE_NAMES[name]}
          </button>
        ))}
      </div>
      <MixSlider />
      <Live>
        <SliceSlider />
      </Live>
      <button
        type="button"
        className="icon-button"
        aria-label="Reset zoom, position and window"
        title="Reset zoom, position and window (Home)"
        onClick={resetView}
      >
        <RotateCcw size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

/** Of the swipe's edge, and of how much of the synthetic image is in the blend. */
function MixSlider() {
  const mode = useApp((s) => s.view.mode);
  const mix = useApp((s) => s.view.mix);
  const { setMix } = useApp((s) => s.actions);
  const takesMix = mode === 'swipe' || mode === 'blend';
  return (
    <label className="slider" data-hidden={!takesMix}>
      <span>{mode === 'blend' ? 'Synthetic' : 'Edge'}</span>
      <input
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={mix}
        disabled={!takesMix}
        onChange={(event) => setMix(event.target.valueAsNumber)}
      />
    </label>
  );
}

/** By itself: a step through the slices renders nothing else of the toolbar. Live: its keys go on from where its thumb is. */
function SliceSlider() {
  const slice = useApp((s) => s.view.slice);
  const last = useApp((s) => (s.source ? s.source.shape[2] - 1 : 0));
  const { setSlice } = useApp((s) => s.actions);
  const wordsOf = (k: number) => `Slice ${k} of 0–${last}`;
  return (
    <label className="slider slice-slider">
      <span className="num" data-widest={wordsOf(last)}>
        <span className="steady">{wordsOf(slice)}</span>
      </span>
      <span className="slice-slider-track">
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={slice}
          onChange={(event) => setSlice(event.target.valueAsNumber)}
        />
      </span>
    </label>
  );
}
