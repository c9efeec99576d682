/** A run's first state: random weights, or those that it starts from. */
import { WeightsMismatch } from '../../errors';
import type { StateDict } from '../formats/namedTensor';
import { trainingOf } from '../methods';
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
  const own = (name: string) => start[name] ?? initialState(specs.get(name)!, settings.seed);
  const tied = trainingOf(settings).tied?.(settings) ?? [];
  const begun = (name: string): StateDict => {
    const ties = tied.filter(({ networks }) => networks.includes(name));
    // What is in common is of the first that is given, else of the first.
    const from = ties.map(({ networks, has }) => ({
      has,
      of: networks.find((one) => start[one]) ?? networks[0],
    }));
    const shared = from.flatMap(({ has, of }) =>
      of === name ? [] : [...own(of)].filter(([key]) => has(key)),
    );
    return shared.length > 0 ? new Map([...own(name), ...shared]) : own(name);
  };
  return { settings, networks: loadNetworks(settings, begun), step: 0 };
}
