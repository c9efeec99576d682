/** Below this a p value is said to be smaller, as journals print it: no experiment of this size tells 1e-9 from 1e-12. */
const LEAST_SHOWN = 0.0001;

/** A p value as it is read: "0.0313", "<0.0001". Where it is kept or computed with it stays a number. */
export const pText = (p: number): string => (p < LEAST_SHOWN ? `<${LEAST_SHOWN}` : p.toFixed(4));
