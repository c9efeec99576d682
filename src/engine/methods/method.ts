/** What the engine asks of a method of translation: a row of methods/index.ts. Plain data and pure functions, so that the page may ask, too. */
import type { ScheduleOptions } from '../diffusion/schedule';
import type { StateDict } from '../formats/namedTensor';
import type { ParameterTable } from '../networks/table';

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
  /** The parameters that translate. */
  table(network: C): ParameterTable;
  /** An image's sides must be a multiple of this. */
  leastSide(network: C): number;
  /** Side of the images that it was made for, pixels, as far as the configuration tells; else the paper's. */
  imageSize(network: C): number;
  /** A card's `diffusion`, for weights that came without one. */
  diffusion(recorded: Readonly<Record<string, unknown>>): ScheduleOptions;
  /** Names of the images of one translation in their order, the last one the result; one less is the number of its steps. */
  frames(diffusion: ScheduleOptions): readonly string[];
  /** The configuration in words, for a report on weights. */
  describe(network: C): readonly (readonly [label: string, text: string])[];
}
