/** What DDPM and UNIT-DDPM are alike in: a denoising U-Net, and a chain of many steps by the cosine schedule. */
import { COSINE_SCHEDULE } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { type DdpmUnetConfig, leastSide } from '../../networks/ddpmUnet/config';
import { inferDdpmUnet, isDdpmUnet, parseDdpmUnet } from '../../networks/ddpmUnet/infer';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { chainFrames } from '../chainFrames';
import type { Method, NetworkOf } from '../method';

type Own<C extends NetworkOf & DdpmUnetConfig> = Pick<Method<C>, 'id' | 'label' | 'network'> & {
  networkOf(config: DdpmUnetConfig): C;
};

/** All but the training. */
export function unetMethod<C extends NetworkOf & DdpmUnetConfig>({
  networkOf,
  ...own
}: Own<C>): Omit<Method<C>, 'training'> {
  return {
    ...own,
    parse: (record, subject) => networkOf(parseDdpmUnet(record, subject)),
    hasNames: isDdpmUnet,
    infer: (state, recorded) => {
      const config = inferDdpmUnet(state, recorded);
      checkState(ddpmUnetTable(config), state);
      return networkOf(config);
    },
    table: ddpmUnetTable,
    leastSide,
    // It does not tell.
    imageSize: () => PAPER_GENERATOR.image_size,
    diffusion: () => COSINE_SCHEDULE,
    frames: ({ steps }) => chainFrames(steps).map(({ label }) => label),
    describe: ({ width, mult, nres }) => [
      [
        'architecture',
        `U-Net, ${width} base channels × ${mult.join(' ')}, ${nres} residual ${nres === 1 ? 'block' : 'blocks'} a level`,
      ],
    ],
  };
}
