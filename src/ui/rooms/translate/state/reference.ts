/** The real target contrast: opened, laid on the source's grid, removed. */
import type { Scan } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import { withoutJson } from '../../../state/files';
import type { AppActions } from '../../../state/types';
import type { Reading } from './reading';
import { type ScoreMissing, withoutScores } from './scoring';

export interface ReferenceScan {
  /** A scan that is open already becomes the reference. @param turn of the reading that opened it */
  lay(opened: Scan, files: File[], turn?: AbortController): Promise<void>;
  actions: Pick<AppActions, 'openReference' | 'removeReference'>;
}

export function createReferenceScan(
  { get, set, services: { client }, notify, report, former }: Context,
  reading: Reading,
  scoreMissing: ScoreMissing,
  forget: (scan: Scan | undefined) => void,
): ReferenceScan {
  const hasSource = () => {
    if (get().source) return true;
    notify('warn', 'Drop the source scan first; the reference is laid on its grid.', 'reference');
    return false;
  };

  const lay: ReferenceScan['lay'] = async (opened, files, turn = reading.begin('reference')) => {
    const { source } = get();
    if (!source || !hasSource()) {
      forget(opened);
      reading.end(turn);
      return;
    }
    const { signal } = turn;
    const overtake = former('reference');
    try {
      const matched = await client.matchGrid(opened.scanId, source.scanId);
      const { source: now, reference: old } = get();
      // The source may have been replaced while the reference was read.
      if (signal.aborted || now?.scanId !== source.scanId) {
        forget(opened);
        return;
      }
      forget(old?.scan);
      overtake();
      set(({ results }) => ({
        reference: matched,
        referenceFiles: files,
        results: withoutScores(results),
      }));
      void scoreMissing();
    } catch (error) {
      forget(opened);
      if (!signal.aborted) report(error, 'reference');
    } finally {
      reading.end(turn);
    }
  };

  return {
    lay,
    actions: {
      async openReference(files, volume) {
        if (!hasSource()) return;
        const scanFiles = withoutJson(files);
        const turn = reading.begin('reference');
        const { signal } = turn;
        let opened: Scan;
        try {
          opened = await client.openScan(scanFiles, {
            volume,
            signal,
            onRead: (share) => reading.tell(turn, share),
          });
        } catch (error) {
          if (!signal.aborted) report(error, 'reference');
          reading.end(turn);
          return;
        }
        if (signal.aborted) forget(opened);
        else await lay(opened, scanFiles, turn);
      },

      removeReference() {
        forget(get().reference?.scan);
        former('reference')();
        set(({ results }) => ({ reference: null, referenceFiles: [], results: withoutScores(results) }));
      },
    },
  };
}
