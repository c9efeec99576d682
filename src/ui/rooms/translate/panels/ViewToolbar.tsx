import RotateCcw from 'lucide-react/icons/rotate-ccw';
import { useCallback, useLayoutEffect, useRef } from 'react';
import { Live, useApp, useGetState } from '../../../state/StoreContext';
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
      <SliceSlider />
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

/** Its thumb follows quick steps at its ease, and is where they are before it is moved: it goes on from there. */
function SliceSlider() {
  const slice = useApp((s) => s.view.slice);
  const last = useApp((s) => (s.source ? s.source.shape[2] - 1 : 0));
  const { setSlice } = useApp((s) => s.actions);
  const getState = useGetState();
  const thumb = useRef<HTMLInputElement>(null);
  const follow = useCallback(() => {
    // React sees `value` alone being set: by `valueAsNumber` the next change back to the number that it knows would be no change to it.
    if (thumb.current) thumb.current.value = String(getState().view.slice);
  }, [getState]);
  useLayoutEffect(follow, [follow, slice, last]);
  return (
    <label className="slider slice-slider">
      <Live>
        <SliceNumber last={last} />
      </Live>
      <span className="slice-slider-track">
        <input
          ref={thumb}
          type="range"
          min={0}
          max={last}
          step={1}
          onPointerEnter={follow}
          onFocus={follow}
          onKeyDown={follow}
          onChange={(event) => setSlice(event.target.valueAsNumber)}
        />
      </span>
    </label>
  );
}

function SliceNumber({ last }: { last: number }) {
  const slice = useApp((s) => s.view.slice);
  const wordsOf = (k: number) => `Slice ${k} of 0–${last}`;
  return (
    <span className="num" data-widest={wordsOf(last)}>
      <span className="steady">{wordsOf(slice)}</span>
    </span>
  );
}
