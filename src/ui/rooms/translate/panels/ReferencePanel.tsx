import { useShallow } from 'zustand/react/shallow';
import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import { FileButton } from '../../../components/FileButton';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { chosenCard, referenceNotes, referenceWarning } from '../state/selectors';
import { referenceLoss } from '../state/unsaved';
import { DropName } from './DropName';
import { ScanHeadButton } from './ScanHeadButton';

/** The real target contrast, if there is one: shown beside the synthetic image and scored against it. */
export function ReferencePanel() {
  const reference = useApp((s) => s.reference);
  const hasSource = useApp((s) => s.source !== null);
  const opening = useApp((s) => s.opening);
  const target = useApp((s) => chosenCard(s)?.target);
  const mismatch = useApp(referenceWarning);
  const loss = useApp(referenceLoss);
  const files = useApp((s) => s.referenceFiles);
  const notes = useApp(useShallow(referenceNotes));
  const { dropFiles, openReference, removeReference } = useApp((s) => s.actions);
  return (
    <section className="panel" aria-label="Reference scan">
      <header className="panel-head">
        <h2>
          Reference <span className="dim">optional</span>
        </h2>
        <ScanHeadButton of="reference" loss={loss} onRemove={removeReference} />
      </header>
      <div
        className="drop"
        data-drop="reference"
        data-drop-label="Reference"
        data-testid="drop-reference"
        data-filled={reference !== null}
      >
        <DropName
          of="reference"
          name={reference?.scan.name}
          invitation={`Drop the real ${target ?? 'target'} here to score`}
        />
        <FileButton
          label={reference ? 'Replace…' : 'Choose…'}
          accept={SCAN_ENDINGS}
          multiple
          disabled={!hasSource || opening !== null}
          onFiles={(files) => void dropFiles(files, 'reference')}
        />
      </div>
      {reference && reference.scan.volumeCount > 1 && (
        <NumberInput
          isDear
          label={`Volume, 0 to ${reference.scan.volumeCount - 1}`}
          value={reference.scan.volumeIndex}
          min={0}
          max={reference.scan.volumeCount - 1}
          onChange={(volume) => void openReference(files, volume)}
        />
      )}
      {mismatch && <p className="warning">{mismatch}</p>}
      {reference?.resampled && <p className="warning">Resampled to the source's grid (trilinear).</p>}
      {notes.map((note) => (
        <p className="warning" key={note}>
          {note}
        </p>
      ))}
    </section>
  );
}
