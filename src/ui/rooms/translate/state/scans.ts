/** What files that are dropped are opened as, and the demos. */

import { SCAN_EXTENSIONS } from '../../../../volume/formats/names';
import { contrastOfName, readName } from '../../../../volume/names';
import type { ModelCard, Scan } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import { sortByContent, withoutJson } from '../../../state/files';
import type { AppActions } from '../../../state/types';
import { createReading } from './reading';
import { createReferenceScan } from './reference';
import type { ScoreMissing } from './scoring';
import { neighbourhood } from './slices';
import { createSourceScan } from './source';

/** Slices on each side of the visible one that a demo translates: enough to step through, at seconds a slice without a GPU. */
const DEMO_REACH = 2;

type ScanActions = Pick<
  AppActions,
  | 'dropFiles'
  | 'openSource'
  | 'answerDrop'
  | 'openReference'
  | 'cancelReading'
  | 'removeSource'
  | 'removeReference'
  | 'tryDemo'
>;

/** `whenStarted`: the demo may be asked for before the engine can open it. */
export function scanActions(
  context: Context,
  scoreMissing: ScoreMissing,
  whenStarted: () => Promise<void>,
): ScanActions {
  const {
    get,
    set,
    services: { client, fetchDemo },
    notify,
    report,
  } = context;
  /** The engine forgets the scan; a failure to forget is of no interest to the user. */
  const forget = (scan: Scan | undefined) => {
    if (scan) client.closeScan(scan.scanId).catch(() => undefined);
  };
  const reading = createReading(context);
  const reference = createReferenceScan(context, reading, scoreMissing, forget);
  const source = createSourceScan(context, reading, reference, forget);
  const { openReference } = reference.actions;

  /** The first image is the source, the second its reference; the others are named. */
  const openScans = async (scans: readonly File[][], isSaid: boolean) => {
    const images = imagesAmong(scans);
    const [first, second, ...others] = images;
    const labels = scans.length - images.length;
    if (labels > 0) notify('info', `${labels} of ${scans.length} files are named as masks and left out.`);
    if (others.length > 0)
      notify(
        'warn',
        `${others[0][0].name}${others.length > 1 ? ` and ${others.length - 1} more` : ''}: not opened; drop one source, and one reference with it.`,
      );
    const became = await source.open({ files: first, isSaid, reference: second?.[0].name });
    if (!second) return;
    if (became === 'unread')
      notify('warn', `${second[0].name}: not opened, as the scan that was dropped with it was not.`);
    if (became !== 'source') return;
    const [from, to] = [first, second].map(([file]) => contrastOfName(file.name));
    const model = modelBetween(get().models, from, to);
    if (model) set({ cardId: model.id });
    await openReference(second);
    if (get().referenceFiles[0] !== second[0]) return;
    notify('info', `${first[0].name} is the source, ${second[0].name} the reference.`);
  };

  return {
    ...source.actions,
    ...reference.actions,
    cancelReading: reading.cancel,

    async dropFiles(files, zone) {
      const { actions, isReturning } = get();
      if (isReturning) {
        notify('info', 'What was open before the reload is coming back; drop again when it is there.');
        return;
      }
      if (zone === 'reference') return openReference(files);
      if (zone === 'weights') return actions.addWeights(files);
      const { scans, weights, cards, unknown } = await sortByContent(files);
      // A file with any name is a source where the user says so.
      if (zone === 'source' && scans.length < 2) return actions.openSource(withoutJson(files));
      if (unknown.length > 0)
        notify(
          'error',
          `${unknown[0].name}: neither a scan nor weights; drop a scan (${SCAN_EXTENSIONS.join(', ')}), or .pth or .safetensors, with its card.json if there is one.`,
        );
      await actions.addWeights([...weights, ...cards]);
      if (scans.length > 0) await openScans(scans, zone === 'source');
    },

    async tryDemo(demo) {
      if (get().run || get().opening || get().isReturning) return;
      set({ opening: 'source' });
      let real: File | null;
      try {
        await whenStarted();
        const [file, target] = await Promise.all([
          fetchDemo(demo.scan),
          demo.reference && fetchDemo(demo.reference),
        ]);
        real = target;
        if ((await source.open({ files: [file], isSaid: true })) !== 'source') return;
      } catch (error) {
        report(error);
        return;
      } finally {
        set({ opening: null });
      }
      const { source: scan, models, view } = get();
      const model = modelBetween(models, demo.source, demo.target);
      if (!scan) return;
      if (!model) {
        notify(
          'info',
          `${demo.label}: no model of these contrasts ships with this page; choose one under Model.`,
        );
        return;
      }
      set({ cardId: model.id, range: { kind: 'head' } });
      if (real) await openReference([real]);
      // Another scan may have been dropped while the reference was read.
      if (get().source !== scan) return;
      await get().actions.translate(neighbourhood(view.slice, DEMO_REACH, scan.shape[2]));
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
