import { useMemo } from 'react';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import type { SliceRange } from '../../../state/types';
import { slicesOf } from '../state/slices';

/** Which slices Translate asks for. */
export function RangePanel() {
  const source = useApp((s) => s.source);
  const range = useApp((s) => s.range);
  const slice = useApp((s) => s.view.slice);
  const disabled = useApp((s) => s.run !== null);
  const { setRange } = useApp((s) => s.actions);
  const last = source ? source.shape[2] - 1 : 0;
  const head = useMemo(() => (source ? slicesOf({ kind: 'head' }, source, 0).length : 0), [source]);
  const span =
    range.kind === 'span' ? range : { from: Math.max(0, slice - 5), to: Math.min(last, slice + 5) };
  const choices: { kind: SliceRange['kind']; label: string; range: SliceRange }[] = [
    { kind: 'visible', label: source ? `This slice: ${slice}` : 'This slice', range: { kind: 'visible' } },
    {
      kind: 'head',
      label: source ? `All with head: ${head} slices` : 'All with head',
      range: { kind: 'head' },
    },
    { kind: 'span', label: 'From – to', range: { kind: 'span', from: span.from, to: span.to } },
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
            onChange={() => setRange(choice.range)}
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
