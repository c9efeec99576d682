/** The diffusive discriminator's parameters under the authors' names. */
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';

export interface DiffusiveDiscriminatorConfig {
  ngf: number;
  t_emb_dim: number;
  size: 'large' | 'small';
}

/** Widths in and out of the blocks, in units of ngf. */
const DISCRIMINATOR_WIDTHS: Record<'large' | 'small', [number, number][]> = {
  large: [
    [2, 4],
    [4, 8],
    [8, 8],
    [8, 8],
    [8, 8],
    [8, 8],
  ],
  small: [
    [2, 2],
    [2, 4],
    [4, 8],
    [8, 8],
  ],
};

export function diffusiveDiscriminatorTable({
  ngf,
  t_emb_dim,
  size,
}: DiffusiveDiscriminatorConfig): ParameterTable {
  const t = new TableWriter('fan');
  t.dense(['time.0', 't_embed.main.0'], t_emb_dim, t_emb_dim);
  t.dense(['time.1', 't_embed.main.2'], t_emb_dim, t_emb_dim);
  t.conv(['start', 'start_conv'], 2, 2 * ngf, 1);
  DISCRIMINATOR_WIDTHS[size].forEach(([win, wout], b) => {
    const theirs = `conv${b + 1}`;
    t.conv([`blocks.${b}.conv0`, `${theirs}.conv1.0`], win * ngf, wout * ngf, 3);
    t.conv([`blocks.${b}.conv1`, `${theirs}.conv2.0`], wout * ngf, wout * ngf, 3, { start: 'fanAlmostZero' });
    t.dense([`blocks.${b}.time`, `${theirs}.dense_t1`], t_emb_dim, wout * ngf);
    t.conv([`blocks.${b}.skip`, `${theirs}.skip.0`], win * ngf, wout * ngf, 1, { bias: false });
  });
  t.conv(['final', 'final_conv'], 8 * ngf + 1, 8 * ngf, 3);
  t.dense(['end', 'end_linear'], 8 * ngf, 1);
  return t.rows;
}
