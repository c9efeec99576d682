/** The two contrasts of a run, and the directions between them. */

/** Networks are named by the contrast that they make or judge: a or b. */
export const SIDES = ['a', 'b'] as const;
export type Side = (typeof SIDES)[number];
export const otherSide = (side: Side): Side => (side === 'a' ? 'b' : 'a');

export const DIRECTIONS = ['aToB', 'bToA'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export function sidesOf(direction: Direction): { source: Side; target: Side } {
  return direction === 'aToB' ? { source: 'a', target: 'b' } : { source: 'b', target: 'a' };
}
