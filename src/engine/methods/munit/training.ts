/** MUNIT's training as data. */
import { ONE_PASS } from '../../diffusion/schedule';
import { styleEncoderTable, styleNetworkTable } from '../../networks/contentAutoencoder/styleTable';
import { decoderTable, encoderTable } from '../../networks/contentAutoencoder/table';
import type { TrainSettings } from '../../training/settings';
import { SIDES } from '../../training/sides';
import { PAPER_VARIANT } from '../../training/variant';
import type { Training } from '../method';
import type { TrainingOption } from '../options';
import { planeBytes, TOTAL, WEIGHT_RANGE } from '../resnet/training';
import {
  codeNetwork,
  HALVE_EVERY,
  multiScaleNetwork,
  OPTIONS as OF_UNIT,
  ofCodes,
  SCALES,
  scalesRule,
  UNIT_LOSSES,
  UNIT_RATES,
} from '../unit/training';
import type { MunitNetwork } from './method';

export const OPTIONS = {
  image: OF_UNIT.image,
  content: {
    id: 'weight-content',
    label: 'Content weight',
    short: 'content',
    text: 'weight of the content that is read off a made image',
    ...WEIGHT_RANGE,
    usual: 1,
  },
  style: {
    id: 'weight-style',
    label: 'Style weight',
    short: 'style',
    text: 'weight of the style that is read off a made image',
    ...WEIGHT_RANGE,
    usual: 1,
  },
  styleDim: {
    id: 'style-length',
    label: 'Numbers of a style',
    text: 'numbers of a style',
    kind: 'whole',
    least: 1,
    most: 256,
    usual: 8,
  },
  mlpDim: {
    id: 'style-width',
    label: "Width of the style's network",
    text: 'width of the network that makes scales and shifts of a style',
    kind: 'whole',
    least: 1,
    most: 4096,
    usual: 256,
  },
  scales: SCALES,
  halving: HALVE_EVERY,
} as const satisfies Record<string, TrainingOption>;

const networkOfSettings = ({ widths, options }: TrainSettings): MunitNetwork => ({
  method: 'munit',
  dim: widths.r,
  style_dim: options[OPTIONS.styleDim.id],
  mlp_dim: options[OPTIONS.mlpDim.id],
  style_encoder: true,
});

export const training: Training<MunitNetwork> = {
  losses: [
    TOTAL,
    UNIT_LOSSES.adversarial,
    UNIT_LOSSES.reconstruction,
    { name: 'content', label: 'content', chart: 'generators' },
    { name: 'style', label: 'style', chart: 'generators' },
    UNIT_LOSSES.dReal,
    UNIT_LOSSES.dFake,
  ],
  choices: [],
  needs: PAPER_VARIANT,
  options: Object.values(OPTIONS),
  rates: UNIT_RATES,
  networks: (settings) => {
    const network = networkOfSettings(settings);
    return SIDES.flatMap((side, n) => [
      codeNetwork('e', side, n, encoderTable(network, 'enc_content')),
      codeNetwork('g', side, 2 + n, [...decoderTable(network), ...styleNetworkTable(network)]),
      multiScaleNetwork(settings, side, 4 + n),
      codeNetwork('s', side, 6 + n, styleEncoderTable(network)),
    ]);
  },
  // The style encoder reads the target's images.
  ...ofCodes('munit', ({ target }) => [`s.${target}`]),
  network: networkOfSettings,
  diffusion: () => ONE_PASS,
  reverseSteps: [],
  quick: () => null,
  beside: () => null,
  fromNetwork: ({ widths, options }, { dim, style_dim, mlp_dim }) => ({
    widths: { ...widths, r: dim },
    options: { ...options, [OPTIONS.styleDim.id]: style_dim, [OPTIONS.mlpDim.id]: mlp_dim },
  }),
  rules: (settings) => [scalesRule(settings)],
  text: () => ['content and style', 'adversarial', 'cycle of codes'],
  memory: (settings) => ({
    bytes: 80 * settings.widths.r * planeBytes(settings),
    waiting: 0,
    inParts: true,
    widest: 2 * settings.widths.r,
  }),
};
