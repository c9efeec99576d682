import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import { CutName } from '../../../components/CutName';
import { FileButton } from '../../../components/FileButton';
import { NumberInput } from '../../../components/NumberInput';
import { chosenFiles } from '../../../droppedFiles';
import { useApp } from '../../../state/StoreContext';
import { currentTask, pairsOfTask } from '../state/selectors';
import type { OpenPair } from '../state/types';

/** The scans, each with the real image of the target contrast. */
export function PairsPanel() {
  const given = useApp(useShallow(({ models, own, loaded, compare }) => ({ models, own, loaded, compare })));
  const { task, pairs } = useMemo(() => ({ task: currentTask(given), pairs: pairsOfTask(given) }), [given]);
  const { opening, run, pairs: all } = given.compare;
  const hasTranslate = useApp(({ source, reference }) => source !== null && reference !== null);
  const { dropFiles, useTranslate, cancelReading } = useApp((s) => s.actions.compare);
  const disabled = run !== null || opening !== null;
  const others = all.length - pairs.length;
  return (
    <section className="panel" aria-label="Scans to compare on">
      <header className="panel-head">
        <h2>Scans</h2>
        {opening && (
          <button type="button" className="link-button" onClick={cancelReading}>
            Stop reading
          </button>
        )}
      </header>
      <div
        className="drop compare-drop"
        data-drop="comparePairs"
        data-drop-label="Scans"
        data-filled={pairs.length > 0}
      >
        <p className="drop-name" aria-live="polite">
          {opening
            ? `Reading pair ${opening.done + 1} of ${opening.total}…`
            : `Drop ${task ? `${task.source} scans with the real ${task.target}` : 'scans with their references'}, in any order: names tell which belong together.`}
        </p>
        <div className="zone-buttons">
          <FileButton
            label="Files…"
            className="button small"
            accept={SCAN_ENDINGS}
            multiple
            disabled={disabled}
            onFiles={(files) => void dropFiles(chosenFiles(files))}
          />
          <FileButton
            label="Folder…"
            className="button small"
            accept={SCAN_ENDINGS}
            folder
            disabled={disabled}
            onFiles={(files) => void dropFiles(chosenFiles(files))}
          />
          <button
            type="button"
            className="button small"
            disabled={disabled || !hasTranslate}
            title={hasTranslate ? undefined : 'Translate has no scan with its reference open'}
            onClick={() => void useTranslate()}
          >
            Use what is open in Translate
          </button>
        </div>
      </div>
      {pairs.length > 0 && (
        <ul className="compare-pairs">
          {pairs.map((pair) => (
            <PairRow key={pair.id} pair={pair} disabled={disabled} />
          ))}
        </ul>
      )}
      {others > 0 && (
        <p className="dim">
          {others} {others === 1 ? 'pair is' : 'pairs are'} of other contrasts.
        </p>
      )}
    </section>
  );
}

function PairRow({ pair, disabled }: { pair: OpenPair; disabled: boolean }) {
  const { removePair, pickVolume } = useApp((s) => s.actions.compare);
  return (
    <li className="compare-pair" data-testid="compare-pair">
      <div>
        {(['source', 'reference'] as const).map((which) => {
          const { name, volumeCount, volume } = pair[which];
          return (
            <div key={which}>
              <CutName name={name} />
              {volumeCount > 1 && (
                <NumberInput
                  isDear
                  label={`Volume of ${which}, 0 to ${volumeCount - 1}`}
                  value={volume}
                  min={0}
                  max={volumeCount - 1}
                  disabled={disabled}
                  onChange={(chosen) => void pickVolume(pair.id, which, chosen)}
                />
              )}
            </div>
          );
        })}
      </div>
      <button type="button" className="link-button" disabled={disabled} onClick={() => removePair(pair.id)}>
        Remove<span className="visually-hidden">: {pair.id}</span>
      </button>
      {pair.notes.map((note) => (
        <p key={note} className="warning">
          {note}
        </p>
      ))}
    </li>
  );
}
