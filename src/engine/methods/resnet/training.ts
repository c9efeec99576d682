/** R's training as data; what SynDiff shares with it is exported for it. */
import { ONE_PASS } from '../../diffusion/schedule';
import { patchDiscriminatorTable } from '../../networks/patchDiscriminator/table';
import { R_BLOCKS } from '../../networks/resnetGenerator/config';
import { resnetGeneratorTable } from '../../networks/resnetGenerator/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { SIDES, type Side, sidesOf } from '../../training/sides';
import { hasR, trainsR } from '../../training/variant';
import type { Loss, NetworkSpec, Training } from '../method';
import type { TrainingOption } from '../options';
import type { ResnetNetwork } from './method';

export const PATCH_LAYERS = 3;

/** Live activations, in image planes times base width, at the most (docs/MEASUREMENTS.md, "Training"). */
const PLANES = {
  /** What R's forward pass leaves for its backward one. */
  kept: 26,
  /** Its passing intermediate results. */
  passing: 32,
};

export const networkOfSettings = ({ widths }: Pick<TrainSettings, 'widths'>): ResnetNetwork => ({
  method: 'resnet',
  ngf: widths.r,
  n_blocks: R_BLOCKS,
});

export const R_LOSSES = {
  gPatch: { name: 'gPatch', label: 'R fools its discriminator (Gφ)', chart: 'generators' },
  cycle: { name: 'cycle', label: 'cycle consistency', chart: 'generators' },
  dPatchReal: { name: 'dPatchReal', label: 'R’s, on real slices (Dφ)', chart: 'discriminators' },
  dPatchFake: { name: 'dPatchFake', label: 'R’s, on made slices (Dφ)', chart: 'discriminators' },
} as const satisfies Record<string, Loss>;

/** Of the weight of a term. */
export const WEIGHT_RANGE = { kind: 'decimal', least: 0, most: 1e6 } as const;

export const CYCLE_WEIGHT = {
  id: 'weight-cycle',
  label: 'Cycle weight',
  short: 'cycle',
  text: 'weight of the cycle term',
  ...WEIGHT_RANGE,
  usual: 0.5,
  applies: (variant) => trainsR(variant) && variant.cycle,
} as const satisfies TrainingOption;

export const PATCH_WEIGHT = {
  id: 'weight-adversarial-r',
  label: 'Adversarial weight of R',
  text: "weight of R's adversarial term; its discriminators' own losses have none",
  ...WEIGHT_RANGE,
  usual: 1,
  applies: (variant) => trainsR(variant) && variant.adversarial,
} as const satisfies TrainingOption;

/** The sum of all generators' terms after their weights. */
export const TOTAL: Loss = { name: 'generator', label: 'total', chart: 'generators' };

/** Bytes of an image of a batch. */
export const planeBytes = (settings: TrainSettings): number =>
  4 * settings.batch * trainedSize(settings) ** 2;

/** R and its PatchGAN of a contrast, as far as the variant has them. */
export function rNetworks(settings: TrainSettings, side: Side): NetworkSpec[] {
  const { variant, widths } = settings;
  const learns = trainsR(variant);
  const second = side === 'b' ? 1 : 0;
  const r: NetworkSpec = {
    name: `r.${side}`,
    number: 2 + second,
    role: 'generator',
    side,
    table: resnetGeneratorTable(networkOfSettings(settings)),
    learns,
    averaged: learns,
  };
  const p: NetworkSpec = {
    name: `p.${side}`,
    number: 6 + second,
    role: 'discriminator',
    side,
    table: patchDiscriminatorTable({ ndf: widths.patch, n_layers: PATCH_LAYERS }),
    learns,
    averaged: false,
  };
  return [...(hasR(variant) ? [r] : []), ...(learns && variant.adversarial ? [p] : [])];
}

/** Bytes that R holds until its backward pass, and in passing. */
export function rMemory(settings: TrainSettings): { held: number; passing: number } {
  const { variant, widths } = settings;
  const unit = widths.r * planeBytes(settings);
  return {
    held: trainsR(variant) ? 2 * PLANES.kept * unit : 0,
    passing: hasR(variant) ? PLANES.passing * unit : 0,
  };
}

/** A PatchGAN needs images of some size. */
export function patchRule(settings: TrainSettings): readonly [boolean, string] {
  const seen = trainedSize(settings);
  const name = settings.crop === undefined ? 'size' : 'crop';
  const { variant } = settings;
  return [
    !(variant.adversarial && trainsR(variant)) || seen >= 32,
    `${name} must be at least 32 for the PatchGAN, got ${seen}`,
  ];
}

export const adversarialText = (adversarial: boolean): string =>
  adversarial ? 'adversarial' : 'no adversarial term (L1 only)';

export const training: Training<ResnetNetwork> = {
  losses: [TOTAL, ...Object.values(R_LOSSES)],
  choices: [],
  needs: { pairing: 'unpaired', projector: 'adversarial', r: 'trained' },
  options: [CYCLE_WEIGHT, PATCH_WEIGHT],
  rates: { rule: 'cosine', usual: null },
  networks: (settings) => SIDES.flatMap((side) => rNetworks(settings, side)),
  translates: (direction) => [`r.${sidesOf(direction).target}`],
  startsFrom: (method, direction) => (method === 'resnet' ? [`r.${sidesOf(direction).target}`] : null),
  network: networkOfSettings,
  diffusion: () => ONE_PASS,
  reverseSteps: [],
  quick: () => null,
  beside: () => null,
  fromNetwork: ({ widths }, { ngf }) => ({ widths: { ...widths, r: ngf } }),
  rules: (settings) => {
    const { variant } = settings;
    return [
      patchRule(settings),
      [hasR(variant), 'R alone is trained on unpaired scans; choose unpaired'],
      [variant.r === 'trained', 'no diffusion trains R alone, so R cannot be frozen'],
      [
        variant.adversarial || variant.cycle,
        'R alone needs the adversarial or the cycle term; switch one on',
      ],
    ];
  },
  text: ({ variant }) => [
    'no diffusion (R alone, cGAN)',
    adversarialText(variant.adversarial),
    variant.cycle ? 'cycle' : 'no cycle term',
  ],
  memory: (settings) => {
    const { held, passing } = rMemory(settings);
    return { bytes: held + passing, waiting: 0, inParts: true, widest: 2 * settings.widths.r };
  },
};
