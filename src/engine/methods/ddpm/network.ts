/** DDPM's network as data: its own U-Net, or SynDiff's (the option `ncsnpp`), which leaves the sampler as the only difference between the two. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import type { StateDict } from '../../formats/namedTensor';
import type { DdpmUnetConfig } from '../../networks/ddpmUnet/config';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import type { GeneratorConfig } from '../../networks/ncsnpp/config';
import { headChannels, inferConfig } from '../../networks/ncsnpp/infer';
import { COUNT, parseConfig } from '../../networks/ncsnpp/parse';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import type { ParameterTable } from '../../networks/table';
import type { NetworkOf } from '../method';

export type OwnUnet = NetworkOf<'ddpm'> & DdpmUnetConfig;

/** SynDiff's U-Net in [x_t, source], its latent 0, without tanh. */
export type Ncsnpp = NetworkOf<'ddpm'> &
  GeneratorConfig & {
    unet: 'ncsnpp';
    /** 1: the noise; 2: the noise and v, which says where the variance lies between its bounds. */
    out_channels: number;
  };

export type DdpmNetwork = OwnUnet | Ncsnpp;

export const isNcsnpp = (network: DdpmNetwork): network is Ncsnpp => 'unet' in network;

export const inChannels = (network: DdpmNetwork): number =>
  isNcsnpp(network) ? network.num_channels : network.in_channels;

export const tableOf = (network: DdpmNetwork): ParameterTable =>
  isNcsnpp(network) ? ncsnppTable(network) : ddpmUnetTable(network);

/** @param generator of the same size as SynDiff's */
export const ncsnppOf = (generator: GeneratorConfig, out_channels: number): Ncsnpp => ({
  method: 'ddpm',
  unet: 'ncsnpp',
  ...generator,
  not_use_tanh: true,
  out_channels,
});

/** @throws WeightsMismatch as `parseConfig`, and for what is none of DDPM's, beginning with `subject` */
export function parseNcsnpp(record: Readonly<Record<string, unknown>>, subject: string): Ncsnpp {
  const must = (field: string, rule: string) =>
    new WeightsMismatch(`${subject}: ${field} must be ${rule}, got ${inShort(record[field])}`);
  const { unet, out_channels } = record;
  if (unet !== 'ncsnpp') throw must('unet', 'ncsnpp or absent');
  if (!COUNT.holds(out_channels)) throw must('out_channels', COUNT.rule);
  const generator = parseConfig(record, subject);
  // A noise goes beyond -1 and 1.
  if (!generator.not_use_tanh) throw must('not_use_tanh', "true for DDPM's ncsnpp");
  if (generator.embedding_type !== 'positional') throw must('embedding_type', "positional for DDPM's ncsnpp");
  return ncsnppOf(generator, out_channels as number);
}

/** Of weights under SynDiff's names whose file says that they are DDPM's. @throws as `inferConfig` */
export function inferNcsnpp(state: StateDict, recorded: Readonly<Record<string, unknown>>): Ncsnpp {
  const out_channels = headChannels(state);
  const config = inferConfig(state, recorded, out_channels);
  return parseNcsnpp({ ...ncsnppOf(config, out_channels) }, 'weights');
}
