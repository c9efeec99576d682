/** MUNIT (Huang et al. 2018): a code of the content, and a style drawn at random, with which another contrast's decoder makes an image. */
import { WeightsMismatch } from '../../../errors';
import { inShort } from '../../../schema';
import { ONE_PASS } from '../../diffusion/schedule';
import type { StateDict } from '../../formats/namedTensor';
import { checkState } from '../../networks/checkState';
import { LEAST_SIDE, type StyleConfig } from '../../networks/contentAutoencoder/config';
import { styleEncoderTable, styleNetworkTable } from '../../networks/contentAutoencoder/styleTable';
import { decoderTable, encoderTable } from '../../networks/contentAutoencoder/table';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import { COUNT } from '../../networks/ncsnpp/parse';
import type { Method, NetworkOf } from '../method';
import { onePassFrames } from '../onePass';
import { training } from './training';

export type MunitNetwork = NetworkOf<'munit'> &
  StyleConfig & {
    /** The target's style encoder lies with the rest; absent in models that were exported without. */
    style_encoder?: true;
  };

/** The source's content encoder, then the target's decoder and what makes its norms of a style. */
const translating = (network: MunitNetwork) => [
  ...encoderTable(network, 'enc_content'),
  ...decoderTable(network),
  ...styleNetworkTable(network),
];

/** And the target's style encoder, which reads a style off a real image. */
const table = (network: MunitNetwork) => [
  ...translating(network),
  ...(network.style_encoder ? styleEncoderTable(network) : []),
];

export const munit: Method<MunitNetwork> = {
  id: 'munit',
  label: 'MUNIT',
  network: 'encoder and decoder of MUNIT',
  parse: ({ dim, style_dim, mlp_dim, style_encoder }, subject) => {
    for (const [field, value] of Object.entries({ dim, style_dim, mlp_dim })) {
      if (!COUNT.holds(value))
        throw new WeightsMismatch(`${subject}: ${field} must be ${COUNT.rule}, got ${inShort(value)}`);
    }
    if (style_encoder !== undefined && style_encoder !== true)
      throw new WeightsMismatch(
        `${subject}: style_encoder must be true or absent, got ${inShort(style_encoder)}`,
      );
    return networkOf(dim as number, style_dim as number, mlp_dim as number, style_encoder === true);
  },
  hasNames: (names) =>
    names.includes('enc_content.model.0.conv.weight') && names.includes('mlp.model.0.fc.weight'),
  infer: (state) => {
    const network = inferred(state);
    checkState(table(network), state);
    return network;
  },
  table,
  translating,
  leastSide: () => LEAST_SIDE,
  // It does not tell.
  imageSize: () => PAPER_GENERATOR.image_size,
  diffusion: () => ONE_PASS,
  frames: onePassFrames,
  describe: ({ dim, style_dim, style_encoder }) => [
    ['architecture', `encoder and decoder, ${dim} base channels, a style of ${style_dim} numbers, one pass`],
    ['style encoder', style_encoder ? "the target's, so that a style can be read off a scan" : 'none'],
  ],
  draws: true,
  training,
};

const networkOf = (dim: number, style_dim: number, mlp_dim: number, hasEncoder: boolean): MunitNetwork => ({
  method: 'munit',
  dim,
  style_dim,
  mlp_dim,
  ...(hasEncoder && { style_encoder: true }),
});

function inferred(state: StateDict): MunitNetwork {
  const [mlp_dim = 0, style_dim = 0] = state.get('mlp.model.0.fc.weight')?.shape ?? [];
  const dim = state.get('enc_content.model.0.conv.weight')?.shape[0] ?? 0;
  // One parameter of it is enough: then all must be there.
  const hasEncoder = [...state.keys()].some((name) => name.startsWith('enc_style.'));
  return networkOf(dim, style_dim, mlp_dim, hasEncoder);
}
