/** Derived values of the Compare room; arrays and objects are meant for useMemo. */
import { severalVolumes } from '../../../../volume/oneVolume';
import { methodLabel } from '../../../../workers/train/settings';
import { isUnconditionalModel, mapsText, taskText } from '../../../../workers/translate/bench';
import type { ComparedSlice, ModelCard } from '../../../../workers/translate/protocol';
import type { AppData } from '../../../state/types';
import type { AskedScan, Comparable, CompareData, OpenPair, PairScan, Task } from './types';

type Models = Pick<AppData, 'models' | 'own' | 'loaded' | 'compare'>;

export const isTask = (one: Task, other: Task): boolean =>
  one.source === other.source && one.target === other.target;

/** Of all tasks. */
export function comparables({ models, own, loaded, compare }: Models): Comparable[] {
  const shipped = models.map(
    (card): Comparable => ({
      ...{ id: card.id, name: card.name, card, from: 'shipped' },
      source: { kind: 'shipped', id: card.id },
    }),
  );
  const ofTranslate = Object.entries(own).flatMap(([id, source]): Comparable[] => {
    const card = loaded[id]?.card;
    return card ? [{ id: `translate ${id}`, name: card.name, card, from: 'translate', source }] : [];
  });
  return named([...shipped, ...ofTranslate, ...compare.own]);
}

/** Where a model is from, in words. */
export const FROM = { shipped: 'shipped', translate: 'own, of Translate', here: 'own' } as const;

/** A card's name without the contrasts, which all models of a task share: "trained here (300 iterations)"; "" where nothing is left. */
export function shortOwnName({ name, source, target }: ModelCard): string {
  const words = [`${source} to ${target}`, `${source} → ${target}`].find((task) => name.startsWith(task));
  return words === undefined ? name : name.slice(words.length).replace(/^[\s,:;-]+/, '');
}

/**
 * By their methods, where a task has one of each; those of one method by their cards' names, too, and by numbers where these are alike:
 * models of one name would count as runs of one method.
 */
function named(models: readonly Comparable[]): Comparable[] {
  const ofTask = ({ card }: Comparable) => models.filter((one) => isTask(one.card, card));
  const taken = new Map<string, number>();
  return models.map((model) => {
    const { card } = model;
    const label = methodLabel(card.network.method);
    const isOnly = ofTask(model).every(
      (one) => one === model || one.card.network.method !== card.network.method,
    );
    const name = isOnly ? label : `${label}, ${shortOwnName(card) || FROM[model.from]}`;
    const key = `${name} ${taskText(card)}`;
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return { ...model, name: count === 1 ? name : `${name} (${count})` };
  });
}

/** Of all models, each once; those of which the user said nothing (placeholders) are none. */
export function tasks(state: Models): Task[] {
  const found: Task[] = [];
  for (const { card } of comparables(state)) {
    const task = { source: card.source, target: card.target };
    if (hasContrasts(card) && !isUnconditionalModel(card) && !found.some((one) => isTask(one, task)))
      found.push(task);
  }
  return found;
}

/** Own weights may not tell what they translate. */
export const hasContrasts = ({ source, target }: Task): boolean => source !== 'source' && target !== 'target';

export function currentTask(state: Models): Task | null {
  return state.compare.task ?? state.compare.pairs[0]?.task ?? tasks(state)[0] ?? null;
}

export function modelsOfTask(state: Models): Comparable[] {
  const task = currentTask(state);
  return task ? comparables(state).filter(({ card }) => isTask(card, task)) : [];
}

export function pairsOfTask(state: Models): OpenPair[] {
  const task = currentTask(state);
  return task ? state.compare.pairs.filter((pair) => isTask(pair.task, task)) : [];
}

/** Models that take part, and of the others that were ticked why they cannot. */
export function chosenModels(state: Models): { taken: Comparable[]; refused: Map<string, string> } {
  const ticked = modelsOfTask(state).filter(({ id }) => !state.compare.left.has(id));
  const taken: Comparable[] = [];
  const refused = new Map<string, string>();
  for (const model of ticked) {
    const [first] = taken;
    const twin = taken.find((one) => isSame(one.card, model.card));
    if (isUnconditionalModel(model.card))
      refused.set(
        model.id,
        `It makes images of ${model.card.target} of noise alone and translates nothing; choose others.`,
      );
    else if (twin) refused.set(model.id, `It has the weights of ${twin.name}, and is not computed twice.`);
    else if (first && mapsText(first.card) !== mapsText(model.card))
      refused.set(
        model.id,
        `Its images are scaled by ${mapsText(model.card)}, those of ${first.name} by ${mapsText(first.card)}: their scores cannot be compared; leave one of the two out.`,
      );
    else taken.push(model);
  }
  return { taken, refused };
}

const isSame = (one: ModelCard, other: ModelCard): boolean =>
  one.weights.sha256 === other.weights.sha256 &&
  JSON.stringify([one.diffusion, one.preprocessing]) ===
    JSON.stringify([other.diffusion, other.preprocessing]);

/** Whether a remark is of the pair. */
export const isOf = (remark: string, { id }: Pick<OpenPair, 'id'>): boolean => remark.startsWith(`${id}: `);

/** What is odd about the pairs that the reports are of. */
export const remarksOf = ({ asked, remarks }: Pick<CompareData, 'asked' | 'remarks'>): string[] =>
  remarks.filter((text) => asked?.pairs.some((pair) => isOf(text, pair)));

/** What Start asks for. */
export function askedFor(state: Models): CompareData['asked'] {
  const task = currentTask(state);
  const { slices, extras } = state.compare;
  return (
    task && {
      task,
      models: chosenModels(state).taken.map(({ id, name, card }) => ({
        ...{ id, name, cardId: card.id, method: card.network.method },
        ...{ steps: card.diffusion.steps, sha256: card.weights.sha256 },
      })),
      pairs: pairsOfTask(state).map(({ id, source, reference }) => ({
        id,
        source: askedScan(source),
        reference: askedScan(reference),
      })),
      slices,
      suites: ['quality', ...extras],
    }
  );
}

const askedScan = ({ name, volumeCount, volume }: PairScan): AskedScan => ({
  name,
  volume: volumeCount > 1 ? volume : null,
});

/** Whether what is on the screen is of other choices than those of now. */
export function isOutdated(state: Models): boolean {
  const { asked } = state.compare;
  return asked !== null && JSON.stringify(asked) !== JSON.stringify(askedFor(state));
}

/** Why Start cannot be pressed now, as what to do next; null when it can. */
export function compareBlock(state: AppData): string | null {
  const { engine, compare } = state;
  if (engine.phase === 'starting') return 'The engine is starting.';
  if (engine.phase === 'failed')
    return 'The engine does not run: press “no engine” at the top right for the reason and other backends.';
  if (state.run) return 'A translation goes on in Translate; cancel it or wait.';
  if (compare.opening || compare.isReadingModels) return 'Files are being read.';
  const pairs = pairsOfTask(state);
  if (pairs.length === 0) return 'Drop a scan and its reference first.';
  const several = pairs
    .flatMap(({ source, reference }) => [source, reference])
    .find(({ volume }) => volume === null);
  if (several) return `${severalVolumes(several.name, several.volumeCount, 'choose one in its row')}.`;
  if (chosenModels(state).taken.length === 0) return 'Choose a model first.';
  return null;
}

export const sliceKey = ({ pairId, index, of }: Pick<ComparedSlice, 'pairId' | 'index' | 'of'>): string =>
  `${of} ${pairId} ${index}`;

/** Pairs of which there are pictures, with their slices in rising order. */
export function shownSlices({ made }: CompareData): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const { pairId, index } of made.values())
    found.set(pairId, (found.get(pairId) ?? new Set()).add(index));
  return new Map([...found].map(([pairId, slices]) => [pairId, [...slices].sort((a, b) => a - b)]));
}

/** The pair and slice that are looked at: as chosen, else the middle one of the first pair; null where there is no picture. */
export function shownPlace(compare: CompareData): { pairId: string; index: number } | null {
  const all = shownSlices(compare);
  const { shown } = compare;
  if (shown && all.get(shown.pairId)?.includes(shown.index)) return shown;
  const pairId = shown && all.has(shown.pairId) ? shown.pairId : [...all.keys()][0];
  const slices = pairId === undefined ? undefined : all.get(pairId);
  return slices ? { pairId, index: slices[Math.floor(slices.length / 2)] } : null;
}
