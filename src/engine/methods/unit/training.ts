/** UNIT's training as data; what MUNIT shares with it is exported for it. */
import { ONE_PASS } from '../../diffusion/schedule';
import { RESIDUAL_BLOCKS } from '../../networks/contentAutoencoder/config';
import { decoderTable, encoderTable } from '../../networks/contentAutoencoder/table';
import { LAYERS, multiScaleDiscriminatorTable } from '../../networks/multiScaleDiscriminator/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { type Direction, SIDES, type Side, sidesOf } from '../../training/sides';
import { PAPER_VARIANT } from '../../training/variant';
import type { Loss, NetworkSpec, Training } from '../method';
import { SWITCH, type TrainingOption } from '../options';
import { planeBytes, TOTAL, WEIGHT_RANGE } from '../resnet/training';
import type { UnitNetwork } from './method';

/** Both keep 1e-4 from the first to the last iteration; one object, so that the rates stay where the method is changed. */
export const UNIT_RATES = {
  rule: 'constant',
  usual: { generators: 1e-4, discriminators: 1e-4, least: 0 },
} as const;

/** An image side below which a scale of the discriminator would see less than one position. */
const LEAST_SCALE = 2 ** LAYERS;

/** Sizes that the discriminator sees: 0 is 3, and 2 for images of 64 pixels and less. */
export const SCALES = {
  id: 'scales',
  label: 'Sizes of the discriminator',
  text: 'sizes of the image that the discriminator sees; 0: 3, of images up to 64 pixels 2',
  kind: 'whole',
  least: 0,
  most: 4,
  usual: 0,
} as const satisfies TrainingOption;

/** UNIT's and MUNIT's rule `step`: half the rates after every so many iterations. */
export const HALVE_EVERY = {
  id: 'halve-every',
  label: 'Halve rates every (0: never)',
  text: 'iterations after which the learning rates are halved, again and again (the official code: 100000); 0: never',
  kind: 'whole',
  least: 0,
  most: 1e7,
  usual: 0,
} as const satisfies TrainingOption;

const SHARED_BLOCKS = {
  id: 'shared-blocks',
  label: 'Shared residual blocks',
  short: 'shared blocks',
  text: 'both contrasts have the last residual block of the encoder and the first of the decoder in common, as in the NIPS version; else none, as in the later code',
  ...SWITCH,
} as const satisfies TrainingOption;

export const OPTIONS = {
  image: {
    id: 'weight-image',
    label: 'Reconstruction weight',
    short: 'reconstruction',
    text: 'weight of an image after its own encoder and decoder',
    ...WEIGHT_RANGE,
    usual: 10,
  },
  cycle: {
    id: 'weight-image-cycle',
    label: 'Cycle weight',
    short: 'cycle',
    text: 'weight of an image after the way to the other contrast and back',
    ...WEIGHT_RANGE,
    usual: 10,
  },
  kl: {
    id: 'weight-kl',
    label: 'KL weight',
    short: 'KL',
    text: "weight of the codes' mean square (the KL divergence from N(0, 1))",
    ...WEIGHT_RANGE,
    usual: 0.01,
  },
  sharedBlocks: SHARED_BLOCKS,
  scales: SCALES,
  halving: HALVE_EVERY,
} as const satisfies Record<string, TrainingOption>;

export const UNIT_LOSSES = {
  adversarial: { name: 'adversarial', label: 'adversarial', chart: 'generators' },
  reconstruction: { name: 'reconstruction', label: 'reconstruction', chart: 'generators' },
  dReal: { name: 'dReal', label: 'real', chart: 'discriminators' },
  dFake: { name: 'dFake', label: 'fake', chart: 'discriminators' },
} as const satisfies Record<string, Loss>;

export function scalesOf(settings: TrainSettings): number {
  const given = settings.options[SCALES.id];
  return given > 0 ? given : trainedSize(settings) > 64 ? 3 : 2;
}

export function scalesRule(settings: TrainSettings): readonly [boolean, string] {
  const [seen, scales] = [trainedSize(settings), scalesOf(settings)];
  return [
    seen >= LEAST_SCALE * 2 ** (scales - 1) && seen % 2 ** (scales - 1) === 0,
    `${scales} sizes of the discriminator need images of a multiple of ${LEAST_SCALE * 2 ** (scales - 1)} pixels, got ${seen}; take larger ones or fewer sizes (--${SCALES.id})`,
  ];
}

/** @param number among the method's networks */
export function multiScaleNetwork(settings: TrainSettings, side: Side, number: number): NetworkSpec {
  const config = { dim: settings.widths.patch, scales: scalesOf(settings) };
  return {
    name: `d.${side}`,
    number,
    role: 'discriminator',
    side,
    table: multiScaleDiscriminatorTable(config),
    learns: true,
    averaged: false,
  };
}

export function codeNetwork(
  name: string,
  side: Side,
  number: number,
  table: NetworkSpec['table'],
): NetworkSpec {
  return { name: `${name}.${side}`, number, role: 'generator', side, table, learns: true, averaged: false };
}

type SidesOfDirection = ReturnType<typeof sidesOf>;

/**
 * What is a model of a run of codes: the source's encoder and the target's decoder.
 * @param others networks that go with them, after these
 */
export const ofCodes = (
  id: string,
  others: (sides: SidesOfDirection) => string[] = () => [],
): Pick<Training, 'translates' | 'startsFrom'> => {
  const translates = (direction: Direction) => {
    const sides = sidesOf(direction);
    return [`e.${sides.source}`, `g.${sides.target}`, ...others(sides)];
  };
  return { translates, startsFrom: (method, direction) => (method === id ? translates(direction) : null) };
};

const LAST_OF_ENCODER = `enc.model.3.model.${RESIDUAL_BLOCKS - 1}.`;
const FIRST_OF_DECODER = 'dec.model.0.model.0.';

const networkOfSettings = ({ widths }: TrainSettings): UnitNetwork => ({ method: 'unit', dim: widths.r });

export const training: Training<UnitNetwork> = {
  losses: [
    TOTAL,
    UNIT_LOSSES.adversarial,
    UNIT_LOSSES.reconstruction,
    { name: 'cycle', label: 'cycle', chart: 'generators' },
    { name: 'kl', label: 'KL', chart: 'generators' },
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
      codeNetwork('e', side, n, encoderTable(network, 'enc')),
      codeNetwork('g', side, 2 + n, decoderTable(network)),
      multiScaleNetwork(settings, side, 4 + n),
    ]);
  },
  tied: ({ options }) =>
    options[OPTIONS.sharedBlocks.id] === 1
      ? [
          { networks: ['e.a', 'e.b'], has: (name) => name.startsWith(LAST_OF_ENCODER) },
          { networks: ['g.a', 'g.b'], has: (name) => name.startsWith(FIRST_OF_DECODER) },
        ]
      : [],
  ...ofCodes('unit'),
  network: networkOfSettings,
  diffusion: () => ONE_PASS,
  reverseSteps: [],
  quick: () => null,
  beside: () => null,
  fromNetwork: ({ widths }, { dim }) => ({ widths: { ...widths, r: dim } }),
  rules: (settings) => [scalesRule(settings)],
  text: () => ['variational autoencoders with a common code', 'adversarial', 'cycle'],
  memory: (settings) => ({
    bytes: 100 * settings.widths.r * planeBytes(settings),
    waiting: 0,
    inParts: true,
    widest: 2 * settings.widths.r,
  }),
};
