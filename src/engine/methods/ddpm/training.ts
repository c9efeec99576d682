/** DDPM's training as data; what UNIT-DDPM shares with it is exported for it. */
import { COSINE_SCHEDULE, ONE_PASS, quickCosine } from '../../diffusion/schedule';
import { type DdpmUnetConfig, groupsOfWidth } from '../../networks/ddpmUnet/config';
import { PAPER_GENERATOR } from '../../networks/ncsnpp/config';
import type { ParameterTable } from '../../networks/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { SIDES, type Side, sidesOf } from '../../training/sides';
import { hasR, isUnconditional, PAPER_VARIANT, trainedSides, type Variant } from '../../training/variant';
import type { NetworkSpec, Training } from '../method';
import { type OptionValues, SWITCH, type TrainingOption } from '../options';
import {
  networkOfSettings as networkOfR,
  PATCH_WEIGHT,
  patchRule,
  planeBytes,
  R_LOSSES,
  rMemory,
  rNetworks,
  TOTAL,
  WEIGHT_RANGE,
} from '../resnet/training';
import { generatorBytes, generatorOf } from '../syndiff/training';
import { type DdpmNetwork, isNcsnpp, type Ncsnpp, ncsnppOf, tableOf } from './network';

/** The paper keeps 1e-4; one object, so that the rates stay where the method is changed. */
export const DIFFUSION_RATES = {
  rule: 'constant',
  usual: { generators: 1e-4, discriminators: 1e-4, least: 0 },
} as const;

/** The lowest level of the U-Net has this side, pixels. */
const LOWEST = 8;

/** Live activations of a U-Net, in image planes times base width times the sum over its levels of width/pixels. */
const PLANES = { kept: 100, again: 40 };

const NCSNPP = {
  id: 'ncsnpp',
  label: "SynDiff's U-Net",
  text: "SynDiff's U-Net (NCSN++, latent 0, no tanh) in place of DDPM's, so that only losses and chain are others than SynDiff's",
  ...SWITCH,
} as const satisfies TrainingOption;

/** SynDiff's U-Net has its own. */
const isOwn = (_: Variant, options: OptionValues): boolean => options[NCSNPP.id] !== 1;

export const UNET_OPTIONS = {
  groups: {
    id: 'groups',
    label: 'Groups of the norms',
    text: 'groups of the group norms; 0: 32, of widths below 64 one for four channels',
    kind: 'whole',
    least: 0,
    most: 64,
    usual: 0,
    applies: isOwn,
  },
  scaleShift: {
    id: 'scale-shift',
    label: 'Time as scale and shift',
    text: 'the time scales and shifts the norms, instead of being added before them',
    ...SWITCH,
    applies: isOwn,
  },
} as const satisfies Record<string, TrainingOption>;

export const CYCLE_WEIGHT = {
  id: 'weight-cycle',
  label: 'Cycle weight',
  short: 'cycle',
  text: 'weight of the cycle term',
  ...WEIGHT_RANGE,
  usual: 1,
  applies: hasR,
} as const satisfies TrainingOption;

const SIMPLE = {
  id: 'simple-loss',
  label: 'Simple loss',
  text: "the noise's error alone, and the posterior's variance (L_simple), without the variational bound, by which the variance is learnt",
  ...SWITCH,
} as const satisfies TrainingOption;

/** A U-Net of the run's width and levels. */
export function unetOfSettings(
  { generator, options, variant }: TrainSettings,
  out_channels: number,
): DdpmUnetConfig {
  const { num_channels_dae: width, image_size, ch_mult, num_res_blocks: nres, attn_resolutions } = generator;
  const levels = Math.max(1, Math.min(ch_mult.length, Math.floor(Math.log2(image_size / LOWEST)) + 1));
  return {
    width,
    groups: options[UNET_OPTIONS.groups.id] || groupsOfWidth(width),
    mult: ch_mult.slice(0, levels),
    nres,
    attention: attn_resolutions.map((side) => image_size / side).filter((factor) => factor < 2 ** levels),
    scale_shift: options[UNET_OPTIONS.scaleShift.id] === 1,
    in_channels: isUnconditional(variant) ? 1 : 2,
    out_channels,
  };
}

/** The settings whose U-Net this is, for images of their size. */
export function fromUnet(
  { generator, options, size }: TrainSettings,
  { width, groups, mult, nres, attention, scale_shift }: DdpmUnetConfig,
): Partial<TrainSettings> {
  return {
    generator: {
      ...generator,
      image_size: size,
      num_channels_dae: width,
      ch_mult: [...mult],
      num_res_blocks: nres,
      attn_resolutions: attention.map((factor) => size / factor),
    },
    options: {
      ...options,
      [UNET_OPTIONS.groups.id]: groups,
      [UNET_OPTIONS.scaleShift.id]: scale_shift ? 1 : 0,
    },
  };
}

/** @param number among the method's networks */
export function unetSpec(name: string, side: Side, number: number, table: ParameterTable): NetworkSpec {
  return { name: `${name}.${side}`, number, role: 'generator', side, table, learns: true, averaged: true };
}

export function unetRule({ groups, mult, width }: DdpmUnetConfig): readonly [boolean, string] {
  return [
    mult.every((times) => (times * width) % groups === 0),
    `groups must divide the channels of every level (${mult.map((times) => times * width).join(', ')}), got ${groups}`,
  ];
}

/** Bytes that the gradient of a U-Net takes. */
export function unetBytes(settings: TrainSettings, { width, mult }: DdpmUnetConfig): number {
  const levels = mult.reduce((sum, times, level) => sum + times / 4 ** level, 0);
  return PLANES[settings.recompute ? 'again' : 'kept'] * levels * width * planeBytes(settings);
}

function networkOfSettings(settings: TrainSettings): DdpmNetwork {
  const out = settings.options[SIMPLE.id] === 1 ? 1 : 2;
  return settings.options[NCSNPP.id] === 1
    ? ncsnppOf(generatorOf(settings), out)
    : { method: 'ddpm', ...unetOfSettings(settings, out) };
}

/** Its base width times that of the first level, and the bytes of its gradient. */
function sizeOf(settings: TrainSettings, network: DdpmNetwork): { width: number; bytes: number } {
  if (isNcsnpp(network))
    return { width: network.num_channels_dae * network.ch_mult[0], bytes: generatorBytes(settings) };
  return { width: network.width * network.mult[0], bytes: unetBytes(settings, network) };
}

export const training: Training<DdpmNetwork> = {
  losses: [
    TOTAL,
    { name: 'noise', label: 'noise', chart: 'generators' },
    { name: 'bound', label: 'variational bound', chart: 'generators' },
    R_LOSSES.gPatch,
    R_LOSSES.cycle,
    R_LOSSES.dPatchReal,
    R_LOSSES.dPatchFake,
  ],
  choices: [],
  needs: PAPER_VARIANT,
  unconditional: true,
  options: [CYCLE_WEIGHT, PATCH_WEIGHT, SIMPLE, NCSNPP, ...Object.values(UNET_OPTIONS)],
  rates: DIFFUSION_RATES,
  networks: (settings) =>
    SIDES.flatMap((side, n) => [
      ...(trainedSides(settings.variant).includes(side)
        ? [unetSpec('g', side, n, tableOf(networkOfSettings(settings)))]
        : []),
      ...rNetworks(settings, side),
    ]),
  translates: (direction) => [`g.${sidesOf(direction).target}`],
  startsFrom: (method, direction) => {
    const letter = { ddpm: 'g', resnet: 'r' }[method];
    return letter ? [`${letter}.${sidesOf(direction).target}`] : null;
  },
  network: networkOfSettings,
  diffusion: () => COSINE_SCHEDULE,
  reverseSteps: [],
  quick: quickCosine,
  beside: (settings, direction) =>
    hasR(settings.variant)
      ? { name: `r.${sidesOf(direction).target}`, network: networkOfR(settings), diffusion: ONE_PASS }
      : null,
  fromNetwork: (settings, network) => {
    const found = isNcsnpp(network) ? fromNcsnpp(settings, network) : fromUnet(settings, network);
    const chosen = {
      [NCSNPP.id]: isNcsnpp(network) ? 1 : 0,
      [SIMPLE.id]: network.out_channels === 1 ? 1 : 0,
    };
    return { ...found, options: { ...settings.options, ...found.options, ...chosen } };
  },
  rules: (settings) => {
    const network = networkOfSettings(settings);
    const own = isNcsnpp(network) ? [] : [unetRule(network)];
    return [patchRule(settings), ...own, sizeRule(settings)];
  },
  text: ({ variant }) => [
    `${COSINE_SCHEDULE.steps} steps`,
    ...(hasR(variant) ? ['adversarial', 'cycle'] : []),
  ],
  memory: (settings) => {
    const { held, passing } = rMemory(settings);
    const { width, bytes } = sizeOf(settings, networkOfSettings(settings));
    return {
      bytes: held + Math.max(passing, bytes),
      waiting: 0,
      widest: Math.max(2 * width, 2 * settings.widths.r),
    };
  },
};

/** What of SynDiff's U-Net decides a training; the rest of its options are the paper's. */
function fromNcsnpp(
  { options }: TrainSettings,
  { method: _method, unet: _unet, out_channels: _out, ...generator }: Ncsnpp,
): Partial<TrainSettings> {
  const { num_channels, not_use_tanh } = PAPER_GENERATOR;
  return { generator: { ...generator, num_channels, not_use_tanh }, options };
}

/** Attention lies at levels by its side: whole slices and crops must be of the generator's size. */
export function sizeRule(settings: TrainSettings): readonly [boolean, string] {
  const { generator, size } = settings;
  return [
    generator.image_size === size && trainedSize(settings) > 0,
    `the U-Net's image must be the run's, got ${generator.image_size} and ${size} pixels`,
  ];
}
