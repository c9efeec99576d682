import { hasAverages, hasJudges, optionsIn, type TrainingOption } from '../../../../workers/train/settings';
import { DecimalInput } from '../../../components/DecimalInput';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';

/** Weights of the loss terms and learning rates. */
export function RateOptions({ disabled }: { disabled: boolean }) {
  const settings = useApp((s) => s.train.settings);
  const { rates, ema } = settings;
  const options = optionsIn(settings);
  const { patchSettings } = useApp((s) => s.actions.train);
  return (
    <fieldset disabled={disabled}>
      <div className="pair">
        {options
          .filter(({ kind }) => kind !== 'switch')
          .map((option) => (
            <OwnOption key={option.id} option={option} />
          ))}
      </div>
      {options
        .filter(({ kind }) => kind === 'switch')
        .map((option) => (
          <OwnSwitch key={option.id} option={option} />
        ))}
      <h3>Learning rates</h3>
      <div className="pair">
        <DecimalInput
          label="Generators"
          value={rates.generators}
          onChange={(generators) => patchSettings({ rates: { ...rates, generators } })}
        />
        {hasJudges(settings) && (
          <DecimalInput
            label="Discriminators"
            value={rates.discriminators}
            onChange={(discriminators) => patchSettings({ rates: { ...rates, discriminators } })}
          />
        )}
        <DecimalInput
          label="At the end"
          value={rates.least}
          onChange={(least) => patchSettings({ rates: { ...rates, least } })}
        />
        {hasAverages(settings) && (
          <DecimalInput
            label="EMA decay"
            value={ema}
            onChange={(value) => patchSettings({ ema: Math.min(value, 0.99999) })}
          />
        )}
      </div>
    </fieldset>
  );
}

function OwnSwitch({ option: { id, label } }: { option: TrainingOption }) {
  const options = useApp((s) => s.train.settings.options);
  const { patchSettings } = useApp((s) => s.actions.train);
  return (
    <label className="choice">
      <input
        type="checkbox"
        checked={options[id] === 1}
        onChange={({ target }) => patchSettings({ options: { ...options, [id]: target.checked ? 1 : 0 } })}
      />
      {label}
    </label>
  );
}

/** A number that the method alone has. */
function OwnOption({ option: { id, label, kind, least, most } }: { option: TrainingOption }) {
  const options = useApp((s) => s.train.settings.options);
  const { patchSettings } = useApp((s) => s.actions.train);
  const change = (value: number) => patchSettings({ options: { ...options, [id]: value } });
  if (kind === 'whole')
    return <NumberInput label={label} value={options[id]} min={least} max={most} onChange={change} />;
  return (
    <DecimalInput
      label={label}
      value={options[id]}
      onChange={(value) => change(Math.min(Math.max(value, least), most))}
    />
  );
}
