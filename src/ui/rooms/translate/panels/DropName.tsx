import { shortName } from '../../../../plainText';
import { useApp } from '../../../state/StoreContext';

/** In a scan's box: the one that is open, which stays while another is read, or what to drop. */
export function DropName({
  of: kind,
  name,
  invitation,
}: {
  of: 'source' | 'reference';
  name: string | undefined;
  invitation: string;
}) {
  const isReading = useApp((s) => s.opening === kind);
  return (
    <div className="drop-name" aria-live="polite">
      {name !== undefined && <p>{shortName(name)}</p>}
      {isReading && <p>{name === undefined ? 'Reading the scan…' : 'Reading another scan…'}</p>}
      {name === undefined && !isReading && <p>{invitation}</p>}
    </div>
  );
}
