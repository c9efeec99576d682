/** The two contrasts of a run, and the directions between them. */

/** Networks are named by the contrast that they make or judge: a or b. */
export type Side = 'a' | 'b';
export const SIDES: readonly Side[] = ['a', 'b'];
export const otherSide = (side: Side): Side => (side === 'a' ? 'b' : 'a');

export type Direction = 'aToB' | 'bToA';
export const DIRECTIONS: readonly Direction[] = ['aToB', 'bToA'];

export function sidesOf(direction: Direction): { source: Side; target: Side } {
  return direction === 'aToB' ? { source: 'a', target: 'b' } : { source: 'b', target: 'a' };
}
