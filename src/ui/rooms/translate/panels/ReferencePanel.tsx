import { shortName } from '../../../../plainText';
import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import { FileButton } from '../../../components/FileButton';
import { useApp } from '../../../state/StoreContext';
import { chosenCard, referenceWarning } from '../state/selectors';
import { referenceLoss } from '../state/unsaved';
import { ScanHeadButton } from './ScanHeadButton';

/** The real target contrast, if there is one: shown beside the synthetic image and scored against it. */
export function ReferencePanel() {
  const reference = useApp((s) => s.reference);
  const hasSource = useApp((s) => s.source !== null);
  const opening = useApp((s) => s.opening);
  const target = useApp((s) => chosenCard(s)?.target);
  const mismatch = useApp(referenceWarning);
  const loss = useApp(referenceLoss);
  const { dropFiles, removeReference } = useApp((s) => s.actions);
  const invitation = `Drop the real ${target ?? 'target'} here to score`;
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
        <p className="drop-name">
          {opening === 'reference' ? 'Reading the scan…' : shortName(reference?.scan.name ?? invitation)}
        </p>
        <FileButton
          label={reference ? 'Replace…' : 'Choose…'}
          accept={SCAN_ENDINGS}
          multiple
          disabled={!hasSource || opening !== null}
          onFiles={(files) => void dropFiles(files, 'reference')}
        />
      </div>
      {mismatch && <p className="warning">{mismatch}</p>}
      {reference?.resampled && <p className="warning">Resampled to the source's grid (trilinear).</p>}
    </section>
  );
}
