import { useMemo } from 'react';
import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import type { Role } from '../../../../workers/train/protocol';
import { AskFirst } from '../../../components/AskFirst';
import { FileButton } from '../../../components/FileButton';
import { chosenFiles } from '../../../droppedFiles';
import { useApp } from '../../../state/StoreContext';
import { scanChoice } from '../state/scanChoice';
import { isLocked } from '../state/selectors';
import type { TrainVolume } from '../state/types';
import { EntityChoices } from './EntityChoices';
import { VolumeRow } from './VolumeRow';

const TEST_IDS: Record<Role, string> = {
  trainA: 'train-drop-a',
  trainB: 'train-drop-b',
  valA: 'train-drop-val-a',
  valB: 'train-drop-val-b',
};

/** Files of several volumes first: which is meant is chosen in their rows, and the list may be longer than its place. */
function listed(all: readonly TrainVolume[], role: Role): TrainVolume[] {
  const volumes = all.filter(({ added }) => added.role === role);
  const isSeveral = ({ added }: TrainVolume) => added.volumeCount > 1;
  return [...volumes.filter(isSeveral), ...volumes.filter((volume) => !isSeveral(volume))];
}

/** The volumes of one role, and where to drop more. */
export function DropZone({ of: role, title, hint }: { of: Role; title: string; hint: string }) {
  const all = useApp((s) => s.train.volumes);
  const volumes = useMemo(() => listed(all, role), [all, role]);
  const used = useApp((s) => scanChoice(s.train).used[role]);
  const isOff = useApp((s) => isLocked(s.train) || s.train.adding !== null);
  const { addFiles, removeVolumes } = useApp((s) => s.actions.train);
  const slices = used.reduce((sum, { added }) => sum + added.picked, 0);
  const taken = used.length < volumes.length ? `${used.length} of ${volumes.length}` : volumes.length;
  const count = `${taken} ${volumes.length === 1 ? 'volume' : 'volumes'}, ${slices} ${slices === 1 ? 'slice' : 'slices'}`;
  const add = (files: File[]) => void addFiles(role, chosenFiles(files));
  return (
    <section
      className="zone drop"
      data-drop={role}
      data-testid={TEST_IDS[role]}
      data-filled={volumes.length > 0}
      aria-label={title}
    >
      <header className="panel-head">
        <h3>{title}</h3>
        <span className="dim num">{volumes.length > 0 ? count : null}</span>
      </header>
      {volumes.length > 0 ? (
        <ul className="volumes">
          {volumes.map((volume) => (
            <VolumeRow key={volume.added.volumeId} volume={volume} isLeft={!used.includes(volume)} />
          ))}
        </ul>
      ) : (
        <p className="drop-name">{hint}</p>
      )}
      <EntityChoices of={role} />
      <div className="zone-buttons">
        <FileButton
          label="Files…"
          className="button small"
          accept={SCAN_ENDINGS}
          multiple
          disabled={isOff}
          onFiles={add}
        />
        <FileButton
          label="Folder…"
          className="button small"
          accept={[]}
          folder
          disabled={isOff}
          onFiles={add}
        />
        {volumes.length > 1 && !isOff && (
          <AskFirst
            question={`Take all ${volumes.length} off the list?`}
            yes="Remove all"
            subject={title}
            onYes={() => void removeVolumes(role)}
          >
            {(press) => (
              <button type="button" className="link-button" onClick={press}>
                Remove all<span className="visually-hidden">: {title}</span>
              </button>
            )}
          </AskFirst>
        )}
      </div>
    </section>
  );
}
