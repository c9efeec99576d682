/** What decides the numbers of a run. It stands still while a run is open. */
import type { ClientOwnWeights, ClientStartPoint, ClientStartSource } from '../../../../workers/train/client';
import type { PresetName, TrainSettings } from '../../../../workers/train/protocol';
import {
  isLong,
  isUnconditional,
  neededOf,
  presetSettings,
  settingsFromCard,
  sideMaps,
  startCourse,
  withMethod,
} from '../../../../workers/train/settings';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { sortFiles } from '../../../state/files';
import { initialTrain } from './initial';
import { backModels, isLocked, relativeMap, startModels } from './selectors';
import type { TrainContext } from './trainContext';
import type { TrainActions, TrainData } from './types';

/** `changed`: other settings may mean another grid and take other memory. */
export function settingsActions(
  context: TrainContext,
  changed: () => Promise<void>,
): Pick<
  TrainActions,
  | 'setContrast'
  | 'pickPreset'
  | 'patchSettings'
  | 'patchVariant'
  | 'setEvery'
  | 'pickStart'
  | 'pickStartBack'
  | 'openStart'
  | 'setStartR'
> {
  const {
    get,
    train,
    patch,
    services: { trainClient },
    notify,
    report,
  } = context;
  const choose = (change: Parameters<typeof patch>[0]) => {
    if (isLocked(train())) return;
    patch(change);
    void changed();
  };
  /** Null: it could not be read now, and why has been said. */
  const readCard = async (source: ClientOwnWeights): Promise<ModelCard | null> => {
    if (isLocked(train()) || train().isReadingStart) {
      notify(
        'warn',
        `${source.file.name}: not read, as a run is open or other weights are being read; drop it again later.`,
      );
      return null;
    }
    patch({ isReadingStart: true });
    try {
      return await trainClient.readCard(source);
    } catch (error) {
      report(error);
      return null;
    } finally {
      patch({ isReadingStart: false });
    }
  };
  const begin = (card: ModelCard, source: ClientStartSource) =>
    choose(({ settings, start }) => ({
      settings: settingsFromCard(settings, card),
      start: { cardId: card.id, sources: { ...withoutModels(start.sources), aToB: source } },
    }));

  return {
    setContrast(side, suffix) {
      const { settings, start } = train();
      const contrasts = { ...settings.contrasts, [side]: suffix.trim() };
      if (contrasts[side] === settings.contrasts[side]) return;
      // A start model's maps stay, whatever its contrasts are called.
      const intensity =
        start.cardId === null
          ? sideMaps(contrasts, relativeMap(settings) ?? 'foreground-median')
          : settings.intensity;
      choose({ settings: { ...settings, contrasts, intensity } });
    },

    pickPreset: (preset) =>
      choose(({ settings, start }) => ({
        settings: withPreset(settings, preset, start.cardId !== null),
        start: { cardId: null, sources: withoutModels(start.sources) },
      })),

    patchSettings: (change) =>
      choose(({ settings, every }) => {
        const next = { ...(change.method ? withMethod(settings, change.method) : settings), ...change };
        return { settings: next, every: everyWith(every, settings, next) };
      }),

    patchVariant: (change) =>
      choose(({ settings: before, start: from }) => {
        const isFree = change.pairing !== undefined && isUnconditional({ pairing: change.pairing });
        // A model to start from takes a source.
        const leaves = isFree && from.cardId !== null;
        const settings = leaves ? withPreset(before, before.preset, true) : before;
        const start = leaves ? { cardId: null, sources: withoutModels(from.sources) } : from;
        const next = { ...settings, variant: { ...settings.variant, ...change } };
        const hasOtherCourse = JSON.stringify(startCourse(next)) !== JSON.stringify(startCourse(settings));
        return {
          settings: start.cardId !== null && hasOtherCourse ? { ...next, ...startCourse(next) } : next,
          start,
        };
      }),

    setEvery: (change) => choose(({ every }) => ({ every: { ...every, ...change } })),

    pickStart(cardId) {
      if (cardId === null) {
        context.get().actions.train.pickPreset(train().settings.preset);
        return;
      }
      const model = startModels({ ...get(), ...train() }).find(({ card }) => card.id === cardId);
      if (model) begin(model.card, model.source);
    },

    pickStartBack(cardId) {
      const model = backModels({ ...get(), ...train() }).find(({ card }) => card.id === cardId);
      if (cardId !== null && !model) return;
      choose(({ settings, start }) => {
        const direction = neededOf(settings.method, settings.variant).direction ?? (model ? 'both' : 'aToB');
        return {
          settings: { ...settings, variant: { ...settings.variant, direction } },
          start: { ...start, sources: withSource(start.sources, 'bToA', model?.source ?? null) },
        };
      });
    },

    async openStart(files) {
      const { cards } = sortFiles(files);
      const [file, ...others] = files.filter((f) => !cards.includes(f));
      if (!file || others.length > 0 || cards.length > 1) {
        const got = files.map(({ name }) => name).join(', ');
        notify('error', `Start point: one file of weights, with its card.json if there is one, got ${got}.`);
        return;
      }
      if (isUnconditional(train().settings.variant)) {
        notify(
          'warn',
          `${file.name}: not taken, as a training without a source begins with random weights; choose unpaired or aligned pairs first.`,
        );
        return;
      }
      const source = { kind: 'file', file, card: cards[0] } as const;
      const card = await readCard(source);
      if (!card) return;
      patch(({ ownStarts }) => ({ ownStarts: { ...ownStarts, [card.id]: { card, source } } }));
      begin(card, source);
      notify('info', `${card.name}: training starts from these weights.`);
    },

    async setStartR(network, source) {
      if (source) {
        const card = await readCard(source);
        if (!card) return;
        patch(({ rCards }) => ({ rCards: { ...rCards, [network]: card } }));
      }
      choose(({ start }) => ({
        start: { ...start, sources: withSource(start.sources, network, source) },
      }));
    },
  };
}

/** Validations that would take longer than the training are left to be asked for. */
function everyWith(
  every: TrainData['every'],
  before: TrainSettings,
  after: TrainSettings,
): TrainData['every'] {
  if (isLong(before) === isLong(after)) return every;
  return { ...every, validation: isLong(after) ? 0 : initialTrain.every.validation };
}

/** Null leaves the network out: it begins at random. */
function withSource(
  sources: ClientStartPoint,
  network: keyof ClientStartPoint,
  source: ClientStartSource | null,
): ClientStartPoint {
  const { [network]: _, ...others } = sources;
  return source ? { ...others, [network]: source } : others;
}

/** Without those that start what translates. */
const withoutModels = (sources: ClientStartPoint): ClientStartPoint =>
  withSource(withSource(sources, 'aToB', null), 'bToA', null);

/**
 * The networks and grid of a preset, all other choices kept. `fromModel`: the settings were a start model's, whose one
 * direction and schedule go with it.
 */
export function withPreset(settings: TrainSettings, preset: PresetName, fromModel: boolean): TrainSettings {
  const fresh = presetSettings(preset, settings.contrasts);
  // Iterations, rates and average go with the preset: those of the demonstration are wrong for the others.
  const { method, variant, diffusion, batch, augmentation, seed, intensity } = settings;
  const { options } = withMethod(settings, fromModel ? fresh.method : method);
  const { rates } = withMethod(fresh, fromModel ? fresh.method : method);
  return {
    ...fresh,
    method: fromModel ? fresh.method : method,
    variant: fromModel ? { ...variant, direction: 'both' } : variant,
    diffusion: fromModel ? { ...fresh.diffusion, steps: diffusion.steps } : diffusion,
    ...(fromModel ? {} : { intensity }),
    ...{ batch, options, rates, augmentation, seed },
  };
}
