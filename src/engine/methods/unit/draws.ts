/** What UNIT and MUNIT draw in an iteration, by the run's seed and the iteration alone. */
import { normals } from '../../random';
import type { TrainSettings } from '../../training/settings';
import { trainKey } from '../../training/streams';

/** N(0, 1), `count` numbers, of a name such as "d.a.code". */
export type NamedDraws = (name: string, count: number) => Float32Array;

export function namedDraws({ seed }: Pick<TrainSettings, 'seed'>, step: number): NamedDraws {
  return (name, count) => normals(trainKey(seed, name, step), count);
}
