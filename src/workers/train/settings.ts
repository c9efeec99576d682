/**
 * What the page uses of the engine's methods and training settings: pure functions of plain data, without tensors. With
 * provenance.ts, scores.ts and bench.ts of translate/ the one place where code of the engine, not types alone, comes to the page.
 */
import { METHOD_IDS, METHODS, type MethodId, methodOf, type Network, quickChain } from '../../engine/methods';
import type { NetworkChoice } from '../../engine/methods/method';
import type { TrainSettings } from '../../engine/training/settings';
import { isUnconditional, type Variant } from '../../engine/training/variant';

export { optionsIn, type TrainingOption } from '../../engine/methods/options';
export { pairProblem } from '../../engine/training/pairGrid';
export {
  conflictOf,
  conflictText,
  type GivenImage,
  isRepeated,
  repeatedText,
} from '../../engine/training/sameImages';
export {
  checkSettings,
  gridOfSide,
  hasAverages,
  hasJudges,
  mapOfSide,
  neededOf,
  PRESET_NAMES,
  presetSettings,
  STORED_SETTINGS,
  settingsFromCard,
  settingsOfRun,
  sideMaps,
  startCourse,
  trainedSize,
  variantText,
  withMethod,
} from '../../engine/training/settings';
export { SIDES } from '../../engine/training/sides';
export { STARTS, type StartOf, startProblem } from '../../engine/training/startFit';
export { trainedDirections } from '../../engine/training/trainedDirections';
export { hasDiscriminators, hasR, isUnconditional, trainsR } from '../../engine/training/variant';

/** The methods that can be trained, in the order of a list. */
export const METHOD_CHOICES = METHOD_IDS.map((id) => ({ id, label: METHODS[id].label }));

export const methodLabel = (method: MethodId): string => METHODS[method].label;

/** What a method's charts show. */
export const lossesOf = (method: MethodId) => METHODS[method].training.losses;

/** What a method offers in place of several switches; without a source those that are about more than R. */
export const choicesOf = (method: MethodId, variant: Variant): readonly NetworkChoice[] =>
  METHODS[method].training.choices.filter(({ unconditional }) => unconditional || !isUnconditional(variant));

/** Whether a method may be trained without a source. */
export const isSourceFree = (method: MethodId): boolean => METHODS[method].training.unconditional === true;

/** Numbers of reverse steps to choose from; empty where the method has no choice. */
export const reverseStepsOf = (method: MethodId): readonly number[] => METHODS[method].training.reverseSteps;

/** Whether a run of this method has an R that may begin with a model. */
export const startsR = (method: MethodId): boolean =>
  METHODS[method].training.startsFrom('resnet', 'aToB') !== null;

/** Whether a translation takes so many steps that a training is not validated on its way unless it is asked for. */
export const isLong = (settings: TrainSettings): boolean => quickChain(settings) !== null;

/** A model's network in words: the first that its method tells. */
export const networkText = (network: Network): string => methodOf(network).describe(network)[0][1];
