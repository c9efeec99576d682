import { Suspense, useCallback, useDeferredValue, useEffect, useState } from 'react';
import { DropChoice } from './components/DropChoice';
import { LeftoversSheet } from './components/LeftoversSheet';
import { Notices } from './components/Notices';
import { PickScans } from './components/PickScans';
import { usePageKeys } from './keyboard';
import { usePageDrop } from './pageDrop';
import { useLeaveQuestion } from './pageLeave';
import { ROOM_NAMES, useRoom } from './routes';
import { HelpSheet } from './shell/HelpSheet';
import { RoomBoundary } from './shell/RoomBoundary';
import { askAgain, preloadRest, roomView } from './shell/roomCode';
import { TopBar } from './shell/TopBar';
import { useApp, useGetState } from './state/StoreContext';

/** Milliseconds. */
const IDLE_AFTER = 2000;

export function App() {
  const room = useRoom();
  const actions = useApp((s) => s.actions);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const openHelp = useCallback(() => setHelpOpen(true), []);
  usePageKeys(useGetState(), openHelp, room);
  const isDragging = usePageDrop(actions, room);
  useLeaveQuestion();
  // The room before stays in sight until the next one's code is there.
  const shown = useDeferredValue(room);
  const RoomView = roomView(shown);
  useEffect(() => whenIdle(() => void preloadRest()), []);
  return (
    <div className="app" data-dragging={isDragging}>
      <TopBar room={room} onHelp={openHelp} />
      <Suspense fallback={<main />}>
        <RoomBoundary key={shown} name={ROOM_NAMES[shown]} onTryAgain={() => askAgain(shown)}>
          <RoomView />
        </RoomBoundary>
      </Suspense>
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

/** Once the page has nothing else to do; returns what calls it off. */
function whenIdle(run: () => void): () => void {
  // Safari has no such call.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(run, IDLE_AFTER);
    return () => clearTimeout(timer);
  }
  const request = requestIdleCallback(run);
  return () => cancelIdleCallback(request);
}
