import { useState } from 'react';
import { Sheet } from '../../../components/Sheet';
import { useApp } from '../../../state/StoreContext';
import { StepStrip } from '../../../viewer/StepStrip';
import { chosenCard, currentSlice } from '../state/selectors';
import { EnlargedStep } from './EnlargedStep';
import { useSettled } from './useSettled';

/** The reverse chain of the slice on the screen, from noise to image; a press enlarges one step. */
export function StripBar() {
  // Five pictures, drawn anew at each slice that is passed, would hold scrolling up.
  const result = useSettled(useApp(currentSlice));
  const isOnePass = useApp((s) => chosenCard(s)?.diffusion.steps === 1);
  const [selected, setSelected] = useState<number | null>(null);
  const strip = result?.strip;
  return (
    <div className="strip-bar" data-testid="strip">
      {strip ? (
        <>
          <StepStrip
            label={`${isOnePass ? 'One pass' : 'Reverse steps'} of slice ${result.index}`}
            frames={strip.frames}
            labels={strip.labels}
            selected={selected}
            onSelect={setSelected}
          />
          <p className="dim strip-hint">
            {isOnePass
              ? 'One pass: the network makes the image of the source at once. '
              : 'The reverse steps: from noise, with the source beside it, the network estimates the image again and again. '}
            Press one to enlarge it.
          </p>
        </>
      ) : (
        <p className="dim strip-empty">
          {isOnePass
            ? 'Here comes what the network makes of this slice, in one pass.'
            : 'Here come the reverse steps of this slice: noise first, then what the network makes of it, step by step.'}
        </p>
      )}
      {strip && selected !== null && (
        <Sheet title={`Slice ${result.index}: ${strip.labels[selected]}`} onClose={() => setSelected(null)}>
          <EnlargedStep strip={strip} selected={selected} />
        </Sheet>
      )}
    </div>
  );
}
