/** What the user has made and not yet taken away, and what asks before it goes. */

import type { AppData, ResultSet } from '../../../state/types';
import { isGoing } from '../../train/state/selectors';

type Made = Pick<AppData, 'results' | 'run'>;

const isUnsaved = ({ version, saved }: ResultSet): boolean => version > saved;

/** Translated slices of all results that have not been saved since they grew; those of one model alone where it is named. */
export function unsavedSlices({ results }: Pick<AppData, 'results'>, cardId?: string): number {
  return results
    .filter((set) => isUnsaved(set) && (cardId === undefined || set.recipe.cardId === cardId))
    .reduce((sum, { made }) => sum + made.slices.size, 0);
}

/** What would be lost with the source; null where nothing is. */
export function sourceLoss(state: Made): string | null {
  const slices = unsavedSlices(state);
  const losses = [
    ...(state.run ? ['ends the run'] : []),
    ...(slices > 0 ? [`clears ${unsavedWords(slices)}`] : []),
  ];
  return losses.length > 0 ? `This ${losses.join(' and ')}.` : null;
}

/** What would be lost with the reference; null where nothing is. */
export function referenceLoss(state: Made): string | null {
  const scores = state.results.reduce((sum, set) => sum + set.scores.size, 0);
  if (scores === 0 || !(state.run || unsavedSlices(state) > 0)) return null;
  return `The scores of ${scores} ${scores === 1 ? 'slice' : 'slices'} go with it.`;
}

/** What would be lost with own weights; null where nothing is. */
export function modelLoss(state: Pick<AppData, 'results'>, cardId: string): string | null {
  const slices = unsavedSlices(state, cardId);
  return slices > 0 ? `This clears ${unsavedWords(slices)}.` : null;
}

/** Whether leaving the page ends or loses something. */
export function leavingLoses(state: Made & Pick<AppData, 'train' | 'compare'>): boolean {
  const { run, train, compare } = state;
  return (
    run !== null || unsavedSlices(state) > 0 || isGoing(train) || train.isStarting || compare.run !== null
  );
}

const unsavedWords = (slices: number): string =>
  slices === 1 ? '1 translated slice that is not saved' : `${slices} translated slices that are not saved`;
