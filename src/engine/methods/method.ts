/**
 * What the engine asks of a method of translation: a row of methods/index.ts. Plain data and pure functions, so that the page may
 * ask, too; what works on tensors lies beside it, in translate.ts and train.ts.
 */
import type { ScheduleOptions } from '../diffusion/schedule';
import type { StateDict } from '../formats/namedTensor';
import type { ParameterTable } from '../networks/table';
import type { RateRule } from '../training/rates';
import type { TrainSettings } from '../training/settings';
import type { Direction, Side } from '../training/sides';
import type { Variant } from '../training/variant';
import type { Network } from '.';
import type { TrainingOption } from './options';

/** A card's `network`: the configuration of what translates, and whose it is. */
export interface NetworkOf<Id extends string = string> {
  method: Id;
}

export interface Method<C extends NetworkOf = NetworkOf> {
  readonly id: C['method'];
  /** As people call it. */
  readonly label: string;
  /** What translates, as sentences call it: "diffusive generator". */
  readonly network: string;
  /** A card's `network`. @throws WeightsMismatch naming a field that is missing or of the wrong kind, beginning with `subject` */
  parse(record: Readonly<Record<string, unknown>>, subject: string): C;
  /** Whether parameters of these names are this method's. */
  hasNames(names: readonly string[]): boolean;
  /**
   * The configuration, read off names and shapes of the weights.
   * @param recorded what the file says of its configuration; decides what weights cannot tell, and must agree with them
   * @throws WeightsMismatch naming the first parameter that is missing, surplus or of another shape
   */
  infer(state: StateDict, recorded: Readonly<Record<string, unknown>>): C;
  /** The parameters of a model's file. */
  table(network: C): ParameterTable;
  /** Those of them that make an image of a source; all where absent. */
  translating?(network: C): ParameterTable;
  /** Whether it is given no source, and so makes images of noise alone; none of the method is where absent. */
  isUnconditional?(network: C): boolean;
  /** An image of a source is made of what is drawn; else, where absent, seed and samples decide nothing. */
  readonly draws?: true;
  /** An image's sides must be a multiple of this. */
  leastSide(network: C): number;
  /** Side of the images that it was made for, pixels, as far as the configuration tells; else the paper's. */
  imageSize(network: C): number;
  /** A card's `diffusion`, for weights that came without one. */
  diffusion(recorded: Readonly<Record<string, unknown>>): ScheduleOptions;
  /** Names of the images of one translation that are shown, in their order, the last one the result. */
  frames(diffusion: ScheduleOptions): readonly string[];
  /** The configuration in words, for a report on weights. */
  describe(network: C): readonly (readonly [label: string, text: string])[];
  readonly training: Training<C>;
}

/** How a method trains, as far as plain data tells. */
export interface Training<C extends NetworkOf = NetworkOf> {
  /** What it tells of every iteration, in the order of a chart's legend. */
  readonly losses: readonly Loss[];
  /** Which of its networks train, as one choice in place of several switches; empty where the switches are enough. */
  readonly choices: readonly NetworkChoice[];
  /** Switches that it cannot have otherwise: they are set where it is chosen. */
  readonly needs: Readonly<Partial<Variant>>;
  /** May be trained without a source, whatever it `needs` of pairing and direction. */
  readonly unconditional?: true;
  /** Numbers that this method alone has; `settings.options` holds them. */
  readonly options: readonly TrainingOption[];
  /** How the learning rates go over a run, and what they are; null: the preset's. */
  readonly rates: { readonly rule: RateRule; readonly usual: TrainSettings['rates'] | null };
  /** The networks of a run, those that its variant has, in a fixed order. */
  networks(settings: TrainSettings): readonly NetworkSpec[];
  /** Parameters that networks have in common; none where absent. */
  tied?(settings: TrainSettings): readonly Tied[];
  /** Those whose averages translate in a direction, together: a model's parameters are theirs. */
  translates(direction: Direction): readonly string[];
  /** Those that begin with a model of this method, which translates in a direction; null where there are none. */
  startsFrom(method: string, direction: Direction): readonly string[] | null;
  /** Its configuration, and its card's `diffusion`. */
  network(settings: TrainSettings): C;
  diffusion(settings: TrainSettings): ScheduleOptions;
  /** Numbers of reverse steps that it is trained with at choice; empty where nothing is to choose. */
  readonly reverseSteps: readonly number[];
  /** A shorter chain than this one for pictures on the way, never for scores; null where the whole one is short. */
  quick(diffusion: ScheduleOptions): ScheduleOptions | null;
  /** Another network of the run that translates by itself, to be scored beside it; null where there is none. */
  beside(settings: TrainSettings, direction: Direction): Beside | null;
  /** The settings for going on from such a network. */
  fromNetwork(settings: TrainSettings, network: C, diffusion: ScheduleOptions): Partial<TrainSettings>;
  /** What its settings must hold, beside what all must: sentences without their subject. */
  rules(settings: TrainSettings): readonly (readonly [holds: boolean, sentence: string])[];
  /** Its variant in words, for card and log. */
  text(settings: TrainSettings): readonly string[];
  memory(settings: TrainSettings): Activations;
}

/** Parameters that networks of one table have in common: each keeps its own, and all begin alike and take the same steps. */
export interface Tied {
  readonly networks: readonly string[];
  /** By its name of the authors'. */
  has(parameter: string): boolean;
}

export interface Beside {
  name: string;
  network: Network;
  diffusion: ScheduleOptions;
}

export interface Loss {
  readonly name: string;
  readonly label: string;
  readonly chart: 'generators' | 'discriminators';
}

export interface NetworkChoice {
  readonly id: string;
  readonly label: string;
  readonly patch: Readonly<Partial<Variant>>;
  /** Is a choice without a source, too. */
  readonly unconditional?: true;
}

/** A network of a run. */
export interface NetworkSpec {
  /** A letter and the contrast that it makes or judges, such as "g.b". */
  readonly name: string;
  /** Its number among the method's networks, in all variants the same: what it begins with is drawn by it. */
  readonly number: number;
  readonly role: 'generator' | 'discriminator';
  readonly side: Side;
  readonly table: ParameterTable;
  /** false: keeps what it starts with. */
  readonly learns: boolean;
  /** Has a moving average. */
  readonly averaged: boolean;
}

/** What an iteration takes of the backend at the most, beside weights and what belongs to them. */
export interface Activations {
  /** Bytes of images and feature maps. */
  bytes: number;
  /** Bytes of the gradients of one discriminator's terms, which wait for each other. */
  waiting: number;
  /** Each part of the generators' loss differentiates all of them, so that a part's gradients are there beside the sum of those before. */
  inParts?: true;
  /** Whether a network is updated before the iteration's last updates; not given: discriminators are. */
  early?: (spec: NetworkSpec) => boolean;
  /** Channels of the widest feature map at full size. */
  widest: number;
}
