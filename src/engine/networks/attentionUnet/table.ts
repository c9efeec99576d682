/** The attention U-Net's parameters under the names of LeeJunHyun/Image_Segmentation; norms have none. */
import type { ParameterTable } from '../table';
import { type Place, TableWriter, within } from '../tableWriter';
import { type AttentionUnetConfig, LEVELS, widthOf } from './config';

export function attentionUnetTable(config: AttentionUnetConfig): ParameterTable {
  const t = new TableWriter('normal');
  const width = (level: number) => widthOf(config, level);
  const two = (place: Place, cin: number, cout: number) => {
    t.conv(within(place, 'conv0', 'conv.0'), cin, cout, 3);
    t.conv(within(place, 'conv1', 'conv.3'), cout, cout, 3);
  };
  for (let level = 0; level < LEVELS; level++)
    two([`down.${level}`, `Conv${level + 1}`], level === 0 ? 1 : width(level - 1), width(level));
  for (let level = LEVELS - 2; level >= 0; level--) {
    const [path, number, c] = [`up.${level}`, level + 2, width(level)];
    t.conv([`${path}.below`, `Up${number}.up.1`], width(level + 1), c, 3);
    gateRows(t, [`${path}.gate`, `Att${number}`], c, c / 2);
    two([path, `Up_conv${number}`], 2 * c, c);
  }
  t.conv(['output', 'Conv_1x1'], width(0), 1, 1);
  return t.rows;
}

export function gateRows(t: TableWriter, place: Place, channels: number, inner: number): void {
  t.conv(within(place, 'below', 'W_g.0'), channels, inner, 1);
  t.conv(within(place, 'skip', 'W_x.0'), channels, inner, 1);
  t.conv(within(place, 'map', 'psi.0'), inner, 1, 1);
}
