/** Weights of the user's own: with a card, or with what the user says of them. */
import { isHidden } from '../../volume/formats/names';
import type { OwnModelSource } from '../../workers/translate/client';
import type { LoadedModel } from '../../workers/translate/protocol';
import { formatGrid, formatMaps } from '../format';
import type { ScoreMissing } from '../rooms/translate/state/scoring';
import type { Context } from './context';
import { sortFiles } from './files';
import { sentenceOf } from './notices';
import type { AppActions } from './types';

export function ownWeightsActions(
  context: Context,
  scoreMissing: ScoreMissing,
): Pick<AppActions, 'addWeights' | 'describeOwn' | 'removeModel'> {
  const { get, set, notify, former } = context;
  return {
    async addWeights(files) {
      const { cards } = sortFiles(files);
      const overtake = former('weights');
      const weights = files.filter((file) => !cards.includes(file) && !isHidden(file.name));
      if (cards.length > 0 && (cards.length > 1 || weights.length !== 1)) {
        const got = [...cards, ...weights].map(({ name }) => name).join(', ');
        notify(
          'error',
          `${cards[0].name}: a model card must come with its one file of weights, got ${got}; drop the two together (the .json of a scan is not needed). ${weights.length > 0 ? 'The weights are not loaded.' : ''}`.trim(),
          'weights',
        );
        return;
      }
      for (const file of weights) {
        const model = await loadOwn(context, { kind: 'file', file, card: cards[0] });
        if (!model) continue;
        overtake();
        set({ cardId: model.card.id });
        notify('info', `${model.card.name}: ${model.parameters.toLocaleString('en')} parameters loaded.`);
      }
    },

    removeModel(cardId) {
      if (get().run || !get().own[cardId]) return;
      set(({ own, loaded, held, models, cardId: chosen, results }) => ({
        own: without(own, cardId),
        loaded: without(loaded, cardId),
        held: held === cardId ? null : held,
        cardId: chosen === cardId ? (models[0]?.id ?? null) : chosen,
        results: results.filter(({ recipe }) => recipe.cardId !== cardId),
      }));
      void scoreMissing();
    },

    async describeOwn(cardId, settings) {
      const { own, opening } = get();
      if (!own[cardId]) return;
      if (opening) {
        notify('warn', 'A file is being read; apply again when it is open.', 'weights');
        return;
      }
      const overtake = former('weights');
      const model = await loadOwn(context, { ...own[cardId], settings });
      if (!model) return;
      overtake();
      // It was read as the former settings have the target.
      if (get().settings.style?.modelId === cardId)
        set(({ settings: { style: _, ...others } }) => ({ settings: others }));
      const { name, source, target, preprocessing } = model.card;
      notify(
        'info',
        `${name}: now ${source} to ${target}, ${formatGrid(preprocessing)}, ${formatMaps(preprocessing)}.`,
      );
      void scoreMissing();
    },
  };
}

function without<T>(all: Record<string, T>, id: string): Record<string, T> {
  const { [id]: _, ...others } = all;
  return others;
}

/** Null, with a notice, when it could not be loaded; the engine then holds what it held. */
export async function loadOwn(
  { get, set, services: { client }, notify, report }: Context,
  source: OwnModelSource,
): Promise<LoadedModel | null> {
  if (get().run) {
    notify(
      'warn',
      `${source.file.name}: weights can be loaded when the run has ended; cancel it or wait.`,
      'weights',
    );
    return null;
  }
  set({ opening: 'weights' });
  try {
    const model = await client.loadModel(source);
    const { id } = model.card;
    set(({ loaded, own }) => ({
      loaded: { ...loaded, [id]: model },
      own: { ...own, [id]: source },
      held: id,
    }));
    return model;
  } catch (error) {
    report(error, 'weights');
    // The sentence may be of the card alone.
    if (source.card && !sentenceOf(error).includes(source.file.name))
      notify(
        'warn',
        `${source.file.name}: not loaded, as its card could not be used; drop it without to say yourself what it is.`,
        'weights',
      );
    return null;
  } finally {
    set({ opening: null });
  }
}
