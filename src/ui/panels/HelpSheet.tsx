import { Sheet } from '../components/Sheet';
import { KeyTable } from './KeyTable';

export function HelpSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Sheet title="Keys and gestures" isOpen={isOpen} onClose={onClose}>
      <KeyTable />
    </Sheet>
  );
}
