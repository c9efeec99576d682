/** Models that a run starts from, as the weights of its networks. */
import { BadRequest, WeightsMismatch } from '../../errors';
import type { ModelCard } from '../cards/modelCard';
import type { StateDict } from '../formats/namedTensor';
import { methodOf } from '../methods';
import { refuseUnconditional } from '../unconditional';
import type { RunFacts } from './checkpoint';
import { networksOf } from './networks';
import type { TrainSettings } from './settings';
import { type StartOf, startedNetworks, startProblem } from './startFit';
import type { StartWeights } from './startRun';

export interface StartModel extends StartOf {
  card: Pick<ModelCard, 'id' | 'name' | 'target' | 'licence' | 'network' | 'diffusion'>;
  state: StateDict;
}

/** @throws WeightsMismatch where a model is of another kind than the network that it should start, BadRequest for an unconditional one, or two for one network */
export function startWeights(
  settings: TrainSettings,
  models: readonly StartModel[],
): { weights: StartWeights; facts: RunFacts['start'] } {
  const weights: Record<string, StateDict> = {};
  const facts: RunFacts['start'] = [];
  for (const model of models) {
    const { subject, card, state } = model;
    refuseUnconditional(card);
    const problem = startProblem(settings, model);
    if (problem !== null) throw new WeightsMismatch(problem);
    const networks = startedNetworks(settings, model);
    const specs = networksOf(settings);
    if (networks.some((network) => weights[network] !== undefined))
      throw new BadRequest(
        `${subject}: must start a network that no other model starts, got a second ${methodOf(card.network).network} for one direction; leave one of them out`,
      );
    for (const network of networks) {
      const own = new Set(specs.find(({ name }) => name === network)?.table.map(({ name }) => name));
      const part = networks.length === 1 ? state : new Map([...state].filter(([name]) => own.has(name)));
      // A network that the model was exported without begins at random (MUNIT's style encoder).
      if (part.size > 0) weights[network] = part;
    }
    facts.push({ network: networks[0], name: startName(card), licence: card.licence });
  }
  return { weights, facts };
}

/** A start model on the card of what is made of it: as people call it, and exactly. */
const startName = ({ name, id }: Pick<ModelCard, 'name' | 'id'>) => `${name} [${id}]`;
