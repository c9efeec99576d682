/** A run's first state: random weights, or those that it starts from. */
import { WeightsMismatch } from '../../errors';
import type { StateDict } from '../formats/namedTensor';
import { initialState } from './initialise';
import type { TrainingState } from './iteration';
import { loadNetworks, networksOf } from './networks';
import { checkSettings, type TrainSettings } from './settings';

/** Weights under the authors' names, by the network that begins with them; random where none are given. */
export type StartWeights = Readonly<Record<string, StateDict>>;

/**
 * @throws BadRequest for settings that cannot train; WeightsMismatch where start weights are of another network than the
 * settings', or of one that the variant does not have
 */
export function startRun(settings: TrainSettings, start: StartWeights = {}): TrainingState {
  checkSettings(settings);
  const specs = new Map(networksOf(settings).map((spec) => [spec.name, spec]));
  for (const name of Object.keys(start)) {
    if (!specs.has(name))
      throw new WeightsMismatch(
        `training: weights were given for ${name}, which this variant does not have; leave them out or choose another variant`,
      );
  }
  return {
    settings,
    networks: loadNetworks(settings, (name) => start[name] ?? initialState(specs.get(name)!, settings.seed)),
    step: 0,
  };
}
