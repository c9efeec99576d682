import { useShallow } from 'zustand/react/shallow';
import { shortName } from '../../../../plainText';
import { methodLabel } from '../../../../workers/train/settings';
import { sameContrastText } from '../../../../workers/translate/provenance';
import { AskFirst } from '../../../components/AskFirst';
import { FileButton } from '../../../components/FileButton';
import { MODEL_ENDINGS } from '../../../state/files';
import { useApp } from '../../../state/StoreContext';
import { OwnModelForm } from '../../models/OwnModelForm';
import { chosenCard, contrastWarning, inputWarnings } from '../state/selectors';
import { modelLoss } from '../state/unsaved';
import { PreviewSwitch } from './PreviewSwitch';

/** Which model translates, and in short what it is worth. */
export function ModelPanel() {
  const models = useApp((s) => s.models);
  const loaded = useApp((s) => s.loaded);
  const card = useApp(chosenCard);
  const mismatch = useApp(contrastWarning);
  const odd = card && sameContrastText(card);
  const unsuited = useApp(useShallow(inputWarnings));
  const disabled = useApp((s) => s.run !== null);
  const opening = useApp((s) => s.opening);
  const isOwn = useApp((s) => card !== null && s.own[card.id] !== undefined);
  const loss = useApp((s) => card && modelLoss(s, card.id));
  const { pickModel, addWeights, removeModel } = useApp((s) => s.actions);
  const isGuessed = useApp((s) => card !== null && s.own[card.id] !== undefined && !s.own[card.id].card);
  const own = Object.values(loaded).filter((model) => model.custom);
  return (
    <section className="panel" aria-label="Model">
      <header className="panel-head">
        <h2>Model</h2>
        <span className="panel-links">
          <FileButton
            label={opening === 'weights' ? 'Reading weights…' : 'Own weights…'}
            className="link-button"
            accept={MODEL_ENDINGS}
            multiple
            disabled={disabled || opening !== null}
            onFiles={(files) => void addWeights(files)}
          />
          {card && <a href="#/models">Card</a>}
        </span>
        {card && isOwn && !disabled && (
          <AskFirst question={loss} yes="Remove" subject={card.name} onYes={() => removeModel(card.id)}>
            {(press) => (
              <button type="button" className="link-button" onClick={press}>
                Remove
              </button>
            )}
          </AskFirst>
        )}
      </header>
      <div className="model-drop" data-drop="weights" data-drop-label="Own weights">
        <select
          aria-label="Model"
          value={card?.id ?? ''}
          disabled={disabled || (models.length === 0 && own.length === 0)}
          onChange={(event) => pickModel(event.target.value)}
        >
          {!card && <option value="">No model</option>}
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {model.name}
            </option>
          ))}
          {own.map(({ card: model }) => (
            <option key={model.id} value={model.id}>
              Own: {shortName(model.name)}
              {model.network.method !== 'syndiff' && `, ${methodLabel(model.network.method)}`}
            </option>
          ))}
        </select>
      </div>
      {card && (
        <>
          {odd && <p className="warning">{odd}</p>}
          {mismatch && <p className="warning">{mismatch}</p>}
          {unsuited.map((warning) => (
            <p className="warning" key={warning} data-testid="input-warning">
              {warning}
            </p>
          ))}
          <PreviewSwitch />
          <p className="dim clamp">{isGuessed ? card.limits.join(' ') : card.intendedUse}</p>
          <OwnModelForm card={card} />
        </>
      )}
    </section>
  );
}
