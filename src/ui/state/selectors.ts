/** Derived values. Each returns a value of the state itself or a primitive, or is meant for useMemo. */
import type { ModelCard, Score } from '../../workers/protocol';
import { contrastOfName } from './files';
import { recipeKey, recipeOf } from './recipe';
import { nearestFirst, slicesOf } from './slices';
import type { AppData, MadeSlice, Recipe, ResultSet, ScorePair } from './types';

export function chosenCard(state: Pick<AppData, 'models' | 'loaded' | 'cardId'>): ModelCard | null {
  if (!state.cardId) return null;
  return state.models.find((card) => card.id === state.cardId) ?? state.loaded[state.cardId]?.card ?? null;
}

export function currentRecipe(state: AppData): Recipe | null {
  return recipeOf(state.source, chosenCard(state), state.engine.startedOn, state.settings);
}

/** The results of what is chosen now; results of other settings are never returned. */
export function currentResults(state: AppData): ResultSet | null {
  const recipe = currentRecipe(state);
  if (!recipe) return null;
  const key = recipeKey(recipe);
  return state.results.find((set) => set.key === key) ?? null;
}

export function currentSlice(state: AppData): MadeSlice | null {
  return currentResults(state)?.slices.get(state.view.slice) ?? null;
}

/** Slices of the chosen range that the chosen recipe has not made yet, nearest to the visible one first. */
export function missingSlices(state: AppData, wanted?: readonly number[]): number[] {
  if (!state.source) return [];
  const done = currentResults(state)?.slices;
  const slices = wanted ?? slicesOf(state.range, state.source, state.view.slice);
  return nearestFirst(
    slices.filter((k) => !done?.has(k)),
    state.view.slice,
  );
}

/** Slices that have a result but no score against the present reference, nearest to the visible one first. */
export function unscoredSlices(state: AppData): number[] {
  const set = currentResults(state);
  if (!set || !state.reference) return [];
  return nearestFirst(
    [...set.slices.keys()].filter((k) => !set.scores.has(k)),
    state.view.slice,
  );
}

/** The value of the scan that the chosen model calls +1; panes divide by it so that contrasts compare. */
export function upperOf(
  scan: { upper: Record<string, number>; range: { high: number } },
  card: ModelCard | null,
): number {
  const upper = card ? scan.upper[card.preprocessing.intensity] : scan.range.high;
  return upper > 0 ? upper : 1;
}

export type ScoreRegion = 'whole' | 'foreground';

/** Mean over the slices that have a score in that region, or null. */
export function meanScore(
  scores: ReadonlyMap<number, ScorePair>,
  image: keyof ScorePair,
  region: ScoreRegion,
): (Score & { n: number }) | null {
  const values = [...scores.values()].map((pair) => pair[image][region]).filter((score) => score !== null);
  if (values.length === 0) return null;
  const mean = (of: (score: Score) => number) => values.reduce((sum, v) => sum + of(v), 0) / values.length;
  return { psnr: mean((s) => s.psnr), ssim: mean((s) => s.ssim), mae: mean((s) => s.mae), n: values.length };
}

/** The contrast, or "" where own weights do not tell it and their card has a placeholder. */
export function knownContrast(card: ModelCard, side: 'source' | 'target'): string {
  return card[side] === side ? '' : card[side];
}

/** A sentence where the source's name claims another contrast than the model takes; null where all seems well. */
export function contrastWarning(state: AppData): string | null {
  const card = chosenCard(state);
  const claimed = state.source && contrastOfName(state.source.name);
  if (!card || !claimed || claimed === card.source || !knownContrast(card, 'source')) return null;
  return `The scan's name says ${claimed}, but this model takes ${card.source}.`;
}

/** A sentence where the reference's name claims another contrast than the model makes; null where all seems well. */
export function referenceWarning(state: AppData): string | null {
  const card = chosenCard(state);
  const claimed = state.reference && contrastOfName(state.reference.scan.name);
  if (!card || !claimed || claimed === card.target || !knownContrast(card, 'target')) return null;
  return `The reference's name says ${claimed}, but this model makes ${card.target}: the scores mean little.`;
}

/** Why Translate cannot be pressed now, as what to do next; null when it can. */
export function translateBlock(state: AppData): string | null {
  if (state.engine.phase === 'starting') return 'The engine is starting.';
  if (state.engine.phase === 'failed')
    return 'The engine does not run: press “no engine” at the top right for the reason and other backends.';
  if (!state.source) return 'Drop a scan first.';
  if (!chosenCard(state)) return 'Choose a model first.';
  if (state.opening) return 'A file is being read.';
  return null;
}
