import { COMPARE_KEYS, PAGE_KEYS } from '../keyboard';
import { VIEWER_KEYS } from '../viewer/keys';
import './keyTable.css';

const GESTURES: readonly { shown: string; does: string }[] = [
  { shown: 'Drag', does: 'Window: right widens, up brightens' },
  { shown: 'Shift drag', does: 'Move; two fingers on a touch screen' },
  { shown: 'Wheel', does: 'Slice; with Ctrl or a pinch: zoom' },
  { shown: 'Double click', does: 'Reset zoom, position and window' },
];

/** Every key and gesture, from the tables that the page and the panes obey. */
export function KeyTable() {
  return (
    <div className="key-table">
      <KeyList title="Page" rows={PAGE_KEYS} />
      <KeyList title="Image pane" rows={VIEWER_KEYS.filter(({ key }) => key !== '=')} />
      <KeyList title="Compare" rows={COMPARE_KEYS} />
      <KeyList title="Pointer" rows={GESTURES} />
    </div>
  );
}

function KeyList({ title, rows }: { title: string; rows: readonly { shown: string; does: string }[] }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {rows.map(({ shown, does }) => (
          <li key={shown}>
            <kbd>{shown}</kbd> {does}
          </li>
        ))}
      </ul>
    </div>
  );
}
