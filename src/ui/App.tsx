import { type ComponentType, lazy, Suspense, useCallback, useState } from 'react';
import { DropChoice } from './components/DropChoice';
import { LeftoversSheet } from './components/LeftoversSheet';
import { Notices } from './components/Notices';
import { PickScans } from './components/PickScans';
import { usePageKeys } from './keyboard';
import { usePageDrop } from './pageDrop';
import { useLeaveQuestion } from './pageLeave';
import { AboutRoom } from './rooms/about/AboutRoom';
import { ModelsRoom } from './rooms/models/ModelsRoom';
import { TrainRoom } from './rooms/train/panels/TrainRoom';
import { TranslateRoom } from './rooms/translate/panels/TranslateRoom';
import { ROOM_NAMES, type Room, useRoom } from './routes';
import { HelpSheet } from './shell/HelpSheet';
import { RoomBoundary } from './shell/RoomBoundary';
import { TopBar } from './shell/TopBar';
import { useApp, useGetState } from './state/StoreContext';

/** Its code comes when somebody goes there: a first visit needs none of it. */
const CompareRoom = lazy(() => import('./rooms/compare/panels/CompareRoom'));

const ROOMS: Record<Room, ComponentType> = {
  translate: TranslateRoom,
  compare: CompareRoom,
  train: TrainRoom,
  models: ModelsRoom,
  about: AboutRoom,
};

export function App() {
  const room = useRoom();
  const actions = useApp((s) => s.actions);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  usePageKeys(useGetState(), openHelp, room);
  const isDragging = usePageDrop(actions, room);
  useLeaveQuestion();
  const RoomView = ROOMS[room];
  return (
    <div className="app" data-dragging={isDragging}>
      <TopBar room={room} onHelp={openHelp} />
      <RoomBoundary key={room} name={ROOM_NAMES[room]}>
        <Suspense fallback={<main />}>
          <RoomView />
        </Suspense>
      </RoomBoundary>
      <footer className="app-foot">
        <strong>Research only, not for clinical use</strong>
        <span>Nothing is uploaded.</span>
      </footer>
      <Notices />
      <DropChoice />
      <PickScans />
      <LeftoversSheet />
      {isHelpOpen && <HelpSheet onClose={() => setHelpOpen(false)} />}
    </div>
  );
}
