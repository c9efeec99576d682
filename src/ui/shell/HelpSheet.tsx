import { Sheet } from '../components/Sheet';
import { KeyTable } from './KeyTable';

export function HelpSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Keys and gestures" onClose={onClose}>
      <KeyTable />
    </Sheet>
  );
}
