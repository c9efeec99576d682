/**
 * The scan to be translated. A new one is read first; what is open, its results and a run go only when it has been read and the
 * user has said that it takes their place.
 */
import { contrastOfName } from '../../../../volume/names';
import { nameOfVolume } from '../../../../volume/oneVolume';
import type { Scan } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import type { AppActions, AppData, DropAnswer, DropQuestion } from '../../../state/types';
import type { Reading } from './reading';
import type { ReferenceScan } from './reference';
import { chosenCard } from './selectors';
import { firstSlice } from './slices';
import { sourceLoss } from './unsaved';
import { FIT, FULL_WINDOWS } from './viewActions';

interface Opened {
  files: File[];
  volume?: number;
  /** The user has said that it is the source: only what would be lost is asked for. */
  isSaid: boolean;
  /** Name of the scan that is to be its reference. */
  reference?: string;
}

export interface SourceScan {
  /** What became of it; unread: it could not be opened; cancel also where a later one came first. */
  open(opened: Opened): Promise<DropAnswer | 'unread'>;
  actions: Pick<AppActions, 'openSource' | 'answerDrop' | 'removeSource'>;
}

export function createSourceScan(
  { get, set, services: { client }, notify, report, former }: Context,
  reading: Reading,
  reference: ReferenceScan,
  forget: (scan: Scan | undefined) => void,
): SourceScan {
  let answer: (given: DropAnswer) => void = () => undefined;

  const ask = (question: DropQuestion): Promise<DropAnswer> => {
    // A question that is still open is overtaken by this one.
    const open = get().question;
    if (open) notify('warn', `${open.scan.name}: not opened, as another scan was dropped.`, 'source');
    answer('cancel');
    set({ question });
    return new Promise((resolve) => {
      answer = resolve;
    });
  };

  const take = (scan: Scan, files: File[]) => {
    const old = get();
    old.actions.cancel();
    forget(old.source ?? undefined);
    forget(old.reference?.scan);
    const text = replacedText(scan, old, files);
    if (text !== null) notify('info', text, 'source');
    set((state) => ({
      source: scan,
      sourceFiles: files,
      reference: null,
      referenceFiles: [],
      results: [],
      cardId: modelForName(scan.name, state),
      range: { kind: 'visible' },
      view: { ...state.view, slice: firstSlice(scan), probe: null, transform: FIT, windows: FULL_WINDOWS },
    }));
  };

  const open: SourceScan['open'] = async ({ files, volume, isSaid, reference: beside }) => {
    const turn = reading.begin('source');
    const { signal } = turn;
    const overtake = former('source', 'reference');
    let scan: Scan;
    try {
      scan = await client.openScan(files, {
        volume,
        signal,
        onRead: (share) => reading.tell(turn, share),
      });
    } catch (error) {
      if (signal.aborted) return 'cancel';
      report(error, 'source');
      return 'unread';
    } finally {
      reading.end(turn);
    }
    if (signal.aborted) {
      forget(scan);
      return 'cancel';
    }
    const given = mustAsk(get(), isSaid)
      ? await ask({ scan, isSaid, canBeReference: !isSaid && !beside, reference: beside ?? null })
      : 'source';
    if (given === 'source') {
      overtake();
      take(scan, files);
    } else if (given === 'reference') await reference.lay(scan, files);
    else forget(scan);
    return given;
  };

  return {
    open,
    actions: {
      async openSource(files, volume) {
        await open({ files, volume, isSaid: true });
      },

      answerDrop(given) {
        set({ question: null });
        answer(given);
      },

      removeSource() {
        get().actions.cancel();
        reading.cancel();
        const { source, reference: real } = get();
        forget(source ?? undefined);
        forget(real?.scan);
        former('source', 'reference')();
        if (source && real)
          notify('info', `${source.name} is removed, and its reference ${real.scan.name} with it.`);
        set({ source: null, sourceFiles: [], reference: null, referenceFiles: [], results: [] });
      },
    },
  };
}

/** What goes with the source that was open; null where none was, or where only another volume of it takes its place. */
function replacedText(
  scan: Scan,
  { source, sourceFiles, results, reference }: AppData,
  files: readonly File[],
): string | null {
  if (!source) return null;
  const gone = [
    ...(results.length > 0 ? ['whose results are cleared'] : []),
    ...(reference ? [`whose reference ${reference.scan.name} is closed`] : []),
  ];
  if (files === sourceFiles && gone.length === 0) return null;
  const [now, before] = [scan, source].map(({ name, volumeCount, volumeIndex }) =>
    nameOfVolume(name, volumeCount, volumeIndex),
  );
  return `${now} is open in place of ${before}${gone.length > 0 ? `, ${gone.join(' and ')}` : ''}.`;
}

/** Said to be the source, it asks for what would be lost; else also where it may as well be the reference. */
function mustAsk(state: AppData, isSaid: boolean): boolean {
  if (sourceLoss(state) !== null) return true;
  return !isSaid && state.source !== null && (state.results.length > 0 || state.reference !== null);
}

/** The first shipped model that takes the contrast which the name claims; the chosen one stays if it takes it, or if none does. */
function modelForName(name: string, state: AppData): string | null {
  const contrast = contrastOfName(name);
  if (chosenCard(state)?.source === contrast) return state.cardId;
  return state.models.find((card) => card.source === contrast)?.id ?? state.cardId;
}
