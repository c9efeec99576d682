import { useEffect, useId, useState } from 'react';
import { intensityMaps } from '../../../volume/intensity';
import type { ModelCard, RelativeMap } from '../../../workers/translate/protocol';
import { type OwnModelForm as Form, formOf, settingsOf } from '../../state/ownModel';
import { useApp } from '../../state/StoreContext';
import { knownContrast } from '../translate/state/selectors';
import './ownModelForm.css';

const CONTRASTS = ['T1w', 'T2w', 'FLAIR', 'PDw', 'CT'];

const MAPS: Record<RelativeMap, string> = {
  'foreground-median': '3 × foreground median',
  'foreground-p99.5': 'foreground 99.5th percentile',
};

/**
 * Weights do not tell what they were made of: here their owner says it. A field left empty is guessed, and shows the guess.
 * Nothing for a model that came with its card.
 */
export function OwnModelForm({ card }: { card: ModelCard }) {
  const own = useApp((s) => s.own[card.id]);
  const running = useApp((s) => s.run !== null);
  const reading = useApp((s) => s.opening === 'weights');
  const { describeOwn } = useApp((s) => s.actions);
  const said = own?.settings;
  const [form, setForm] = useState(() => formOf(said));
  useEffect(() => setForm(formOf(said)), [said]);
  const contrasts = useId();
  if (!own || own.card) return null;
  const { pixelSize, size } = card.preprocessing;
  const maps = Object.values(intensityMaps(card.preprocessing));
  const map = maps.find((one) => one !== 'hu') ?? 'foreground-median';
  const contrast = (side: 'source' | 'target') =>
    guess(said?.[side], knownContrast(card, side)) || 'not known';
  const text = (name: Exclude<keyof Form, 'intensity'>) => ({
    type: 'text',
    value: form[name],
    autoComplete: 'off',
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setForm({ ...form, [name]: event.target.value }),
  });
  return (
    <form
      className="own-model"
      data-testid="own-model-form"
      onSubmit={(event) => {
        event.preventDefault();
        void describeOwn(card.id, settingsOf(form));
      }}
    >
      <fieldset disabled={running}>
        <legend>What this model is</legend>
        <p className="dim">The weights do not say. If a guess is wrong, so is the result.</p>
        <label className="field">
          <span>Source contrast</span>
          <input {...text('source')} list={contrasts} placeholder={contrast('source')} />
        </label>
        <label className="field">
          <span>Target contrast</span>
          <input {...text('target')} list={contrasts} placeholder={contrast('target')} />
        </label>
        <datalist id={contrasts}>
          {CONTRASTS.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <label className="field">
          <span>Pixel size, mm</span>
          <input
            {...text('pixelSize')}
            inputMode="decimal"
            placeholder={guess(said?.pixelSize, Number(pixelSize.toFixed(3)))}
          />
        </label>
        <label className="field">
          <span>Image size, px</span>
          <input
            {...text('size')}
            inputMode="numeric"
            placeholder={said?.size ? 'as the network' : `network: ${size}`}
          />
        </label>
        <label className="field wide">
          <span>Intensity map: what counts as +1</span>
          <select
            value={form.intensity}
            onChange={({ target }) => setForm({ ...form, intensity: asMap(target.value) })}
          >
            <option value="">{guess(said?.intensity, MAPS[map])}</option>
            {Object.entries(MAPS).map(([map, name]) => (
              <option key={map} value={map}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button small wide">
          {reading ? 'Applying…' : 'Apply'}
        </button>
      </fieldset>
    </form>
  );
}

/** For an empty field. The card shows the guess only while the user has said nothing. */
function guess(said: unknown, guessed: string | number): string {
  if (said !== undefined) return 'guess';
  return guessed === '' ? '' : `guess: ${guessed}`;
}

function asMap(value: string): Form['intensity'] {
  return value === 'foreground-median' || value === 'foreground-p99.5' ? value : '';
}
