import CircleHelp from 'lucide-react/icons/circle-question-mark';
import { runPercent } from '../rooms/train/state/selectors';
import { BAR_ROOMS, ROOM_NAMES, type Room } from '../routes';
import { useApp } from '../state/StoreContext';
import { BackendBadge } from './BackendBadge';
import { preloadRoom } from './roomCode';
import './topBar.css';

export function TopBar({ room, onHelp }: { room: Room; onHelp: () => void }) {
  return (
    <header className="top-bar">
      <a className="brand" href="#/translate" aria-label="SynDiff Web">
        <img src="./favicon.svg" alt="" width="22" height="22" />
        <span>SynDiff Web</span>
      </a>
      <nav aria-label="Rooms">
        {BAR_ROOMS.map((name) => (
          <a
            key={name}
            href={`#/${name}`}
            aria-current={name === room ? 'page' : undefined}
            onPointerEnter={() => preloadRoom(name)}
            onFocus={() => preloadRoom(name)}
          >
            {ROOM_NAMES[name]}
            {name === 'train' && <TrainIndicator />}
          </a>
        ))}
      </nav>
      <div className="top-bar-end">
        <BackendBadge />
        <button type="button" className="icon-button" aria-label="Keyboard help" onClick={onHelp}>
          <CircleHelp size={18} aria-hidden="true" />
        </button>
      </div>
    </header>
  );
}

/** That a run goes on, in every room, and how far it is. */
function TrainIndicator() {
  const percent = useApp(runPercent);
  if (percent === null) return null;
  return (
    <span className="train-indicator num" title="Training goes on">
      <span className="visually-hidden">, training: </span>
      {percent}%
    </span>
  );
}
