import { SCAN_ENDINGS } from '../../../../volume/formats/names';
import { FileButton } from '../../../components/FileButton';
import { NumberInput } from '../../../components/NumberInput';
import { useApp } from '../../../state/StoreContext';
import { sourceLoss } from '../state/unsaved';
import { DropName } from './DropName';
import { ScanFacts } from './ScanFacts';
import { ScanHeadButton } from './ScanHeadButton';

/** The scan to be translated: where to drop it, and what it is once it is open. */
export function SourcePanel() {
  const source = useApp((s) => s.source);
  const files = useApp((s) => s.sourceFiles);
  const opening = useApp((s) => s.opening);
  const loss = useApp(sourceLoss);
  const { dropFiles, openSource, removeSource } = useApp((s) => s.actions);
  return (
    <section className="panel" aria-label="Source scan">
      <header className="panel-head">
        <h2>Source</h2>
        <ScanHeadButton of="source" loss={loss} onRemove={removeSource} />
      </header>
      <div
        className="drop"
        data-drop="source"
        data-drop-label="Source"
        data-testid="drop-source"
        data-filled={source !== null}
      >
        <DropName of="source" name={source?.name} invitation="Drop a NIfTI scan anywhere on the page" />
        <FileButton
          label={source ? 'Replace…' : 'Choose a file…'}
          accept={SCAN_ENDINGS}
          multiple
          disabled={opening !== null}
          onFiles={(chosen) => void dropFiles(chosen, 'source')}
        />
      </div>
      {source && (
        <>
          {source.volumeCount > 1 && (
            <NumberInput
              isDear
              label={`Volume, 0 to ${source.volumeCount - 1}`}
              value={source.volumeIndex}
              min={0}
              max={source.volumeCount - 1}
              onChange={(volume) => void openSource(files, volume)}
            />
          )}
          <ScanFacts scan={source} />
          {source.warnings.map((warning) => (
            <p className="warning" key={warning}>
              {warning}
            </p>
          ))}
        </>
      )}
    </section>
  );
}
