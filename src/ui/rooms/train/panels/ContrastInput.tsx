import { useEffect, useId, useState } from 'react';
import type { Side } from '../../../../workers/train/protocol';
import { useApp } from '../../../state/StoreContext';

const SUFFIXES = ['T1w', 'T2w', 'FLAIR', 'PD', 'CT'];

/** A contrast by its BIDS suffix, one of the usual or any other; it counts when the field is left or Enter pressed. */
export function ContrastInput({ side, disabled }: { side: Side; disabled: boolean }) {
  const value = useApp((s) => s.train.settings.contrasts[side]);
  const { setContrast } = useApp((s) => s.actions.train);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const list = useId();
  return (
    <label className="field">
      <span>Contrast {side.toUpperCase()}</span>
      <input
        type="text"
        list={list}
        autoComplete="off"
        spellCheck={false}
        disabled={disabled}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          // Picked from the list, which leaves no field.
          if (SUFFIXES.includes(event.target.value)) setContrast(side, event.target.value);
        }}
        onBlur={() => setContrast(side, text)}
        onKeyDown={(event) => event.key === 'Enter' && setContrast(side, text)}
      />
      <datalist id={list}>
        {SUFFIXES.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}
