/** What methods share whose network is a ResNet generator that translates in one pass, whatever trained it. */
import { ONE_PASS } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { LEAST_SIDE, type ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { inferResnetGenerator, parseResnetGenerator } from '../../networks/resnetGenerator/parse';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import type { Method, NetworkOf } from '../method';
import { onePassFrames } from '../onePass';

type ResnetNetworkOf = NetworkOf & ResnetGeneratorConfig;

/** What is left to the method; the network of a configuration, and its words where it is no plain one. */
type Own<C extends ResnetNetworkOf> = Pick<
  Method<C>,
  'id' | 'label' | 'network' | 'hasNames' | 'training'
> & {
  networkOf(config: ResnetGeneratorConfig): C;
  leastSide?: number;
  more?(network: C): string;
};

export function resnetMethod<C extends ResnetNetworkOf>({
  networkOf,
  leastSide = LEAST_SIDE,
  more = () => '',
  ...own
}: Own<C>): Method<C> {
  return {
    ...own,
    parse: (record, subject) => networkOf(parseResnetGenerator(record, subject)),
    infer: (state, recorded) => {
      const network = networkOf(inferResnetGenerator(state, recorded));
      checkState(resnetGeneratorTable(network), state);
      return network;
    },
    table: resnetGeneratorTable,
    leastSide: () => leastSide,
    // It does not tell.
    imageSize: () => PAPER_GENERATOR.image_size,
    diffusion: () => ONE_PASS,
    frames: onePassFrames,
    describe: (network) => [
      [
        'architecture',
        `ResNet, ${network.ngf} base channels, ${network.n_blocks} blocks${more(network)}, one pass`,
      ],
    ],
  };
}
