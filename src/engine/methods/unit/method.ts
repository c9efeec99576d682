/** UNIT (Liu, Breuel and Kautz 2017): an encoder and a decoder for each contrast, whose codes are brought together by the losses. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import { ONE_PASS } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { type ContentAutoencoderConfig, LEAST_SIDE } from '../../networks/contentAutoencoder/config';
import { decoderTable, encoderTable } from '../../networks/contentAutoencoder/table';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { COUNT } from '../../networks/ncsnpp/parse';
import type { Method, NetworkOf } from '../method';
import { onePassFrames } from '../onePass';
import { training } from './training';

export type UnitNetwork = NetworkOf<'unit'> & ContentAutoencoderConfig;

/** The source's encoder, then the target's decoder. */
const table = (network: UnitNetwork) => [...encoderTable(network, 'enc'), ...decoderTable(network)];

export const unit: Method<UnitNetwork> = {
  id: 'unit',
  label: 'UNIT',
  network: 'encoder and decoder of UNIT',
  parse: ({ dim }, subject) => {
    if (!COUNT.holds(dim))
      throw new WeightsMismatch(`${subject}: dim must be ${COUNT.rule}, got ${inShort(dim)}`);
    return { method: 'unit', dim: dim as number };
  },
  hasNames: (names) => names.includes('enc.model.0.conv.weight') && names.includes('dec.model.5.conv.weight'),
  infer: (state) => {
    const network: UnitNetwork = {
      method: 'unit',
      dim: state.get('enc.model.0.conv.weight')?.shape[0] ?? 0,
    };
    checkState(table(network), state);
    return network;
  },
  table,
  leastSide: () => LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: onePassFrames,
  describe: ({ dim }) => [['architecture', `encoder and decoder, ${dim} base channels, one pass`]],
  training,
};
