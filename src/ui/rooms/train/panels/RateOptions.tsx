import { hasAverages, hasJudges, optionsIn, type TrainingOption } from '../../../../workers/train/settings';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';

/** As of the command line. */
const RATE = { kind: 'decimal', min: 0, max: 1 } as const;

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
        <NumberInput
          label="Generators"
          {...RATE}
          value={rates.generators}
          onChange={(generators) => patchSettings({ rates: { ...rates, generators } })}
        />
        {hasJudges(settings) && (
          <NumberInput
            label="Discriminators"
            {...RATE}
            value={rates.discriminators}
            onChange={(discriminators) => patchSettings({ rates: { ...rates, discriminators } })}
          />
        )}
        <NumberInput
          label="At the end"
          {...RATE}
          value={rates.least}
          onChange={(least) => patchSettings({ rates: { ...rates, least } })}
        />
        {hasAverages(settings) && (
          <NumberInput
            label="EMA decay"
            kind="decimal"
            value={ema}
            min={0}
            max={0.99999}
            onChange={(value) => patchSettings({ ema: value })}
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
  return (
    <NumberInput
      label={label}
      kind={kind === 'whole' ? 'whole' : 'decimal'}
      value={options[id]}
      min={least}
      max={most}
      onChange={(value) => patchSettings({ options: { ...options, [id]: value } })}
    />
  );
}
