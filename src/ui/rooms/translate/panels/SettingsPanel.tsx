import type { TranslateSettings } from '../../../../workers/translate/protocol';
import { hasStyle, MEAN_STYLE } from '../../../../workers/translate/provenance';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { noiseFor, samplesFor } from '../state/recipe';
import { chosenCard } from '../state/selectors';

/** What decides the result besides scan and model. */
export function SettingsPanel() {
  const settings = useApp((s) => s.settings);
  const card = useApp(chosenCard);
  const noise = noiseFor(card, settings.noise);
  const samples = samplesFor(noise, settings.samples);
  const disabled = useApp((s) => s.run !== null);
  const { setSettings } = useApp((s) => s.actions);
  return (
    <details
      className="panel disclosure"
      onToggle={(event) => {
        // On a low screen it opens below the edge.
        if (event.currentTarget.open) event.currentTarget.scrollIntoView({ block: 'nearest' });
      }}
    >
      <summary>
        <h2>Settings</h2>
        <span className="dim num">
          seed {settings.seed}, {samples} {samples === 1 ? 'sample' : 'samples'}, {noise}
        </span>
      </summary>
      <fieldset disabled={disabled}>
        <NumberInput
          label="Seed"
          value={settings.seed}
          min={0}
          max={4_294_967_295}
          onChange={(seed) => setSettings({ seed })}
        />
        <NumberInput
          label="Samples, averaged"
          value={samples}
          min={1}
          max={samplesFor(noise, 16)}
          onChange={(samples) => setSettings({ samples })}
        />
        <label className="field">
          <span>Noise</span>
          <select
            value={noise}
            onChange={(event) => setSettings({ noise: event.target.value as TranslateSettings['noise'] })}
          >
            <option value="shared">shared by all slices (less flicker)</option>
            <option value="independent">independent (as the authors)</option>
            {card && hasStyle(card) && <option value={MEAN_STYLE}>none: the mean style</option>}
          </select>
        </label>
        <p className="dim">
          The same scan, model and settings give the same result. Time grows with the samples.
        </p>
      </fieldset>
    </details>
  );
}
