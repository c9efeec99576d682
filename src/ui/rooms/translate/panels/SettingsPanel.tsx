import { shortName } from '../../../../plainText';
import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import type { ModelCard, TranslateSettings } from '../../../../workers/translate/protocol';
import {
  GIVEN_STYLE,
  hasStyle,
  hasStyleEncoder,
  isDrawn,
  MEAN_STYLE,
} from '../../../../workers/translate/provenance';
import { FileButton } from '../../../components/FileButton';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { isStyleOf, noiseFor, noiseText, samplesFor } from '../state/recipe';
import { chosenCard } from '../state/selectors';

/** What decides the result besides scan and model. */
export function SettingsPanel() {
  const settings = useApp((s) => s.settings);
  const card = useApp(chosenCard);
  const noise = noiseFor(card, settings);
  const samples = samplesFor(card, noise, settings.samples);
  const draws = !card || isDrawn(card, 'shared');
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
          {draws ? (
            <>
              seed {settings.seed}, {samples} {samples === 1 ? 'sample' : 'samples'},{' '}
              {noise === GIVEN_STYLE ? 'style of a scan' : noiseText({ noise })}
            </>
          ) : (
            'nothing is drawn'
          )}
        </span>
      </summary>
      {draws ? (
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
            max={samplesFor(card, noise, 16)}
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
              {isStyleOf(settings.style, card) && (
                <option value={GIVEN_STYLE}>none: the style of a scan</option>
              )}
            </select>
          </label>
          {card && hasStyleEncoder(card) && <StyleScan card={card} />}
          <p className="dim">
            The same scan, model and settings give the same result. Time grows with the samples.
          </p>
        </fieldset>
      ) : (
        <p className="dim">This model draws nothing: there is nothing to set.</p>
      )}
    </details>
  );
}

/** A scan whose style is taken: read when it is chosen, and by that model alone. */
function StyleScan({ card }: { card: ModelCard }) {
  const style = useApp((s) => s.settings.style);
  const opening = useApp((s) => s.opening);
  const { openStyle } = useApp((s) => s.actions);
  const isOwn = isStyleOf(style, card);
  return (
    <>
      <div className="style-scan">
        <span>
          Style of: <span className="dim">{isOwn && style ? shortName(style.source) : 'no scan'}</span>
        </span>
        <FileButton
          label={opening === 'style' ? 'Reading…' : isOwn ? 'Another scan…' : `A ${card.target} scan…`}
          className="button small"
          accept={SCAN_ENDINGS}
          multiple
          disabled={opening !== null}
          onFiles={(files) => void openStyle(files)}
        />
      </div>
      {style && !isOwn && (
        <p className="dim">{shortName(style.source)} was read by another model; choose it again.</p>
      )}
    </>
  );
}
