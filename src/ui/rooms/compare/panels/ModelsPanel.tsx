import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { shortName } from '../../../../plainText';
import { taskText } from '../../../../workers/translate/bench';
import { sameContrastText } from '../../../../workers/translate/provenance';
import { FileButton } from '../../../components/FileButton';
import { chosenFiles } from '../../../droppedFiles';
import { MODEL_ENDINGS } from '../../../state/files';
import { useApp } from '../../../state/StoreContext';
import {
  chosenModels,
  comparables,
  currentTask,
  FROM,
  isTask,
  shortOwnName,
  tasks,
} from '../state/selectors';
import { RunsOfTrain } from './RunsOfTrain';

/** More than these take so long that one wants to know it before Start. */
const MANY_STEPS = 100;

/** Which models are compared: of one task, any number. */
export function ModelsPanel() {
  const given = useApp(useShallow(({ models, own, loaded, compare }) => ({ models, own, loaded, compare })));
  const { left, refused, isReadingModels, run } = given.compare;
  const { pickTask, toggleModel, removeModel, addModels } = useApp((s) => s.actions.compare);
  const { all, task, found, cannot } = useMemo(() => {
    const current = currentTask(given);
    return {
      all: tasks(given),
      task: current,
      found: comparables(given).filter(({ card }) => current && isTask(card, current)),
      cannot: chosenModels(given).refused,
    };
  }, [given]);
  const disabled = run !== null;
  return (
    <section className="panel" aria-label="Models to compare">
      <header className="panel-head">
        <h2>Models</h2>
        <span className="panel-links">
          <FileButton
            label={isReadingModels ? 'Reading…' : 'Own weights…'}
            className="link-button"
            accept={MODEL_ENDINGS}
            multiple
            disabled={disabled || isReadingModels}
            onFiles={(files) => void addModels(chosenFiles(files))}
          />
          <FileButton
            label="Folder…"
            className="link-button"
            accept={MODEL_ENDINGS}
            folder
            disabled={disabled || isReadingModels}
            onFiles={(files) => void addModels(chosenFiles(files))}
          />
        </span>
      </header>
      {task && (
        <select
          aria-label="Contrasts"
          value={taskText(task)}
          disabled={disabled}
          onChange={({ target }) => {
            const picked = all.find((one) => taskText(one) === target.value);
            if (picked) pickTask(picked);
          }}
        >
          {(all.some((one) => isTask(one, task)) ? all : [task, ...all]).map((one) => (
            <option key={taskText(one)}>{taskText(one)}</option>
          ))}
        </select>
      )}
      <div className="compare-models" data-drop="compareModels" data-drop-label="Models to compare">
        {found.length === 0 && (
          <p className="dim">
            {given.models.length === 0
              ? 'The models come with the engine.'
              : 'No model is of these contrasts.'}
          </p>
        )}
        {found.map(({ id, name, card, from }) => (
          <div key={id} className="compare-model" data-testid="compare-model">
            <label className="choice">
              <input
                type="checkbox"
                checked={!left.has(id)}
                disabled={disabled}
                onChange={() => toggleModel(id)}
              />
              <span>
                {shortName(name)}{' '}
                <span className="dim">
                  {[
                    ...[shortOwnName(card), FROM[from]]
                      .filter((words) => !name.includes(words))
                      .map((words) => shortName(words)),
                    ...(card.diffusion.steps > MANY_STEPS ? [`${card.diffusion.steps} steps a slice`] : []),
                  ].join(', ')}
                </span>
              </span>
            </label>
            {from === 'here' && !disabled && (
              <button type="button" className="link-button" onClick={() => removeModel(id)}>
                Remove<span className="visually-hidden">: {name}</span>
              </button>
            )}
            {sameContrastText(card) && <p className="warning">{sameContrastText(card)}</p>}
            {cannot.has(id) && <p className="warning">{cannot.get(id)}</p>}
          </div>
        ))}
        {refused.map(({ name, reason }) => (
          <div key={name} className="compare-model" data-testid="compare-refused">
            <p className="warning">{reason}</p>
            <button type="button" className="link-button" onClick={() => removeModel(name)}>
              Dismiss<span className="visually-hidden">: {name}</span>
            </button>
          </div>
        ))}
      </div>
      <RunsOfTrain />
    </section>
  );
}
