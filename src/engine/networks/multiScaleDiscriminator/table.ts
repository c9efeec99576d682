/** The multi-scale discriminator's parameters under the names of UNIT and MUNIT. */
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';

export interface MultiScaleConfig {
  /** Channels of the first layer. */
  dim: number;
  /** Discriminators, each on half the side of the one before. */
  scales: number;
}

/** Layers that halve, before the last one. */
export const LAYERS = 4;

export function multiScaleDiscriminatorTable({ dim, scales }: MultiScaleConfig): ParameterTable {
  const t = new TableWriter('normal');
  for (let scale = 0; scale < scales; scale++) {
    for (let n = 0; n < LAYERS; n++) {
      const [cin, cout] = [n === 0 ? 1 : dim * 2 ** (n - 1), dim * 2 ** n];
      t.conv([`scales.${scale}.convs.${n}`, `cnns.${scale}.${n}.conv`], cin, cout, 4);
    }
    t.conv([`scales.${scale}.convs.${LAYERS}`, `cnns.${scale}.${LAYERS}`], dim * 2 ** (LAYERS - 1), 1, 1);
  }
  return t.rows;
}
