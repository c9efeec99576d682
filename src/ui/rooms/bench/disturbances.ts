/** What makes times longer than they are while a measurement goes on. */
import type { AppStore } from '../../state/store';
import { isGoing } from '../train/state/selectors';

const OUT_OF_SIGHT = 'this tab was out of sight, and browsers slow down those that are';
const BUSY = 'this page computed something else beside it';

/** @param tell told once of each, as half a sentence @returns ends it */
export function watchDisturbances(app: AppStore, tell: (what: string) => void): () => void {
  const told = new Set<string>();
  const look = () => {
    const { run, compare, train } = app.getState();
    const found = [
      ...(document.hidden ? [OUT_OF_SIGHT] : []),
      ...(run || compare.run || isGoing(train) ? [BUSY] : []),
    ];
    for (const what of found) {
      if (!told.has(what)) tell(what);
      told.add(what);
    }
  };
  look();
  document.addEventListener('visibilitychange', look);
  const unsubscribe = app.subscribe(look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    unsubscribe();
  };
}
