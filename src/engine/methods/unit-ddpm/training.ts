/** UNIT-DDPM's training as data. */

import { COSINE_SCHEDULE, quickCosine } from '../../diffusion/schedule';
import { ddpmUnetTable } from '../../networks/ddpmUnet/table';
import type { TrainSettings } from '../../training/settings';
import { SIDES, sidesOf } from '../../training/sides';
import { PAPER_VARIANT } from '../../training/variant';
import {
  CYCLE_WEIGHT,
  DIFFUSION_RATES,
  fromUnet,
  sizeRule,
  UNET_OPTIONS,
  unetBytes,
  unetOfSettings,
  unetRule,
  unetSpec,
} from '../ddpm/training';
import type { Training } from '../method';
import { rMemory, rNetworks, TOTAL } from '../resnet/training';
import type { UnitDdpmNetwork } from './method';

const networkOfSettings = (settings: TrainSettings): UnitDdpmNetwork => ({
  method: 'unit-ddpm',
  ...unetOfSettings(settings, 1),
});

/** Of one U-Net's insides, what two of them take at once (counted by `iterationWork`). */
const BOTH = 1.75;

export const training: Training<UnitDdpmNetwork> = {
  losses: [
    { ...TOTAL, label: 'total of the translation functions' },
    { name: 'noise', label: 'noise', chart: 'generators' },
    { name: 'translation', label: 'noise, by translation', chart: 'generators' },
    { name: 'crossed', label: 'noise, crossed', chart: 'generators' },
    { name: 'cycle', label: 'cycle', chart: 'generators' },
  ],
  choices: [],
  needs: PAPER_VARIANT,
  options: [CYCLE_WEIGHT, ...Object.values(UNET_OPTIONS)],
  rates: DIFFUSION_RATES,
  networks: (settings) =>
    SIDES.flatMap((side, n) => [
      unetSpec('g', side, n, ddpmUnetTable(networkOfSettings(settings))),
      // The translation functions are of R's kind, without an average: they only train.
      ...rNetworks(settings, side)
        .filter(({ role }) => role === 'generator')
        .map((spec) => ({ ...spec, averaged: false })),
    ]),
  translates: (direction) => [`g.${sidesOf(direction).target}`],
  startsFrom: (method, direction) => {
    const letter = { 'unit-ddpm': 'g', resnet: 'r' }[method];
    return letter ? [`${letter}.${sidesOf(direction).target}`] : null;
  },
  network: networkOfSettings,
  diffusion: () => COSINE_SCHEDULE,
  reverseSteps: [],
  quick: quickCosine,
  beside: () => null,
  fromNetwork: (settings, network) => fromUnet(settings, network),
  rules: (settings) => [unetRule(networkOfSettings(settings)), sizeRule(settings)],
  text: () => [`${COSINE_SCHEDULE.steps} steps`, 'both contrasts noisy', 'cycle'],
  memory: (settings) => {
    const network = networkOfSettings(settings);
    return {
      // R's gradients go through both.
      bytes: rMemory(settings).held + BOTH * unetBytes(settings, network),
      waiting: 0,
      // The U-Nets, but not R, which translates.
      early: ({ averaged }) => averaged,
      widest: Math.max(2 * network.width * network.mult[0], 2 * settings.widths.r),
    };
  },
};
