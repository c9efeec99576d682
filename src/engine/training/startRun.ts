/** A run's first state: random weights, or those that it starts from. */
import { WeightsMismatch } from '../../errors';
import { makeSchedule } from '../diffusion/schedule';
import type { StateDict } from '../formats/namedTensor';
import { initialState } from './initialise';
import { loadNetworks, type NetworkName, networkTables } from './networks';
import { checkSettings, type TrainSettings } from './settings';
import type { TrainingState } from './step';

/** Weights under the authors' names; random where none are given. */
export type StartWeights = Partial<Record<NetworkName, StateDict>>;

/**
 * @throws BadRequest for settings that cannot train; WeightsMismatch where start weights are of another network than the
 * settings', or of one that the variant does not have
 */
export function startRun(settings: TrainSettings, start: StartWeights = {}): TrainingState {
  checkSettings(settings);
  const tables = networkTables(settings);
  for (const name of Object.keys(start) as NetworkName[]) {
    if (!tables.has(name))
      throw new WeightsMismatch(
        `training: weights were given for ${name}, which this variant does not have; leave them out or choose another variant`,
      );
  }
  return {
    settings,
    schedule: makeSchedule(settings.diffusion),
    networks: loadNetworks(
      settings,
      (name) => start[name] ?? initialState(name, tables.get(name)!, settings.seed),
    ),
    step: 0,
  };
}
