/** Models that a run starts from, as the weights of its networks. */
import { BadRequest, WeightsMismatch } from '../../errors';
import type { ModelCard } from '../cards/modelCard';
import type { StateDict } from '../formats/namedTensor';
import { METHODS, type MethodId, methodOf, trainingOf } from '../methods';
import { refuseUnconditional } from '../unconditional';
import type { RunFacts } from './checkpoint';
import { networksOf } from './networks';
import type { TrainSettings } from './settings';
import type { Direction } from './sides';
import type { StartWeights } from './startRun';

export interface StartModel {
  /** What errors call it. */
  subject: string;
  direction: Direction;
  /** As what it starts: the model that translates, or the R beside it. */
  as: 'translator' | 'r';
  card: Pick<ModelCard, 'id' | 'name' | 'target' | 'licence' | 'network'>;
  state: StateDict;
}

/** @throws WeightsMismatch where a model is of another kind than the network that it should start, BadRequest for an unconditional one, or two for one network */
export function startWeights(
  settings: TrainSettings,
  models: readonly StartModel[],
): { weights: StartWeights; facts: RunFacts['start'] } {
  const weights: Record<string, StateDict> = {};
  const facts: RunFacts['start'] = [];
  for (const { subject, direction, as, card, state } of models) {
    refuseUnconditional(card);
    const { startsFrom } = trainingOf(settings);
    const wanted: MethodId = as === 'r' ? 'resnet' : settings.method;
    if (startsFrom(wanted, direction) === null)
      throw new WeightsMismatch(
        `${subject}: must start a network of ${methodOf(settings).label}, which has no ${METHODS[wanted].network}; leave it out`,
      );
    const networks = startsFrom(card.network.method, direction);
    if (networks === null || card.network.method !== wanted)
      throw new WeightsMismatch(
        `${subject}: must be a ${METHODS[wanted].network}, got a ${methodOf(card.network).network}; choose other weights`,
      );
    const specs = networksOf(settings);
    if (networks.some((network) => weights[network] !== undefined))
      throw new BadRequest(
        `${subject}: must start a network that no other model starts, got a second ${METHODS[wanted].network} for one direction; leave one of them out`,
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
