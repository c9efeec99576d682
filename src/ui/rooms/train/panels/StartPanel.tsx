import { useMemo } from 'react';
import type { PresetName } from '../../../../workers/train/protocol';
import { isUnconditional, PRESET_NAMES, presetSettings } from '../../../../workers/train/settings';
import { FileButton } from '../../../components/FileButton';
import { formatGrid } from '../../../format';
import { MODEL_ENDINGS } from '../../../state/files';
import { useApp } from '../../../state/StoreContext';
import { backModels, chosenBack, isLocked, misfitOf, startModels } from '../state/selectors';
import { ContrastInput } from './ContrastInput';

const MODELS = ['aToB', 'bToA'] as const;

/** What is trained: between which contrasts, how large, and from where. */
export function StartPanel() {
  const settings = useApp((s) => s.train.settings);
  const start = useApp((s) => s.train.start);
  const { cardId } = start;
  const disabled = useApp((s) => isLocked(s.train));
  const shipped = useApp((s) => s.models);
  const own = useApp((s) => s.own);
  const loaded = useApp((s) => s.loaded);
  const ownStarts = useApp((s) => s.train.ownStarts);
  const models = useMemo(
    () => startModels({ models: shipped, own, loaded, ownStarts }),
    [shipped, own, loaded, ownStarts],
  );
  const backs = useMemo(
    () => backModels({ models: shipped, own, loaded, ownStarts, settings, start }),
    [shipped, own, loaded, ownStarts, settings, start],
  );
  const back = chosenBack(backs, start);
  const isSourceless = isUnconditional(settings.variant);
  const misfit = useApp((s) => misfitOf(s, MODELS));
  const isReading = useApp((s) => s.train.isReadingStart);
  const { pickPreset, pickStart, pickStartBack, openStart } = useApp((s) => s.actions.train);
  return (
    <section className="panel" aria-label="Model to train">
      <header className="panel-head">
        <h2>Model</h2>
      </header>
      <div className="pair">
        <ContrastInput side="a" disabled={disabled} />
        {!isSourceless && <ContrastInput side="b" disabled={disabled} />}
      </div>
      <label className="field">
        <span>Preset</span>
        <select
          value={cardId === null ? settings.preset : 'model'}
          disabled={disabled}
          onChange={({ target }) => pickPreset(target.value as PresetName)}
        >
          {cardId !== null && <option value="model">as the start model</option>}
          {PRESET_NAMES.map((name) => (
            <option key={name} value={name}>
              {presetText(name)}
            </option>
          ))}
        </select>
      </label>
      <p className="dim num">
        {formatGrid(settings)}, {settings.generator.num_channels_dae} base channels
      </p>
      <label className="field">
        <span>Start from</span>
        <select
          value={cardId ?? ''}
          disabled={disabled || isSourceless}
          aria-invalid={misfit !== null}
          aria-describedby={misfit === null ? undefined : 'start-misfit'}
          onChange={({ target }) => pickStart(target.value || null)}
        >
          <option value="">random weights</option>
          {models.map(({ card: { id, name }, source }) => (
            <option key={id} value={id}>
              {source.kind === 'file' ? `Own: ${name}` : name}
            </option>
          ))}
        </select>
      </label>
      <div className="zone-buttons">
        <FileButton
          label={isReading ? 'Reading weights…' : 'Choose weights…'}
          className="button small"
          accept={MODEL_ENDINGS}
          multiple
          disabled={disabled || isReading || isSourceless}
          onFiles={(files) => void openStart(files)}
        />
      </div>
      {misfit !== null && !disabled && (
        <p className="warning" id="start-misfit">
          {misfit}
        </p>
      )}
      {isSourceless && <p className="dim">A training without a source begins with random weights.</p>}
      {cardId !== null && (
        <p className="dim">
          Its contrasts, grid and network are taken over
          {settings.variant.direction === 'aToB' ? '; A to B alone is trained.' : '.'}
        </p>
      )}
      {backs.length > 0 && (
        <label className="field">
          <span>
            Start of {settings.contrasts.b} to {settings.contrasts.a}
          </span>
          <select
            value={back?.card.id ?? ''}
            disabled={disabled}
            onChange={({ target }) => pickStartBack(target.value || null)}
          >
            <option value="">none</option>
            {backs.map(({ card: { id, name }, source }) => (
              <option key={id} value={id}>
                {source.kind === 'file' ? `Own: ${name}` : name}
              </option>
            ))}
          </select>
        </label>
      )}
    </section>
  );
}

/** "small: 128 px, 32 channels". */
function presetText(name: PresetName): string {
  const { size, generator } = presetSettings(name, { a: '', b: '' });
  return `${name}: ${size} px, ${generator.num_channels_dae} channels`;
}
