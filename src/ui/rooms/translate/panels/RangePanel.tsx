import { type ReactNode, useMemo } from 'react';
import { NumberInput } from '../../../components/NumberInput';
import { useApp, useGetState } from '../../../state/StoreContext';
import type { SliceRange } from '../../../state/types';
import { slicesOf } from '../state/slices';

/** Which slices Translate asks for. */
export function RangePanel() {
  const source = useApp((s) => s.source);
  const range = useApp((s) => s.range);
  const disabled = useApp((s) => s.run !== null);
  const { setRange } = useApp((s) => s.actions);
  const getState = useGetState();
  const last = source ? source.shape[2] - 1 : 0;
  const head = useMemo(() => (source ? slicesOf({ kind: 'head' }, source, 0).length : 0), [source]);
  /** About the slice that is looked at then. */
  const spanNow = (): SliceRange => {
    const { slice } = getState().view;
    return { kind: 'span', from: Math.max(0, slice - 5), to: Math.min(last, slice + 5) };
  };
  const choices: { kind: SliceRange['kind']; label: ReactNode; rangeNow: () => SliceRange }[] = [
    {
      kind: 'visible',
      label: source ? <ThisSlice /> : 'This slice',
      rangeNow: () => ({ kind: 'visible' }),
    },
    {
      kind: 'head',
      label: source ? `All with head: ${head} ${head === 1 ? 'slice' : 'slices'}` : 'All with head',
      rangeNow: () => ({ kind: 'head' }),
    },
    { kind: 'span', label: 'From – to', rangeNow: spanNow },
  ];
  return (
    <fieldset className="panel" disabled={disabled || !source}>
      <legend>Slices</legend>
      {choices.map((choice) => (
        <label className="choice num" key={choice.kind}>
          <input
            type="radio"
            name="range"
            checked={range.kind === choice.kind}
            onChange={() => setRange(choice.rangeNow())}
          />
          {choice.label}
        </label>
      ))}
      {range.kind === 'span' && (
        <div className="pair">
          <NumberInput
            label="From"
            value={range.from}
            min={0}
            max={last}
            onChange={(from) => setRange({ ...range, from })}
          />
          <NumberInput
            label="To"
            value={range.to}
            min={0}
            max={last}
            onChange={(to) => setRange({ ...range, to })}
          />
        </div>
      )}
    </fieldset>
  );
}

/** By itself: with each step through the slices nothing else here is rendered again. */
function ThisSlice() {
  const slice = useApp((s) => s.view.slice);
  return (
    <span className="choice-words">
      <span className="steady">{`This slice: ${slice}`}</span>
    </span>
  );
}
