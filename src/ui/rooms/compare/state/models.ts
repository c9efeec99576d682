/** The models of the Compare room: which take part, own ones and those of stored runs. Cards alone are read; weights when their turn comes. */
import { shortName } from '../../../../plainText';
import { someOf } from '../../../../volume/plainScans';
import { isUnconditionalModel } from '../../../../workers/translate/bench';
import type { ModelCard } from '../../../../workers/translate/protocol';
import { isWeightsName, WEIGHTS_ENDINGS } from '../../../state/files';
import { sentenceOf } from '../../../state/notices';
import { isGoing } from '../../train/state/selectors';
import type { CompareContext } from './compareContext';
import { givenModels } from './modelFiles';
import { comparables, hasContrasts, pairsOfTask } from './selectors';
import type { Comparable, CompareActions } from './types';

/** A card is a few kilobytes. */
const LONGEST_CARD = 2 ** 20;

export function compareModelActions({
  get,
  compare,
  patch,
  services: { client, trainClient },
  notify,
}: CompareContext): Pick<
  CompareActions,
  'toggleModel' | 'addModels' | 'addRun' | 'removeModel' | 'pickTask'
> {
  let lastId = 0;

  const refuse = (name: string, error: unknown) => {
    const reason = sentenceOf(error);
    patch(({ refused }) => ({ refused: [...refused.filter((one) => one.name !== name), { name, reason }] }));
  };

  const add = (card: ModelCard, source: Comparable['source'], name: string): void => {
    if (!hasContrasts(card)) {
      refuse(
        name,
        new Error(
          `${name}: must say which contrasts it translates, got neither; drop it with its card.json, or say it under Models first.`,
        ),
      );
      return;
    }
    if (isUnconditionalModel(card)) {
      const what = `makes images of ${card.target} of noise alone`;
      refuse(
        name,
        new Error(`${name}: must be a model that translates, got one that ${what}; drop another.`),
      );
      return;
    }
    const twin = comparables(get()).find((one) => one.card.weights.sha256 === card.weights.sha256);
    if (twin) {
      notify('info', `${name}: there already, as ${twin.name}.`, 'compare');
      return;
    }
    lastId += 1;
    const model: Comparable = { id: `here-${lastId}`, name: card.name, card, source, from: 'here' };
    // Nobody drops a model to compare others: it decides the task while nothing else does.
    const decides = compare().task === null && pairsOfTask(get()).length === 0 && compare().own.length === 0;
    const task = decides ? { source: card.source, target: card.target } : compare().task;
    patch(({ own, refused }) => ({
      own: [...own, model],
      refused: refused.filter((one) => one.name !== name),
      task,
    }));
  };

  return {
    pickTask: (task) => {
      if (!compare().run) patch({ task });
    },

    toggleModel(id) {
      if (compare().run) return;
      const left = new Set(compare().left);
      if (!left.delete(id)) left.add(id);
      patch({ left });
    },

    async addModels(files) {
      if (compare().run || compare().isReadingModels) {
        const why = compare().run ? 'A comparison goes on' : 'Models are being read';
        notify('warn', `${why}; drop these when that is done.`, 'compare');
        return;
      }
      if (!files.some(({ file }) => isWeightsName(file.name))) {
        notify(
          'error',
          `${shortName(files[0].path)}: must be weights (${WEIGHTS_ENDINGS.join(', ')}) with their card.json, got none; drop scans beside the models.`,
          'compare',
        );
        return;
      }
      patch({ isReadingModels: true });
      try {
        const { models, refused, others } = await givenModels(files, (file) =>
          file.slice(0, LONGEST_CARD).text(),
        );
        const texts = othersTexts(others);
        if (texts.length > 0) notify('warn', texts, 'compare');
        for (const { name, reason } of refused) refuse(name, new Error(reason));
        for (const { path, file, card } of models) {
          const source = { kind: 'file', file, card } as const;
          try {
            add(await client.readModel(source), source, shortName(path));
          } catch (error) {
            // The others may be good.
            refuse(shortName(path), error);
          }
        }
      } finally {
        patch({ isReadingModels: false });
      }
    },

    async addRun(runId, direction) {
      if (compare().isReadingModels) return;
      if (isGoing(get().train)) {
        notify('warn', 'A training goes on; pause it to compare the model of a stored run.', 'compare');
        return;
      }
      patch({ isReadingModels: true });
      try {
        await trainClient.start(get().engine.requested);
        const { card, weights } = await trainClient.exportModel(runId, direction);
        const file = new File([weights as BlobPart], card.weights.file);
        const json = new File([JSON.stringify(card)], 'card.json', { type: 'application/json' });
        const source = { kind: 'file', file, card: json } as const;
        add(await client.readModel(source), source, card.name);
      } catch (error) {
        refuse(runId, error);
      } finally {
        patch({ isReadingModels: false });
      }
    },

    removeModel(id) {
      if (compare().run) return;
      const sha256 = compare().own.find((one) => one.id === id)?.card.weights.sha256;
      // Its pictures go, so its results do: they come together. While its scores are shown its pictures are, too, until the next start.
      patch(({ own, refused, kept, made, asked }) => ({
        own: own.filter((one) => one.id !== id),
        refused: refused.filter(({ name }) => name !== id),
        kept: new Map([...kept].filter(([key]) => !(sha256 && key.includes(sha256)))),
        made: asked?.models.some((one) => one.id === id)
          ? made
          : new Map([...made].filter(([, { of }]) => of !== id)),
      }));
    },
  };
}

/** What to say of files that are of no model. */
function othersTexts(paths: readonly string[]): string[] {
  const isCard = (path: string) => /\.json$/i.test(path);
  const cards = paths.filter(isCard);
  const rest = paths.filter((path) => !isCard(path));
  return [
    ...(rest.length > 0 ? [`${someOf(rest)}: neither weights nor their card, left out.`] : []),
    ...(cards.length > 0
      ? [
          `${someOf(cards)}: not the card of these weights, left out; drop each model with its card by itself.`,
        ]
      : []),
  ];
}
