import type { StepsDone } from './translateVolume';

/**
 * Which slices are made, and which of their steps is done; of a slice that is one step the slice alone.
 * @param of all slices
 * @param each steps of a slice, over all its samples
 */
export function slicePlace({
  slices,
  together,
  steps,
  of,
  each,
}: StepsDone & { of: number; each: number }): string {
  const first = slices + 1;
  const place = together > 1 ? `slices ${first} to ${slices + together}` : `slice ${first}`;
  const step = (steps - slices * each) / together;
  return `${place} of ${of}${each > 1 ? `, step ${step} of ${each}` : ''}`;
}
