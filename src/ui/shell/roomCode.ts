/** The rooms' code: Translate's is there from the start, that of the others comes before somebody goes there. */
import { type ComponentType, lazy } from 'react';
import { lateCode } from '../../lateCode';
import { TranslateRoom } from '../rooms/translate/panels/TranslateRoom';
import { ROOM_NAMES, type Room } from '../routes';
import { preloadViewer } from '../viewer/LateSliceView';

const LOADERS: Record<Exclude<Room, 'translate'>, () => Promise<ComponentType>> = {
  compare: async () => (await import('../rooms/compare/panels/CompareRoom')).CompareRoom,
  train: async () => (await import('../rooms/train/panels/TrainRoom')).TrainRoom,
  models: async () => (await import('../rooms/models/ModelsRoom')).ModelsRoom,
  about: async () => (await import('../rooms/about/AboutRoom')).AboutRoom,
  bench: async () => (await import('../rooms/bench/BenchRoom')).BenchRoom,
};
type LateRoom = keyof typeof LOADERS;

const views = new Map<LateRoom, ComponentType>();

/** What draws a room; suspends until its code is there, and throws where it does not come. */
export function roomView(room: Room): ComponentType {
  if (room === 'translate') return TranslateRoom;
  const known = views.get(room);
  if (known) return known;
  const view = lazy(async () => ({ default: await lateCode(ROOM_NAMES[room], LOADERS[room]) }));
  views.set(room, view);
  return view;
}

/** React keeps what did not come as a failure: the next drawing asks for it again. */
export function askAgain(room: Room): void {
  if (room !== 'translate') views.delete(room);
}

/** A room's code is fetched; whether it comes is told where it is drawn. */
export function preloadRoom(room: Room): void {
  if (room !== 'translate') void LOADERS[room]().catch(() => undefined);
}

/** What any room may need soon, one after the other, so that a scan and a model are not kept waiting. */
export async function preloadRest(): Promise<void> {
  await preloadViewer();
  for (const load of Object.values(LOADERS)) await load().catch(() => undefined);
}
