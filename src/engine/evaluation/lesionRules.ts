/** Which voxels of a pair are called lesions: what tables, cards and reports say of it. */
import { BRIGHT_RULE } from './brightLesions';

/** By an expert's outline, or by `brightLesions`: shares of the two are of other voxels, and are never summed up together. */
export type LesionsBy = 'outline' | 'bright';

/** Experts' outlines first. */
export const LESIONS_BY = ['outline', 'bright'] as const;

export const LESION_RULES: Record<LesionsBy, string> = {
  outline: "an expert's outline",
  bright: BRIGHT_RULE,
};
