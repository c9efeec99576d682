import { useEffect, useId, useState } from 'react';
import type { ModelCard } from '../../workers/protocol';
import { type OwnModelForm as Form, formOf, settingsOf } from '../state/ownModel';
import { useApp } from '../state/StoreContext';
import './ownModelForm.css';

const CONTRASTS = ['T1w', 'T2w', 'FLAIR', 'PDw', 'CT'];

/** Weights do not tell what they were made of: here their owner says it. Nothing for a model that came with its card. */
export function OwnModelForm({ card }: { card: ModelCard }) {
  const own = useApp((s) => s.own[card.id]);
  const running = useApp((s) => s.run !== null);
  const reading = useApp((s) => s.opening === 'weights');
  const { describeOwn } = useApp((s) => s.actions);
  const [form, setForm] = useState(() => formOf(card));
  useEffect(() => setForm(formOf(card)), [card]);
  const contrasts = useId();
  if (!own || own.card) return null;
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
        <p className="dim">The weights do not say. If this is wrong, so is the result.</p>
        <label className="field">
          <span>Source contrast</span>
          <input {...text('source')} list={contrasts} placeholder="not known" />
        </label>
        <label className="field">
          <span>Target contrast</span>
          <input {...text('target')} list={contrasts} placeholder="not known" />
        </label>
        <datalist id={contrasts}>
          {CONTRASTS.map((contrast) => (
            <option key={contrast} value={contrast} />
          ))}
        </datalist>
        <label className="field">
          <span>Pixel size, mm</span>
          <input {...text('pixelSize')} inputMode="decimal" placeholder="guess" />
        </label>
        <label className="field">
          <span>Image size, px</span>
          <input {...text('size')} inputMode="numeric" placeholder="guess" />
        </label>
        <label className="field wide">
          <span>Intensity map</span>
          <select
            value={form.intensity}
            onChange={(event) =>
              setForm({
                ...form,
                intensity:
                  event.target.value === 'foreground-median' ? 'foreground-median' : 'foreground-p99.5',
              })
            }
          >
            <option value="foreground-median">+1 at 3 × foreground median</option>
            <option value="foreground-p99.5">+1 at 99.5th percentile of foreground</option>
          </select>
        </label>
        <button type="submit" className="button small wide">
          {reading ? 'Applying…' : 'Apply'}
        </button>
      </fieldset>
    </form>
  );
}
