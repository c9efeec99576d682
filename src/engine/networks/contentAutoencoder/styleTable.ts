/** The parameters of MUNIT's style under its names. */
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';
import { CODE_CHANNELS, RESIDUAL_BLOCKS, type StyleConfig } from './config';

/** Norms of a decoder's residual blocks. */
const NORMS = 2 * RESIDUAL_BLOCKS;

export function styleEncoderTable({ dim, style_dim }: StyleConfig): ParameterTable {
  const t = new TableWriter('kaiming');
  const widths = [1, 2, 4, 4, 4].map((times) => times * dim);
  t.conv(['style.input', 'enc_style.model.0.conv'], 1, dim, 7);
  for (let n = 1; n < widths.length; n++)
    t.conv([`style.down.${n - 1}`, `enc_style.model.${n}.conv`], widths[n - 1], widths[n], 4);
  t.conv(['style.output', 'enc_style.model.6'], CODE_CHANNELS * dim, style_dim, 1);
  return t.rows;
}

export function styleNetworkTable({ dim, style_dim, mlp_dim }: StyleConfig): ParameterTable {
  const t = new TableWriter('kaiming');
  const widths = [style_dim, mlp_dim, mlp_dim, NORMS * 2 * CODE_CHANNELS * dim];
  for (let n = 0; n < 3; n++) t.dense([`mlp.${n}`, `mlp.model.${n}.fc`], widths[n], widths[n + 1]);
  return t.rows;
}
