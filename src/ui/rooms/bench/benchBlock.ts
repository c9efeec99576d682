/** Which models can be timed, and why Start cannot be pressed now. */
import { isUnconditionalModel } from '../../../workers/translate/bench';
import type { AppData } from '../../state/types';
import { comparables } from '../compare/state/selectors';
import type { Comparable } from '../compare/state/types';
import { isGoing } from '../train/state/selectors';

export interface BenchModels {
  models: readonly Comparable[];
  chosen: Comparable | null;
}

/** All that the page knows, own ones too; names with their contrasts, of which they are all here. */
export function benchModels(
  state: Pick<AppData, 'models' | 'own' | 'loaded' | 'compare'>,
  modelId: string | null,
): BenchModels {
  const models = comparables(state).map((model) => ({ ...model, name: model.card.name }));
  return { models, chosen: models.find(({ id }) => id === modelId) ?? models[0] ?? null };
}

/** As what to do next; null when it can. What else computes would be timed, too. */
export function benchBlock(
  state: Pick<AppData, 'engine' | 'run' | 'compare' | 'train'>,
  chosen: Comparable | null,
): string | null {
  if (state.engine.phase === 'starting') return 'The engine is starting.';
  if (state.run) return 'A translation goes on in Translate; cancel it or wait.';
  if (state.compare.run) return 'A comparison goes on in Compare; cancel it or wait.';
  if (isGoing(state.train)) return 'A training goes on in Train; pause it or wait.';
  if (!chosen) return 'The models come with the engine.';
  if (isUnconditionalModel(chosen.card))
    return `${chosen.name} makes images of noise alone and translates nothing; choose another model.`;
  return null;
}
