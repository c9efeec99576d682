import { useEffect, useState } from 'react';
import type { Role } from '../workers/train/protocol';
import { droppedFiles } from './droppedFiles';
import type { Room } from './routes';
import type { AppActions } from './state/types';

const ROLES: readonly Role[] = ['trainA', 'trainB', 'valA', 'valB'];

/**
 * The whole page takes files; on a zone they are what the zone is for, elsewhere what the room makes of them. Returns whether
 * files hover over the page.
 */
export function usePageDrop(actions: AppActions, room: Room): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const onOver = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      // relatedTarget is null only where the pointer leaves the window.
      if (!event.relatedTarget) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer) void dropInRoom(actions, room, event.dataTransfer, zoneOf(event.target));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [actions, room]);
  return isOver;
}

function zoneOf(target: EventTarget | null): string | undefined {
  const zone = target instanceof Element ? target.closest<HTMLElement>('[data-drop]') : null;
  return zone?.dataset.drop;
}

async function dropInRoom(
  { train, dropFiles, openReference }: AppActions,
  room: Room,
  transfer: DataTransfer,
  zone: string | undefined,
): Promise<void> {
  if (room === 'train') {
    const role = ROLES.find((name) => name === zone);
    const files = await droppedFiles(transfer);
    if (files.length > 0) await (role ? train.addFiles(role, files) : train.dropFiles(files));
    return;
  }
  const files = [...transfer.files];
  if (files.length > 0) await (zone === 'reference' ? openReference(files) : dropFiles(files));
}
