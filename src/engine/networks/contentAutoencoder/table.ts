/** The parameters of encoder, decoder, and of MUNIT's style under the names of UNIT and MUNIT. */
import type { ParameterTable } from '../table';
import { type Place, TableWriter, within } from '../tableWriter';
import { CODE_CHANNELS, type ContentAutoencoderConfig, RESIDUAL_BLOCKS } from './config';

/** @param name "enc" in UNIT, "enc_content" in MUNIT */
export function encoderTable({ dim }: ContentAutoencoderConfig, name: string): ParameterTable {
  const t = new TableWriter('kaiming');
  const conv = (path: string, at: number, cin: number, cout: number, kernel: number) =>
    t.conv([`encoder.${path}`, `${name}.model.${at}.conv`], cin, cout, kernel);
  conv('input', 0, 1, dim, 7);
  conv('down.0', 1, dim, 2 * dim, 4);
  conv('down.1', 2, 2 * dim, CODE_CHANNELS * dim, 4);
  residualRows(t, ['encoder', `${name}.model.3`], CODE_CHANNELS * dim);
  return t.rows;
}

export function decoderTable({ dim }: ContentAutoencoderConfig): ParameterTable {
  const t = new TableWriter('kaiming');
  residualRows(t, ['decoder', 'dec.model.0'], CODE_CHANNELS * dim);
  const up = (level: number, at: number, cin: number, cout: number) => {
    const place: Place = [`decoder.up.${level}`, `dec.model.${at}`];
    layerNormRows(t, within(place, 'norm', 'norm'), cout);
    t.conv(within(place, 'conv', 'conv'), cin, cout, 5);
  };
  up(0, 2, 4 * dim, 2 * dim);
  up(1, 4, 2 * dim, dim);
  t.conv(['decoder.output', 'dec.model.5.conv'], dim, 1, 7);
  return t.rows;
}

export function layerNormRows(t: TableWriter, [path, name]: Place, channels: number): void {
  t.rows.push({
    path: `${path}.weight`,
    name: `${name}.gamma`,
    kind: 'asIs',
    shape: [channels],
    start: 'uniform',
  });
  t.rows.push({ path: `${path}.bias`, name: `${name}.beta`, kind: 'asIs', shape: [channels], start: 'zero' });
}

function residualRows(t: TableWriter, place: Place, channels: number): void {
  for (let n = 0; n < RESIDUAL_BLOCKS; n++)
    for (const conv of [0, 1])
      t.conv(
        within(place, `blocks.${n}.conv${conv}`, `model.${n}.model.${conv}.conv`),
        channels,
        channels,
        3,
      );
}
