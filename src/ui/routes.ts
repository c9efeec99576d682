import { useSyncExternalStore } from 'react';

/** Those of the bar at the top. */
export const BAR_ROOMS = ['translate', 'compare', 'train', 'models', 'about'] as const;
/** bench: reached from Diagnostics and About. */
const ROOMS = [...BAR_ROOMS, 'bench'] as const;
export type Room = (typeof ROOMS)[number];

export const ROOM_NAMES: Record<Room, string> = {
  translate: 'Translate',
  compare: 'Compare',
  train: 'Train',
  models: 'Models',
  about: 'About',
  bench: 'Bench',
};

/** "#/models" -> "models"; anything unknown is the Translate room. */
export function roomOf(hash: string): Room {
  const name = hash.replace(/^#\/?/, '');
  return ROOMS.find((room) => room === name) ?? 'translate';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoom(): Room {
  return useSyncExternalStore(subscribe, () => roomOf(window.location.hash));
}
