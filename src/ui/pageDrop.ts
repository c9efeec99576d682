import { useEffect, useState } from 'react';
import type { AppActions } from './state/types';

/** The whole page takes files; on the reference's zone they are the reference. Returns whether files hover over the page. */
export function usePageDrop({ dropFiles, openReference }: AppActions): boolean {
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
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      const isReference = event.target instanceof Element && event.target.closest('[data-drop="reference"]');
      void (isReference ? openReference(files) : dropFiles(files));
    };
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [dropFiles, openReference]);
  return isOver;
}
