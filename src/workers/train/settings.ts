/**
 * What the page uses of the engine's methods and training settings: pure functions of plain data, without tensors. With
 * translate/provenance.ts the one place where code of the engine, not types alone, comes to the page.
 */
import { METHOD_IDS, METHODS, type MethodId, methodOf, type Network } from '../../engine/methods';
import type { NetworkChoice } from '../../engine/methods/method';
import type { TrainSettings } from '../../engine/training/settings';

export { optionsIn, type TrainingOption } from '../../engine/methods/options';
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
  PRESET_NAMES,
  presetSettings,
  STORED_SETTINGS,
  settingsFromCard,
  sideMaps,
  startCourse,
  trainedSize,
  variantText,
  withMethod,
} from '../../engine/training/settings';
export { SIDES } from '../../engine/training/sides';
export { trainedDirections } from '../../engine/training/trainedDirections';
export { hasR, trainsR } from '../../engine/training/variant';

/** The methods that can be trained, in the order of a list. */
export const METHOD_CHOICES = METHOD_IDS.map((id) => ({ id, label: METHODS[id].label }));

/** What a method's charts show. */
export const lossesOf = (method: MethodId) => METHODS[method].training.losses;

/** What a method offers in place of several switches. */
export const choicesOf = (method: MethodId): readonly NetworkChoice[] => METHODS[method].training.choices;

/** Whether what is trained works in several steps. */
export const hasSteps = (settings: TrainSettings): boolean =>
  METHODS[settings.method].training.diffusion(settings).steps > 1;

/** A model's network in words: the first that its method tells. */
export const networkText = (network: Network): string => methodOf(network).describe(network)[0][1];
