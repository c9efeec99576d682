/** The limit of a card that speaks of its scores: it comes, changes and goes with them. */

/** Of scores that the run itself took. */
export const VALIDATION_LIMIT =
  'The scores are of the validation slices that the run was watched by, not of a test.';

/** Of scores of the split that the run was watched by. */
export const VAL_SPLIT_LIMIT =
  'The scores are of the val split, which the run was watched by, not of a test.';

const SCORE_LIMITS: readonly string[] = [VALIDATION_LIMIT, VAL_SPLIT_LIMIT];

/** Whether a card says that its run was watched by the scans of its scores. */
export const isWatched = (limits: readonly string[]): boolean =>
  limits.some((limit) => SCORE_LIMITS.includes(limit));

/** @param own of the scores that the card has now; null: nothing is to be said of them */
export const withScoreLimit = (limits: readonly string[], own: string | null): string[] => [
  ...limits.filter((limit) => !SCORE_LIMITS.includes(limit)),
  ...(own === null ? [] : [own]),
];
