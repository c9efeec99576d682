/** Opening and closing the source, its reference and the demos. */

import { SCAN_EXTENSIONS } from '../../../../volume/formats/names';
import { contrastOfName, readName } from '../../../../volume/names';
import type { ModelCard, Scan } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import { sortByContent, withoutJson } from '../../../state/files';
import type { AppActions } from '../../../state/types';
import { type ScoreMissing, withoutScores } from './scoring';
import { firstSlice, neighbourhood } from './slices';
import { FIT, FULL_WINDOWS } from './viewActions';

/** Slices on each side of the visible one that a demo translates: enough to step through, at seconds a slice without a GPU. */
const DEMO_REACH = 2;

type ScanActions = Pick<
  AppActions,
  | 'dropFiles'
  | 'openSource'
  | 'openReference'
  | 'cancelReading'
  | 'removeSource'
  | 'removeReference'
  | 'tryDemo'
>;

/** `whenStarted`: the demo may be asked for before the engine can open it. */
export function scanActions(
  { get, set, services: { client, fetchDemo }, notify, report }: Context,
  scoreMissing: ScoreMissing,
  whenStarted: () => Promise<void>,
): ScanActions {
  /** The engine forgets the scan; a failure to forget is of no interest to the user. */
  const forget = (scan: Scan | undefined) => {
    if (scan) client.closeScan(scan.scanId).catch(() => undefined);
  };

  /** What is being read. A file takes the place of the one before it, which may take long; the last one counts. */
  let reading: AbortController | null = null;
  const beginReading = (opening: 'source' | 'reference'): AbortController => {
    reading?.abort();
    reading = new AbortController();
    set({ opening });
    return reading;
  };
  const endReading = (one: AbortController | null) => {
    if (reading !== one) return;
    reading?.abort();
    reading = null;
    if (get().opening !== 'weights') set({ opening: null });
  };

  const openSource = async (files: File[], volume?: number) => {
    get().actions.cancel();
    const turn = beginReading('source');
    const { signal } = turn;
    try {
      const scan = await client.openScan(files, { volume, signal });
      if (signal.aborted) {
        forget(scan);
        return;
      }
      const old = get();
      forget(old.source ?? undefined);
      forget(old.reference?.scan);
      if (old.results.length > 0)
        notify(
          'info',
          `${scan.name} is open; the results of ${old.source?.name ?? 'the former scan'} are cleared.`,
        );
      set(({ view, models, cardId }) => ({
        source: scan,
        sourceFiles: files,
        reference: null,
        results: [],
        cardId: modelForName(scan.name, models, cardId),
        range: { kind: 'visible' },
        view: { ...view, slice: firstSlice(scan), probe: null, transform: FIT, windows: FULL_WINDOWS },
      }));
    } catch (error) {
      if (!signal.aborted) report(error);
    } finally {
      endReading(turn);
    }
  };

  const openReference = async (files: File[]) => {
    const { source, reference: old } = get();
    if (!source) {
      notify('info', 'Drop the source scan first; the reference is laid on its grid.');
      return;
    }
    const turn = beginReading('reference');
    const { signal } = turn;
    let opened: Scan | undefined;
    try {
      opened = await client.openScan(withoutJson(files), { signal });
      const { scan, resampled } = await client.matchGrid(opened.scanId, source.scanId);
      // The source may have been replaced while the reference was read.
      if (signal.aborted || get().source?.scanId !== source.scanId) {
        forget(opened);
        return;
      }
      forget(old?.scan);
      set(({ results }) => ({ reference: { scan, resampled }, results: withoutScores(results) }));
      void scoreMissing();
    } catch (error) {
      forget(opened);
      if (!signal.aborted) report(error);
    } finally {
      endReading(turn);
    }
  };

  return {
    openSource,
    openReference,
    cancelReading: () => endReading(reading),

    async dropFiles(files) {
      const { scans, weights, cards, unknown } = await sortByContent(files);
      if (unknown.length > 0)
        notify(
          'error',
          `${unknown[0].name}: neither a scan nor weights; drop a scan (${SCAN_EXTENSIONS.join(', ')}), or .pth or .safetensors, with its card.json if there is one.`,
        );
      await get().actions.addWeights([...weights, ...cards]);
      if (scans.length === 0) return;
      const images = imagesAmong(scans);
      await openSource(images[0]);
      // It could not be read, was cancelled, or another one was dropped meanwhile.
      if (get().sourceFiles !== images[0]) return;
      const labels = scans.length - images.length;
      if (labels > 0) notify('info', `${labels} of ${scans.length} files are named as masks and left out.`);
      if (images.length > 1) {
        const [from, to] = images.map(([file]) => contrastOfName(file.name));
        const model = modelBetween(get().models, from, to);
        if (model) set({ cardId: model.id });
        await openReference(images[1]);
        notify('info', `${images[0][0].name} is the source, ${images[1][0].name} the reference.`);
      }
    },

    removeSource() {
      get().actions.cancel();
      endReading(reading);
      forget(get().source ?? undefined);
      forget(get().reference?.scan);
      set({ source: null, sourceFiles: [], reference: null, results: [] });
    },

    removeReference() {
      forget(get().reference?.scan);
      set(({ results }) => ({ reference: null, results: withoutScores(results) }));
    },

    async tryDemo(demo) {
      if (get().run || get().opening) return;
      set({ opening: 'source' });
      let reference: File | null;
      try {
        await whenStarted();
        const [file, real] = await Promise.all([
          fetchDemo(demo.scan),
          demo.reference && fetchDemo(demo.reference),
        ]);
        reference = real;
        await openSource([file]);
      } catch (error) {
        report(error);
        return;
      } finally {
        set({ opening: null });
      }
      const { source, models, view } = get();
      const model = modelBetween(models, demo.source, demo.target);
      if (!source) return;
      if (!model) {
        notify(
          'info',
          `${demo.label}: no model of these contrasts ships with this page; choose one under Model.`,
        );
        return;
      }
      set({ cardId: model.id, range: { kind: 'head' } });
      if (reference) await openReference([reference]);
      // Another scan may have been dropped while the reference was read.
      if (get().source !== source) return;
      await get().actions.translate(neighbourhood(view.slice, DEMO_REACH, source.shape[2]));
    },
  };
}

/** Without masks and segmentations, where there is anything else. */
function imagesAmong(scans: readonly File[][]): readonly File[][] {
  const images = scans.filter(([file]) => !readName(file.name).isLabel);
  return images.length > 0 ? images : scans;
}

function modelBetween(models: readonly ModelCard[], from: string | null, to: string | null) {
  return models.find(({ source, target }) => source === from && target === to);
}

/** The first shipped model that takes the contrast which the name claims; the chosen one stays if it takes it, or if none does. */
function modelForName(name: string, models: readonly ModelCard[], chosen: string | null): string | null {
  const contrast = contrastOfName(name);
  const fitting = models.filter((card) => card.source === contrast);
  if (fitting.some((card) => card.id === chosen)) return chosen;
  return fitting[0]?.id ?? chosen;
}
