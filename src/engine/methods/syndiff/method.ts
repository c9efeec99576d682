/** SynDiff (Özbey et al. 2023): a diffusive generator by a few large adversarial steps of a reverse chain. */
import { PAPER_SCHEDULE, type ScheduleOptions } from '../../diffusion/schedule';
import { type GeneratorConfig, leastSide } from '../../networks/ncsnpp/config';
import { inferConfig } from '../../networks/ncsnpp/infer';
import { parseConfig } from '../../networks/ncsnpp/parse';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { chainFrames } from '../chainFrames';
import type { Method, NetworkOf } from '../method';
import { training } from './training';

export type SynDiffNetwork = NetworkOf<'syndiff'> & GeneratorConfig;

/** Whether parameters have the names of its diffusive generator. */
export const isNcsnpp = (names: readonly string[]): boolean =>
  names.some((name) => /^all_modules\.\d+\./.test(name)) &&
  names.some((name) => /^z_transform\.\d+\./.test(name));

export const ncsnppText = ({
  num_channels,
  num_channels_dae,
  ch_mult,
  num_res_blocks,
}: GeneratorConfig): string =>
  `${num_channels === 1 ? 'unconditional ' : ''}NCSN++, ${num_channels_dae} base channels × ${ch_mult.join(' ')}, ${num_res_blocks} residual ${num_res_blocks === 1 ? 'block' : 'blocks'} a level`;

export const syndiff: Method<SynDiffNetwork> = {
  id: 'syndiff',
  label: 'SynDiff',
  network: 'diffusive generator',
  parse: (record, subject) => ({ method: 'syndiff', ...parseConfig(record, subject) }),
  hasNames: isNcsnpp,
  infer: (state, recorded) => ({ method: 'syndiff', ...inferConfig(state, recorded) }),
  table: ncsnppTable,
  isUnconditional: ({ num_channels }) => num_channels === 1,
  leastSide,
  imageSize: ({ image_size }) => image_size,
  diffusion,
  frames: ({ steps }) => chainFrames(steps).map(({ label }) => label),
  describe: (network) => [
    ['architecture', ncsnppText(network)],
    ['image size', `${network.image_size} x ${network.image_size}`],
  ],
  draws: true,
  training,
};

/** The authors' arguments and the golden files hold these beside the network's configuration. */
function diffusion(recorded: Readonly<Record<string, unknown>>): ScheduleOptions {
  const number = (name: string, otherwise: number): number => {
    const value = Number(recorded[name]);
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  return {
    steps: number('num_timesteps', PAPER_SCHEDULE.steps),
    betaMin: number('beta_min', PAPER_SCHEDULE.betaMin),
    betaMax: number('beta_max', PAPER_SCHEDULE.betaMax),
    schedule: String(recorded.use_geometric) === 'true' ? 'geometric' : PAPER_SCHEDULE.schedule,
  };
}
