import CircleHelp from 'lucide-react/icons/circle-question-mark';
import { ROOM_NAMES, ROOMS, type Room } from '../routes';
import { BackendBadge } from './BackendBadge';
import './topBar.css';

export function TopBar({ room, onHelp }: { room: Room; onHelp: () => void }) {
  return (
    <header className="top-bar">
      <a className="brand" href="#/translate" aria-label="SynDiff Web">
        <img src="./favicon.svg" alt="" width="22" height="22" />
        <span>SynDiff Web</span>
      </a>
      <nav aria-label="Rooms">
        {ROOMS.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={name === room ? 'page' : undefined}>
            {ROOM_NAMES[name]}
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
