/** R alone: the non-diffusive ResNet generator of SynDiff (cGAN), which translates in one pass. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import { ONE_PASS } from '../../diffusion/schedule';
import { checkState } from '../../networks/checkState';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { COUNT } from '../../networks/ncsnpp/parse';
import { LEAST_SIDE, type ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import type { Method, NetworkOf } from '../method';
import { training } from './training';

export type ResnetNetwork = NetworkOf<'resnet'> & ResnetGeneratorConfig;

const BLOCK = /^model\.(\d+)\.conv_block\.\d+\./;

export const resnet: Method<ResnetNetwork> = {
  id: 'resnet',
  label: 'R alone (cGAN)',
  network: 'non-diffusive ResNet generator',
  parse: ({ ngf, n_blocks }, subject) => {
    for (const [field, value] of Object.entries({ ngf, n_blocks })) {
      if (!COUNT.holds(value))
        throw new WeightsMismatch(`${subject}: ${field} must be ${COUNT.rule}, got ${inShort(value)}`);
    }
    return { method: 'resnet', ngf: ngf as number, n_blocks: n_blocks as number };
  },
  hasNames: (names) => names.some((name) => BLOCK.test(name)),
  infer: (state) => {
    const blocks = new Set([...state.keys()].flatMap((name) => BLOCK.exec(name)?.[1] ?? []));
    const config = { ngf: state.get('model.1.weight')?.shape[0] ?? 0, n_blocks: blocks.size };
    checkState(resnetGeneratorTable(config), state);
    return { method: 'resnet', ...config };
  },
  table: resnetGeneratorTable,
  leastSide: () => LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: () => ['source', 'one pass'],
  describe: ({ ngf, n_blocks }) => [
    ['architecture', `ResNet, ${ngf} base channels, ${n_blocks} blocks, one pass`],
  ],
  training,
};
