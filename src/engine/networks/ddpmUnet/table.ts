/** The U-Net's parameters under the names of improved-diffusion. Convolutions that end a path begin at 0, as there. */
import type { ParameterTable } from '../table';
import { type Place, TableWriter, within } from '../tableWriter';
import { type DdpmUnetConfig, type Stage, stagesOf } from './config';

export function ddpmUnetTable(config: DdpmUnetConfig): ParameterTable {
  const { width, in_channels, out_channels, scale_shift } = config;
  const t = new TableWriter('fanIn');
  const emb = 4 * width;
  const { down, up, middle } = stagesOf(config);
  t.dense(['time.0', 'time_embed.0'], width, emb);
  t.dense(['time.1', 'time_embed.2'], emb, emb);
  t.conv(['input', 'input_blocks.0.0'], in_channels, width, 3);
  let block = 1;
  for (const [n, stage] of down.entries()) {
    stageRows(t, [`down.${n}`, `input_blocks.${block++}`], stage, emb, scale_shift);
    if (stage.then) t.conv([`down.${n}.then`, `input_blocks.${block++}.0.op`], stage.cout, stage.cout, 3);
  }
  residualRows(t, ['middle.0', 'middle_block.0'], middle, middle, emb, scale_shift);
  attentionRows(t, ['middleAttention', 'middle_block.1'], middle);
  residualRows(t, ['middle.1', 'middle_block.2'], middle, middle, emb, scale_shift);
  for (const [n, stage] of up.entries()) {
    const place: Place = [`up.${n}`, `output_blocks.${n}`];
    stageRows(t, place, stage, emb, scale_shift);
    if (stage.then)
      t.conv(within(place, 'then', `${stage.attention ? 2 : 1}.conv`), stage.cout, stage.cout, 3);
  }
  t.affine(['outputNorm', 'out.0'], width);
  t.conv(['output', 'out.2'], width, out_channels, 3, { start: 'zero' });
  return t.rows;
}

function stageRows(t: TableWriter, place: Place, stage: Stage, emb: number, scaleShift: boolean): void {
  residualRows(t, within(place, 'residual', '0'), stage.cin, stage.cout, emb, scaleShift);
  if (stage.attention) attentionRows(t, within(place, 'attention', '1'), stage.cout);
}

/** @param emb numbers of the time embedding */
export function residualRows(
  t: TableWriter,
  place: Place,
  cin: number,
  cout: number,
  emb: number,
  scaleShift: boolean,
): void {
  t.affine(within(place, 'norm0', 'in_layers.0'), cin);
  t.conv(within(place, 'conv0', 'in_layers.2'), cin, cout, 3);
  t.dense(within(place, 'time', 'emb_layers.1'), emb, scaleShift ? 2 * cout : cout);
  t.affine(within(place, 'norm1', 'out_layers.0'), cout);
  t.conv(within(place, 'conv1', 'out_layers.3'), cout, cout, 3, { start: 'zero' });
  if (cin !== cout) t.conv(within(place, 'skip', 'skip_connection'), cin, cout, 1);
}

export function attentionRows(t: TableWriter, place: Place, channels: number): void {
  t.affine(within(place, 'norm', 'norm'), channels);
  t.conv1d(within(place, 'qkv', 'qkv'), channels, 3 * channels);
  t.conv1d(within(place, 'out', 'proj_out'), channels, channels, 'zero');
}
