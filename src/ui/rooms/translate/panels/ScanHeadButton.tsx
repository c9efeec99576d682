import { AskFirst } from '../../../components/AskFirst';
import { useApp } from '../../../state/StoreContext';

/** In the head of a scan's panel: Cancel while it is read, Remove, which asks where `loss` tells what would go, once it is open. */
export function ScanHeadButton({
  of: kind,
  loss,
  onRemove,
}: {
  of: 'source' | 'reference';
  loss: string | null;
  onRemove: () => void;
}) {
  const isReading = useApp((s) => s.opening === kind);
  const isThere = useApp((s) => s[kind] !== null);
  const { cancelReading } = useApp((s) => s.actions);
  if (isReading)
    return (
      <button type="button" className="link-button" onClick={cancelReading}>
        Cancel
      </button>
    );
  if (!isThere) return null;
  return (
    <AskFirst question={loss} yes="Remove" subject={`the ${kind}`} onYes={onRemove}>
      {(press) => (
        <button type="button" className="link-button" onClick={press}>
          Remove
        </button>
      )}
    </AskFirst>
  );
}
