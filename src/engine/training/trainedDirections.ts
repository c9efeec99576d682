import type { TrainSettings } from './settings';
import { DIRECTIONS, type Direction, sidesOf } from './sides';
import { trainedSides } from './variant';

/** Directions of which a run gives a model. */
export function trainedDirections({ variant }: Pick<TrainSettings, 'variant'>): Direction[] {
  const made = trainedSides(variant);
  return DIRECTIONS.filter((direction) => made.includes(sidesOf(direction).target));
}
