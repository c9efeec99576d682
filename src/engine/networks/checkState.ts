import { CorruptFile, WeightsMismatch } from '../../errors';
import type { StateDict } from '../formats/namedTensor';
import type { ParameterTable } from './table';

/**
 * Holds the names and shapes of a file's tensors against those of a network.
 * @throws WeightsMismatch naming the first tensor that is missing, of another shape, or superfluous
 */
export function checkState(table: ParameterTable, state: StateDict): void {
  for (const { name, shape } of table) {
    const found = state.get(name);
    if (!found) throw mismatch(name, `be there with shape [${shape}]`, 'nothing');
    if (found.shape.join() !== shape.join())
      throw mismatch(name, `have shape [${shape}]`, `[${found.shape}]`);
  }
  const known = new Set(table.map(({ name }) => name));
  for (const name of state.keys()) {
    if (!known.has(name)) throw mismatch(name, 'not be there', 'one');
  }
}

/** One NaN spreads over every image. @throws CorruptFile naming the first tensor with a value that is no number, or infinite */
export function checkFinite(state: StateDict): void {
  for (const [name, { data }] of state) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0)
      throw new CorruptFile(
        `weights: "${name}" must hold finite numbers, got ${data[at]} as value ${at + 1} of ${data.length}; fetch them again, or train from an earlier checkpoint with lower rates`,
      );
  }
}

function mismatch(name: string, rule: string, got: string): WeightsMismatch {
  return new WeightsMismatch(
    `weights: "${name}" must ${rule} in a network of this configuration, got ${got}; choose weights that belong to it`,
  );
}
