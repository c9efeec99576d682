import { DecimalInput } from '../../../components/DecimalInput';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { hasCycle } from './runWords';

/** Weights of the loss terms and learning rates. */
export function RateOptions({ disabled }: { disabled: boolean }) {
  const { weights, rates, r1, ema, variant } = useApp((s) => s.train.settings);
  const { patchSettings } = useApp((s) => s.actions.train);
  return (
    <fieldset disabled={disabled}>
      <div className="pair">
        <DecimalInput
          label="L1 weight"
          value={weights.l1}
          onChange={(l1) => patchSettings({ weights: { ...weights, l1 } })}
        />
        {hasCycle(variant) && (
          <DecimalInput
            label="Cycle weight"
            value={weights.cycle}
            onChange={(cycle) => patchSettings({ weights: { ...weights, cycle } })}
          />
        )}
        <DecimalInput
          label="R1 penalty"
          value={r1.gamma}
          onChange={(gamma) => patchSettings({ r1: { ...r1, gamma } })}
        />
        <NumberInput
          label="R1 every"
          value={r1.every}
          min={1}
          max={10_000}
          onChange={(every) => patchSettings({ r1: { ...r1, every } })}
        />
      </div>
      <h3>Learning rates</h3>
      <div className="pair">
        <DecimalInput
          label="Generators"
          value={rates.generators}
          onChange={(generators) => patchSettings({ rates: { ...rates, generators } })}
        />
        <DecimalInput
          label="Discriminators"
          value={rates.discriminators}
          onChange={(discriminators) => patchSettings({ rates: { ...rates, discriminators } })}
        />
        <DecimalInput
          label="At the end"
          value={rates.least}
          onChange={(least) => patchSettings({ rates: { ...rates, least } })}
        />
        <DecimalInput
          label="EMA decay"
          value={ema}
          onChange={(value) => patchSettings({ ema: Math.min(value, 0.99999) })}
        />
      </div>
    </fieldset>
  );
}
