/** cGAN's training as data; `cycleGanTraining` is that of every method which differs from it by its generator alone. */
import { ONE_PASS } from '../../diffusion/schedule';
import { patchDiscriminatorTable } from '../../networks/patchDiscriminator/table';
import type { ResnetGeneratorConfig } from '../../networks/resnetGenerator/config';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import { singularTable } from '../../networks/spectralNormTable';
import type { ParameterTable } from '../../networks/table';
import type { TrainSettings } from '../../training/settings';
import { SIDES, type Side, sidesOf } from '../../training/sides';
import { PAPER_VARIANT } from '../../training/variant';
import type { Loss, NetworkOf, NetworkSpec, Training } from '../method';
import { SWITCH, type TrainingOption } from '../options';
import { PATCH_LAYERS, patchRule, planeBytes, TOTAL, WEIGHT_RANGE } from '../resnet/training';
import type { CganNetwork } from './method';

/** Residual blocks of pGAN-cGAN's generators (SynDiff's R has 6). */
export const CGAN_BLOCKS = 9;

/** Unlike SynDiff's, on images in [-1, 1] against one adversarial term: the paper's 100. */
export const CYCLE_WEIGHT = {
  id: 'cycle-weight',
  label: 'Cycle weight',
  short: 'cycle',
  text: 'weight of the cycle term beside the adversarial one',
  ...WEIGHT_RANGE,
  usual: 100,
} as const satisfies TrainingOption;

/** SAGAN's, of its discriminators. */
export const SPECTRAL_NORM = {
  id: 'spectral-norm',
  label: 'Spectral norm of discriminators',
  short: 'spectral norm',
  text: "each kernel of a discriminator is divided by its largest singular value, as in SAGAN's original",
  ...SWITCH,
} as const satisfies TrainingOption;

export const hasSpectralNorm = ({ options }: Pick<TrainSettings, 'options'>): boolean =>
  options[SPECTRAL_NORM.id] === 1;

const LOSSES: readonly Loss[] = [
  TOTAL,
  { name: 'adversarial', label: 'adversarial', chart: 'generators' },
  { name: 'cycle', label: 'cycle', chart: 'generators' },
  { name: 'dReal', label: 'real', chart: 'discriminators' },
  { name: 'dFake', label: 'fake', chart: 'discriminators' },
];

/** One for all, so that they stay where the method is changed among them. */
const RATES = { rule: 'linear', usual: { generators: 2e-4, discriminators: 2e-4, least: 0 } } as const;

export interface CycleGan<C extends NetworkOf> {
  network(settings: TrainSettings): C;
  table(network: C): ParameterTable;
  /** The settings whose generator this is. */
  fromNetwork(settings: TrainSettings, network: C): Partial<TrainSettings>;
  text(network: C): string;
  /** Live activations of one generator, in image planes times base width, at the most (docs/MEASUREMENTS.md, "Training"). */
  planes: { kept: number; widest: number };
  /** Bytes beside these. */
  attentionBytes?(settings: TrainSettings): number;
  options?: readonly TrainingOption[];
}

export function cycleGanTraining<C extends NetworkOf>(id: C['method'], of: CycleGan<C>): Training<C> {
  return {
    losses: LOSSES,
    choices: [],
    needs: PAPER_VARIANT,
    options: [CYCLE_WEIGHT, ...(of.options ?? [])],
    rates: RATES,
    networks: (settings) =>
      SIDES.flatMap((side) => [
        generator(settings, side, of),
        patchDiscriminator(settings, side),
        ...(hasSpectralNorm(settings) ? [singularVectors(settings, side)] : []),
      ]),
    translates: (direction) => [`g.${sidesOf(direction).target}`],
    startsFrom: (method, direction) => (method === id ? [`g.${sidesOf(direction).target}`] : null),
    network: of.network,
    diffusion: () => ONE_PASS,
    reverseSteps: [],
    quick: () => null,
    beside: () => null,
    fromNetwork: of.fromNetwork,
    rules: (settings) => [patchRule(settings)],
    text: (settings) => [of.text(of.network(settings)), 'adversarial', 'cycle'],
    memory: (settings) => {
      const unit = settings.widths.r * planeBytes(settings);
      // There and back: two generators are recorded at a time.
      const attention = of.attentionBytes?.(settings) ?? 0;
      return {
        bytes: 2 * of.planes.kept * unit + attention,
        waiting: 0,
        inParts: true,
        early: () => false,
        widest: of.planes.widest * settings.widths.r,
      };
    },
  };
}

function generator<C extends NetworkOf>(settings: TrainSettings, side: Side, of: CycleGan<C>): NetworkSpec {
  const table = of.table(of.network(settings));
  return {
    name: `g.${side}`,
    number: side === 'a' ? 0 : 1,
    role: 'generator',
    side,
    table,
    learns: true,
    averaged: false,
  };
}

function patchDiscriminator({ widths }: TrainSettings, side: Side): NetworkSpec {
  const table = patchDiscriminatorTable({ ndf: widths.patch, n_layers: PATCH_LAYERS });
  return {
    name: `d.${side}`,
    number: side === 'a' ? 2 : 3,
    role: 'discriminator',
    side,
    table,
    learns: true,
    averaged: false,
  };
}

/** What the power iteration of a discriminator's spectral norm has come to: kept with the run, for it goes on from there. */
function singularVectors(settings: TrainSettings, side: Side): NetworkSpec {
  return {
    name: `u.${side}`,
    number: side === 'a' ? 4 : 5,
    role: 'discriminator',
    side,
    table: singularTable(patchDiscriminator(settings, side).table),
    learns: true,
    averaged: false,
  };
}

export const resnetText = ({ n_blocks }: ResnetGeneratorConfig): string => `ResNet of ${n_blocks} blocks`;

export const training: Training<CganNetwork> = cycleGanTraining<CganNetwork>('cgan', {
  network: ({ widths }) => ({ method: 'cgan', ngf: widths.r, n_blocks: CGAN_BLOCKS }),
  table: resnetGeneratorTable,
  fromNetwork: ({ widths }, { ngf }) => ({ widths: { ...widths, r: ngf } }),
  text: resnetText,
  planes: { kept: 32, widest: 2 },
});
