/** What a network's spectral norm (`spectralNorm.ts`) keeps from pass to pass. */
import type { ParameterRow, ParameterTable } from './table';

/** The u of each kernel of a table, in its order, under PyTorch's name. They begin at random. */
export function singularTable(table: ParameterTable): ParameterTable {
  const kernels = table.filter(({ kind }) => kind === 'conv');
  return kernels.map(
    ({ name, shape }, n): ParameterRow => ({
      path: `us.${n}`,
      name: `${name}_u`,
      kind: 'asIs',
      shape: [shape[0]],
      start: 'normal',
    }),
  );
}
