/** DDPM's training as data; what UNIT-DDPM shares with it is exported for it. */
import { COSINE_SCHEDULE, ONE_PASS, quickCosine } from '../../diffusion/schedule';
import { type DdpmUnetConfig, groupsOfWidth } from '../../networks/ddpmUnet/config';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { SIDES, type Side, sidesOf } from '../../training/sides';
import { hasR, isUnconditional, PAPER_VARIANT, trainedSides } from '../../training/variant';
import type { NetworkSpec, Training } from '../method';
import type { TrainingOption } from '../options';
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
import type { DdpmNetwork } from './method';

/** The paper keeps 1e-4; one object, so that the rates stay where the method is changed. */
export const DIFFUSION_RATES = {
  rule: 'constant',
  usual: { generators: 1e-4, discriminators: 1e-4, least: 0 },
} as const;

/** The lowest level of the U-Net has this side, pixels. */
const LOWEST = 8;

/** Live activations of a U-Net, in image planes times base width times the sum over its levels of width/pixels. */
const PLANES = { kept: 100, again: 40 };

export const UNET_OPTIONS = {
  groups: {
    id: 'groups',
    label: 'Groups of the norms',
    text: 'groups of the group norms; 0: 32, of widths below 64 one for four channels',
    kind: 'whole',
    least: 0,
    most: 64,
    usual: 0,
  },
  scaleShift: {
    id: 'scale-shift',
    label: 'Time as scale and shift',
    text: '1: the time scales and shifts the norms; 0: it is added before them',
    kind: 'whole',
    least: 0,
    most: 1,
    usual: 0,
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
  label: 'Simple loss (1: yes)',
  text: "1: the noise's error alone, and the posterior's variance (L_simple); 0: with the variational bound, by which the variance is learnt",
  kind: 'whole',
  least: 0,
  most: 1,
  usual: 0,
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

export function unetSpec(name: string, side: Side, number: number, config: DdpmUnetConfig): NetworkSpec {
  const table = ddpmUnetTable(config);
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

const networkOfSettings = (settings: TrainSettings): DdpmNetwork => ({
  method: 'ddpm',
  ...unetOfSettings(settings, settings.options[SIMPLE.id] === 1 ? 1 : 2),
});

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
  options: [CYCLE_WEIGHT, PATCH_WEIGHT, SIMPLE, ...Object.values(UNET_OPTIONS)],
  rates: DIFFUSION_RATES,
  networks: (settings) =>
    SIDES.flatMap((side, n) => [
      ...(trainedSides(settings.variant).includes(side)
        ? [unetSpec('g', side, n, networkOfSettings(settings))]
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
    const found = fromUnet(settings, network);
    return { ...found, options: { ...found.options, [SIMPLE.id]: network.out_channels === 1 ? 1 : 0 } };
  },
  rules: (settings) => [patchRule(settings), unetRule(networkOfSettings(settings)), sizeRule(settings)],
  text: ({ variant }) => [
    `${COSINE_SCHEDULE.steps} steps`,
    ...(hasR(variant) ? ['adversarial', 'cycle'] : []),
  ],
  memory: (settings) => {
    const { held, passing } = rMemory(settings);
    const network = networkOfSettings(settings);
    return {
      bytes: held + Math.max(passing, unetBytes(settings, network)),
      waiting: 0,
      widest: Math.max(2 * network.width * network.mult[0], 2 * settings.widths.r),
    };
  },
};

/** Attention lies at levels by its side: whole slices and crops must be of the generator's size. */
export function sizeRule(settings: TrainSettings): readonly [boolean, string] {
  const { generator, size } = settings;
  return [
    generator.image_size === size && trainedSize(settings) > 0,
    `the U-Net's image must be the run's, got ${generator.image_size} and ${size} pixels`,
  ];
}
