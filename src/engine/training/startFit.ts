/** Whether a model can start a network of a run: by its card and the settings alone, so that it is told before any weights are read. */
import type { ModelCard } from '../cards/modelCard';
import { METHODS, type MethodId, methodOf, trainingOf } from '../methods';
import { optionsOf, type TrainingOption } from '../methods/options';
import type { ParameterTable } from '../networks/table';
import { withArticle } from '../words';
import type { TrainSettings } from './settings';
import type { Direction } from './sides';

/** A model, and what it should start. */
export interface StartOf {
  /** What errors call it. */
  subject: string;
  direction: Direction;
  /** As what it starts: the model that translates, or the R beside it. */
  as: 'translator' | 'r';
  card: Pick<ModelCard, 'network' | 'diffusion'>;
}

/** What the page and its worker call the models that a run starts from. */
export const STARTS = {
  aToB: { direction: 'aToB', as: 'translator' },
  bToA: { direction: 'bToA', as: 'translator' },
  rAToB: { direction: 'aToB', as: 'r' },
  rBToA: { direction: 'bToA', as: 'r' },
} as const satisfies Record<string, Pick<StartOf, 'direction' | 'as'>>;

/** The networks of a run that a model starts, by their names; none where it cannot start one. */
export function startedNetworks(settings: TrainSettings, { direction, card }: StartOf): readonly string[] {
  return trainingOf(settings).startsFrom(card.network.method, direction) ?? [];
}

/** The sentence where a model is of another network than the one that it should start; null where it can start it. */
export function startProblem(settings: TrainSettings, start: StartOf): string | null {
  const { subject, direction, as, card } = start;
  const wanted: MethodId = as === 'r' ? 'resnet' : settings.method;
  if (trainingOf(settings).startsFrom(wanted, direction) === null)
    return `${subject}: must start a network of ${methodOf(settings).label}, which has no ${METHODS[wanted].network}; leave it out`;
  const names = startedNetworks(settings, start);
  if (names.length === 0 || card.network.method !== wanted)
    return `${subject}: must be ${withArticle(METHODS[wanted].network)}, got ${withArticle(methodOf(card.network).network)}; choose other weights${as === 'r' ? '' : `, or ${methodOf(card.network).label} as the method`}`;
  const specs = trainingOf(settings)
    .networks(settings)
    .filter(({ name }) => names.includes(name));
  if (specs.length === 0)
    return `${subject}: must start a network that is trained, got none of ${directionText(settings, direction)}; train that direction, too, or leave the model out`;
  const given = methodOf(card.network).table(card.network);
  if (isOf(given, specs)) return null;
  const own = as === 'r' ? settings : ofModel(settings, card);
  const options = otherOptions(settings, own);
  const values = (of: TrainSettings) =>
    options.map((option) => valueText(option, of.options[option.id])).join(', ');
  if (options.length > 0)
    return `${subject}: must keep its network's ${options.map(({ label }) => `"${label}"`).join(', ')} ${values(own)}, got ${values(settings)}; set it back, or start from other weights`;
  const run = trainingOf({ method: wanted }).network(settings);
  return `${subject}: must be the run's network (${textOf(run)}), got ${textOf(card.network)}; choose other weights, or settings of its size`;
}

/** Options of a run's method whose values make other parameters than the same run's of the start model. */
export function otherOptions(settings: TrainSettings, start: TrainSettings): TrainingOption[] {
  if (settings.method !== start.method) return [];
  const shapes = (options: TrainSettings['options']) => {
    const network = trainingOf(start).network({ ...start, options });
    return shapesOf(methodOf(network).table(network));
  };
  const own = shapes(start.options);
  return optionsOf(start.method).filter(
    ({ id }) => shapes({ ...start.options, [id]: settings.options[id] }) !== own,
  );
}

/** The settings whose network is the model's. */
function ofModel(settings: TrainSettings, { network, diffusion }: StartOf['card']): TrainSettings {
  return { ...settings, ...trainingOf(network).fromNetwork(settings, network, diffusion) };
}

const shapesOf = (table: ParameterTable): string =>
  JSON.stringify(table.map(({ name, shape }) => [name, shape]));

/** A network of which the model has nothing begins at random (MUNIT's style encoder). */
function isOf(given: ParameterTable, specs: readonly { table: ParameterTable }[]): boolean {
  const names = new Set(given.map(({ name }) => name));
  const tables = specs.map(({ table }) => table).filter((table) => table.some(({ name }) => names.has(name)));
  const sorted = (table: ParameterTable) => [...table].sort((p, q) => (p.name < q.name ? -1 : 1));
  return shapesOf(sorted(given)) === shapesOf(sorted(tables.flat()));
}

const textOf = (network: ModelCard['network']): string => methodOf(network).describe(network)[0][1];

const valueText = ({ kind }: TrainingOption, value: number): string =>
  kind === 'switch' ? (value === 1 ? 'on' : 'off') : String(value);

const directionText = ({ contrasts: { a, b } }: TrainSettings, direction: Direction): string =>
  direction === 'aToB' ? `${a} to ${b}` : `${b} to ${a}`;
