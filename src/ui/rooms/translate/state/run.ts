/** One run: the weights are loaded, then slice after slice is made. */
import type { LoadedModel, ModelCard } from '../../../../workers/translate/protocol';
import type { Context } from '../../../state/context';
import type { AppActions, AppData, Run } from '../../../state/types';
import { addSlice, beginResults, patchResults } from './results';
import type { ScoreMissing } from './scoring';
import { chosenCard, currentRecipe, missingSlices, translateBlock } from './selectors';

export function runActions(
  context: Context,
  scoreMissing: ScoreMissing,
): Pick<AppActions, 'translate' | 'cancel'> {
  const {
    get,
    set,
    services: { client },
    notify,
    report,
  } = context;
  let abort: AbortController | null = null;

  return {
    async translate(wanted) {
      const before = get();
      const card = chosenCard(before);
      if (before.run) return;
      const block = translateBlock(before);
      if (block || !card || !before.source) {
        notify('info', block ?? 'Choose a model first.');
        return;
      }
      const scan = before.source;
      const slices = missingSlices(before, wanted);
      if (slices.length === 0) {
        notify('info', 'These slices are already translated with these settings.');
        return;
      }
      const controller = new AbortController();
      abort = controller;
      const begun: Run = {
        phase: 'loading',
        load: null,
        progress: null,
        slices,
        isCancelling: false,
      };
      set({ run: begun });
      let done = 0;
      try {
        const model = await loadWeights(context, card, controller.signal);
        controller.signal.throwIfAborted();
        const recipe = currentRecipe(get())!;
        const key = beginResults(context, recipe, card, scan);
        set({ run: { ...begun, phase: 'translating' } });
        const { seed, samples, noise, style, previewOf } = recipe;
        const provenance = await client.translate(
          {
            ...{ scanId: scan.scanId, modelId: model.modelId, slices },
            settings: { seed, samples, noise, ...(style && { style }) },
            preview: previewOf !== undefined,
            batch: batchOf(get()),
          },
          {
            signal: controller.signal,
            onSlice: (slice) => {
              done += 1;
              addSlice(context, key, slice);
              void scoreMissing();
            },
            onProgress: (progress) => set(({ run }) => ({ run: run && { ...run, progress } })),
          },
        );
        patchResults(set, key, (r) => ({ ...r, provenance }));
      } catch (error) {
        // A cancelled run may also end with its worker, when another backend was chosen.
        if (!controller.signal.aborted) report(error);
        // What was done has gone with its scan, which has been told.
        else if (get().source === scan)
          notify(
            'info',
            `Cancelled: ${done} of ${slices.length} slices are done${done > 0 ? ' and kept' : ''}.`,
          );
      } finally {
        if (abort === controller) abort = null;
        set({ run: null });
      }
    },

    cancel() {
      abort?.abort();
      set(({ run }) => ({ run: run && { ...run, isCancelling: true } }));
    },
  };
}

/** Together they keep a GPU busy; on a CPU one slice after the other stands sooner. */
const batchOf = ({ engine, batch }: AppData): number =>
  engine.info?.backend === 'webgpu' ? (batch ?? 1) : 1;

/** Gives the engine the card's weights, unless it holds them. */
export async function loadWeights(
  { get, set, services: { client } }: Context,
  card: ModelCard,
  signal: AbortSignal,
): Promise<LoadedModel> {
  const { held, loaded, own } = get();
  if (held === card.id) return loaded[card.id];
  set({ held: null });
  const model = await client.loadModel(own[card.id] ?? { kind: 'shipped', id: card.id }, {
    signal,
    onProgress: (load) => set(({ run }) => ({ run: run && { ...run, load } })),
  });
  set({ held: card.id, loaded: { ...get().loaded, [card.id]: model } });
  return model;
}
