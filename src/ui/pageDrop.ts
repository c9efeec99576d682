import { useEffect, useState } from 'react';
import type { Role } from '../workers/train/protocol';
import { droppedFiles } from './droppedFiles';
import type { Room } from './routes';
import { type AppActions, DROP_ZONES } from './state/types';

const ROLES: readonly Role[] = ['trainA', 'trainB', 'valA', 'valB'];

/**
 * The whole page takes files; on a zone they are what the zone is for, elsewhere what the room makes of them. Returns whether
 * files hover over the page; the zone under them has `data-over`.
 */
export function usePageDrop(actions: AppActions, room: Room): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let lit: HTMLElement | null = null;
    const light = (zone: HTMLElement | null) => {
      if (zone === lit) return;
      // An attribute that React knows nothing of: every move of the pointer asks for it.
      lit?.removeAttribute('data-over');
      zone?.setAttribute('data-over', 'true');
      lit = zone;
    };
    const end = () => {
      light(null);
      setOver(false);
    };
    const onOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      light(zoneAt(event.target));
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // relatedTarget is null only where the pointer leaves the window.
      if (!event.relatedTarget) end();
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      const zone = zoneAt(event.target)?.dataset.drop;
      end();
      if (event.dataTransfer) void dropInRoom(actions, room, event.dataTransfer, zone);
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      light(null);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [actions, room]);
  return isOver;
}

function zoneAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-drop]') : null;
}

async function dropInRoom(
  { train, compare, dropFiles, notify }: AppActions,
  room: Room,
  transfer: DataTransfer,
  zone: string | undefined,
): Promise<void> {
  const isFiles = transfer.types.includes('Files');
  const dropped = await droppedFiles(transfer);
  if (dropped.length === 0) {
    if (isFiles)
      notify('warn', 'The dropped folder: must hold files, got none that can be read; drop others.');
    return;
  }
  if (room === 'train') {
    const role = ROLES.find((name) => name === zone);
    await (role ? train.addFiles(role, dropped) : train.dropFiles(dropped));
    return;
  }
  if (room === 'compare') {
    await (zone === 'compareModels' ? compare.addModels(dropped) : compare.dropFiles(dropped));
    return;
  }
  const paths = new Map(dropped.map(({ file, path }) => [file, path]));
  await dropFiles(
    [...paths.keys()],
    DROP_ZONES.find((name) => name === zone),
    (file) => paths.get(file) ?? file.name,
  );
}
