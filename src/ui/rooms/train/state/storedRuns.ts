/** Runs in the origin's private file system: looked at, deleted, and their models or files taken out. */
import type { Direction } from '../../../../workers/train/protocol';
import { runOf } from './run';
import { archiveOf } from './runArchive';
import { isGoing, isUnfinished } from './selectors';
import type { TrainContext } from './trainContext';
import type { TrainActions, TrainData } from './types';

/** Asks for the stored runs anew and returns those that can be opened, latest first. Never rejects. */
export type RefreshStored = () => Promise<NonNullable<TrainData['stored']>>;

export function createRefreshStored({
  patch,
  services: { trainClient },
  report,
}: TrainContext): RefreshStored {
  let isWaiting = false;
  /** Runs that other tabs write to can be gone on with once these are done. */
  const refreshWhenFree = async (runIds: string[]) => {
    if (isWaiting || runIds.length === 0) return;
    isWaiting = true;
    const isFree = await trainClient.whenFree(runIds).then(
      () => true,
      () => false,
    );
    isWaiting = false;
    if (isFree) await refresh();
  };
  const refresh: RefreshStored = async () => {
    try {
      const { readable, unreadable } = await trainClient.runs();
      patch({ stored: readable, unreadable });
      void refreshWhenFree(readable.filter(({ inUse }) => inUse).map(({ runId }) => runId));
      return readable;
    } catch (error) {
      patch(({ stored }) => ({ stored: stored ?? [] }));
      report(error);
      return [];
    }
  };
  return refresh;
}

export function storedRunActions(
  context: TrainContext,
  refreshStored: RefreshStored,
): Pick<TrainActions, 'open' | 'deleteRun' | 'downloadRun' | 'useModel' | 'downloadModel' | 'setCardWords'> {
  const {
    get,
    train,
    patch,
    services: { trainClient, download, now },
    notify,
    report,
  } = context;

  /** What was typed for another run is not said of this one. */
  const wordsOf = ({ cardWords, run }: TrainData) =>
    cardWords && cardWords.runId === run?.runId ? cardWords : undefined;

  /** The open run's model as files; null, with a notice, where there is none. */
  const exportFiles = async (direction: Direction): Promise<{ id: string; files: File[] } | null> => {
    const { run, isExporting } = train();
    if (!run || isGoing(train()) || isExporting) return null;
    patch({ isExporting: true });
    try {
      await context.ready();
      const { card, weights } = await trainClient.exportModel(run.runId, direction, wordsOf(train()));
      const json = JSON.stringify(card, null, 2);
      return {
        id: card.id,
        files: [
          new File([weights as BlobPart], card.weights.file),
          new File([json], `${card.id}.card.json`, { type: 'application/json' }),
        ],
      };
    } catch (error) {
      report(error);
      return null;
    } finally {
      patch({ isExporting: false });
    }
  };

  return {
    async open(runId) {
      const kept = train().stored?.find((one) => one.runId === runId);
      if (!kept || kept.inUse || isGoing(train())) return;
      patch({ run: runOf(kept), phase: isUnfinished(kept) ? 'paused' : 'done' });
      try {
        const { steps, validations, damage } = await trainClient.history(runId);
        patch(({ run }) => (run?.runId === runId ? { run: { ...run, steps, validations } } : {}));
        for (const text of damage) notify('warn', text);
      } catch (error) {
        report(error);
      }
    },

    async deleteRun(runId) {
      const isOpen = train().run?.runId === runId;
      if (isOpen && isGoing(train())) return;
      if (isOpen) patch({ run: null, phase: 'idle' });
      try {
        await trainClient.deleteRun(runId);
      } catch (error) {
        report(error);
      }
      await refreshStored();
    },

    async downloadRun(runId) {
      try {
        const archive = await archiveOf(runId, await trainClient.runFiles(runId), now());
        download(`${runId}.zip`, archive, archive.type);
        notify('info', `Saved ${runId}.zip: all files of the run as they are.`);
      } catch (error) {
        report(error);
      }
    },

    setCardWords: (change) =>
      patch(({ run, cardWords }) => {
        if (!run) return {};
        const { runId } = run;
        const before = cardWords?.runId === runId ? cardWords : { data: '', licence: '' };
        return { cardWords: { ...before, ...change, runId } };
      }),

    async useModel(direction) {
      const model = await exportFiles(direction);
      if (!model) return false;
      const before = get().loaded;
      await get().actions.addWeights(model.files);
      // Refused, with a notice, while a translation goes on.
      return get().loaded !== before;
    },

    async downloadModel(direction) {
      const model = await exportFiles(direction);
      if (!model) return;
      for (const file of model.files)
        download(
          file.name,
          new Uint8Array(await file.arrayBuffer()),
          file.type || 'application/octet-stream',
        );
      notify(
        'info',
        `Saved ${model.files[0].name} and its card: drop the two together to load the model again.`,
      );
    },
  };
}
