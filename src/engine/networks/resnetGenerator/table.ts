/** The non-diffusive generator's parameters under the authors' names. */
import { selfAttentionRows } from '../selfAttentionTable';
import type { ParameterTable } from '../table';
import { TableWriter } from '../tableWriter';
import type { ResnetGeneratorConfig } from './config';

export function resnetGeneratorTable({
  ngf,
  n_blocks,
  attention_after = [],
}: ResnetGeneratorConfig): ParameterTable {
  const t = new TableWriter('normal');
  // model.0 is the reflect padding; norm and activation follow each convolution, so most are three apart.
  t.conv(['input', 'model.1'], 1, ngf, 7);
  t.conv(['down.0', 'model.4'], ngf, 2 * ngf, 3);
  t.conv(['down.1', 'model.7'], 2 * ngf, 4 * ngf, 3);
  for (let b = 0; b < n_blocks; b++) {
    t.conv([`blocks.${b}.conv0`, `model.${10 + b}.conv_block.1`], 4 * ngf, 4 * ngf, 3);
    t.conv([`blocks.${b}.conv1`, `model.${10 + b}.conv_block.5`], 4 * ngf, 4 * ngf, 3);
  }
  const up = 10 + n_blocks;
  t.convTranspose(['up.0', `model.${up}`], 4 * ngf, 2 * ngf, 3);
  t.convTranspose(['up.1', `model.${up + 3}`], 2 * ngf, ngf, 3);
  t.conv(['output', `model.${up + 7}`], ngf, 1, 7);
  attention_after.forEach((block, n) => {
    selfAttentionRows(t, [`blocks.${block - 1}.attention`, `attn${n + 1}`], 4 * ngf);
  });
  return t.rows;
}
