import { isUnconditionalModel } from '../../../workers/translate/bench';
import type { Comparable } from '../compare/state/types';
import type { BenchState } from './benchState';

interface Props {
  bench: BenchState;
  models: readonly Comparable[];
  chosen: Comparable | null;
}

const LENGTHS: readonly { quick: boolean; label: string; text: string }[] = [
  { quick: true, label: 'Quick', text: 'a few runs of each engine, in one or two minutes on most machines' },
  { quick: false, label: 'Full', text: '20 runs of each, and trainings at two sizes: several minutes' },
];

/** What is measured. */
export function BenchPanel({ bench: { quick, run, choose }, models, chosen }: Props) {
  return (
    <fieldset className="panel" disabled={run !== null}>
      <legend>Measure</legend>
      <label className="field">
        <span>Model</span>
        <select
          aria-label="Model"
          value={chosen?.id ?? ''}
          onChange={({ target }) => choose({ modelId: target.value })}
        >
          {models.map(({ id, name, card, from }) => (
            <option key={id} value={id}>
              {from === 'shipped' ? name : `${name} (own)`}
              {isUnconditionalModel(card) ? ', translates nothing' : `, ${card.preprocessing.size} pixels`}
            </option>
          ))}
        </select>
      </label>
      {LENGTHS.map((one) => (
        <label key={one.label} className="choice compare-extra">
          <input
            type="radio"
            name="bench-length"
            checked={quick === one.quick}
            onChange={() => choose({ quick: one.quick })}
          />
          <span>
            {one.label} <span className="dim">{one.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
