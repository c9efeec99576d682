import {
  choicesOf,
  hasR,
  isUnconditional,
  METHOD_CHOICES,
  neededOf,
  reverseStepsOf,
  startsR,
} from '../../../../workers/train/settings';
import { FileButton } from '../../../components/FileButton';
import { WEIGHTS_ENDINGS } from '../../../state/files';
import { useApp } from '../../../state/StoreContext';
import { frozenRWarning, misfitOf } from '../state/selectors';
import { R_NETWORKS } from '../state/types';
import { networkChoice } from './networkChoice';

const SWITCHES = [
  { name: 'adversarial', label: 'Adversarial terms' },
  { name: 'cycle', label: 'Cycle term' },
] as const;

/** The cycle goes through R, which only unpaired data have. */
const isIdle = (name: (typeof SWITCHES)[number]['name'], isUnpaired: boolean) =>
  name === 'cycle' && !isUnpaired;

/** Without any discriminator there is none to keep for R alone. */
const switched = (name: (typeof SWITCHES)[number]['name'], isOn: boolean) => ({
  [name]: isOn,
  ...(name === 'adversarial' && !isOn ? { projector: 'adversarial' as const } : {}),
});

const R_FIELDS = [
  { network: 'rAToB', label: 'R of A to B' },
  { network: 'rBToA', label: 'R of B to A' },
] as const;

/** The method and its variant. */
export function VariantOptions({ disabled }: { disabled: boolean }) {
  const settings = useApp((s) => s.train.settings);
  const sources = useApp((s) => s.train.start.sources);
  const frozen = useApp((s) => frozenRWarning(s.train));
  const misfit = useApp((s) => misfitOf(s, R_NETWORKS));
  const warning = misfit ?? frozen;
  const isReading = useApp((s) => s.train.isReadingStart);
  const { patchVariant, patchSettings, setStartR } = useApp((s) => s.actions.train);
  const { method, variant, diffusion } = settings;
  // The weights of a start model are of its own chain.
  const isStarted = useApp((s) => s.train.start.cardId !== null);
  const isUnpaired = hasR(variant);
  const isSourceless = isUnconditional(variant);
  const choices = choicesOf(method, variant);
  const choice = networkChoice(settings);
  const needs = neededOf(method, variant);
  const reverseSteps = reverseStepsOf(method);
  return (
    <fieldset disabled={disabled}>
      <label className="field">
        <span>Method</span>
        <select
          value={method}
          onChange={({ target }) => patchSettings({ method: target.value as typeof method })}
        >
          {METHOD_CHOICES.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {choices.length > 0 && (
        <label className="field">
          <span>Networks that train</span>
          <select
            value={choice?.id ?? ''}
            onChange={({ target }) =>
              patchVariant(choices.find(({ id }) => id === target.value)?.patch ?? {})
            }
          >
            {!choice && <option value="">own choice</option>}
            {choices.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      )}
      {SWITCHES.filter(({ name }) => needs[name] === undefined).map(({ name, label }) => (
        <label className="choice" key={name}>
          <input
            type="checkbox"
            checked={variant[name] && !isIdle(name, isUnpaired)}
            disabled={isIdle(name, isUnpaired)}
            onChange={({ target }) => patchVariant(switched(name, target.checked))}
          />
          {label}
          {isIdle(name, isUnpaired) && (
            <span className="dim">{isSourceless ? 'not without a source' : 'not of paired data'}</span>
          )}
        </label>
      ))}
      <div className="pair">
        {needs.direction === undefined && !isSourceless && (
          <label className="field">
            <span>Direction</span>
            <select
              value={variant.direction}
              onChange={({ target }) =>
                patchVariant({ direction: target.value as (typeof variant)['direction'] })
              }
            >
              <option value="both">both</option>
              <option value="aToB">A to B</option>
              <option value="bToA">B to A</option>
            </select>
          </label>
        )}
        {reverseSteps.length > 0 && (
          <label className="field">
            <span>Reverse steps</span>
            <select
              value={diffusion.steps}
              disabled={isStarted}
              onChange={({ target }) =>
                patchSettings({ diffusion: { ...diffusion, steps: Number(target.value) } })
              }
            >
              {[...new Set([...reverseSteps, diffusion.steps])]
                .sort((p, q) => p - q)
                .map((steps) => (
                  <option key={steps} value={steps}>
                    {steps}
                  </option>
                ))}
            </select>
          </label>
        )}
      </div>
      {isUnpaired && startsR(method) && (
        <>
          {needs.r === undefined && (
            <label className="field">
              <span>R, the non-diffusive translators</span>
              <select
                value={variant.r}
                onChange={({ target }) =>
                  patchVariant({ r: target.value === 'frozen' ? 'frozen' : 'trained' })
                }
              >
                <option value="trained">trained</option>
                <option value="frozen">frozen as they start</option>
              </select>
            </label>
          )}
          <h3>Start of R</h3>
          {R_FIELDS.map(({ network, label }) => {
            const source = sources[network];
            const name = source?.kind === 'file' ? source.file.name : null;
            return (
              <div className="start-r" key={network}>
                <span>
                  {label}: <span className="dim">{name ?? 'random'}</span>
                </span>
                {name ? (
                  <button
                    type="button"
                    className="button small"
                    onClick={() => void setStartR(network, null)}
                  >
                    Random<span className="visually-hidden">: {label}</span>
                  </button>
                ) : (
                  <FileButton
                    label={`Weights of ${network === 'rAToB' ? 'A to B' : 'B to A'}…`}
                    className="button small"
                    accept={WEIGHTS_ENDINGS}
                    disabled={isReading}
                    onFiles={([file]) => void setStartR(network, { kind: 'file', file })}
                  />
                )}
              </div>
            );
          })}
          {warning && <p className="warning">{warning}</p>}
        </>
      )}
    </fieldset>
  );
}
