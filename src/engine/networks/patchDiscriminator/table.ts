/** The PatchGAN's parameters under the authors' names. */
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';

export function patchDiscriminatorTable({
  ndf,
  n_layers,
}: {
  ndf: number;
  n_layers: number;
}): ParameterTable {
  const t = new TableWriter('normal');
  const width = (i: number) => ndf * Math.min(2 ** i, 8);
  t.conv(['convs.0', 'model.0'], 1, ndf, 4);
  let index = 2;
  for (let i = 1; i <= n_layers; i++, index += 3)
    t.conv([`convs.${i}`, `model.${index}`], width(i - 1), width(i), 4);
  t.conv([`convs.${n_layers + 1}`, `model.${index}`], width(n_layers), 1, 4);
  return t.rows;
}
