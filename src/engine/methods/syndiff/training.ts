/** SynDiff's training as data: its diffusive networks beside R's, their rules and memory. */
import { ONE_PASS } from '../../diffusion/schedule';
import { diffusiveDiscriminatorTable } from '../../networks/diffusiveDiscriminator/table';
import { ncsnppTable } from '../../networks/ncsnpp/table';
import { numberOfValues } from '../../networks/table';
import { type TrainSettings, trainedSize } from '../../training/settings';
import { SIDES, type Side, sidesOf } from '../../training/sides';
import {
  hasR,
  isUnconditional,
  judgesDiffusive,
  trainedSides,
  trainsR,
  type Variant,
} from '../../training/variant';
import type { NetworkSpec, Training } from '../method';
import type { TrainingOption } from '../options';
import {
  adversarialText,
  CYCLE_WEIGHT,
  networkOfSettings,
  PATCH_WEIGHT,
  patchRule,
  planeBytes,
  R_LOSSES,
  rMemory,
  rNetworks,
  TOTAL,
  WEIGHT_RANGE,
} from '../resnet/training';
import type { SynDiffNetwork } from './method';

/** Live activations, in image planes times base width, at the most (docs/MEASUREMENTS.md, "Training"). */
const PLANES = {
  /** Gradient of R1, which differentiates the discriminator twice. */
  r1: { large: 190, small: 260 },
  /** Gradient of a diffusive generator, times the sum over its levels of width/pixels; with and without recomputation. */
  g: { kept: 145, again: 45 },
  /** What a diffusive generator's gradient takes of the discriminator. */
  throughD: 15,
};

const discriminatorTable = ({ widths, discriminator }: TrainSettings) =>
  diffusiveDiscriminatorTable({
    ngf: widths.diffusive,
    t_emb_dim: widths.timeEmbedding,
    size: discriminator,
  });

/** The run's generator, without the source's channel where there is no source. */
export const generatorOf = ({ generator, variant }: Pick<TrainSettings, 'generator' | 'variant'>) =>
  isUnconditional(variant) ? { ...generator, num_channels: 1 } : generator;

/** The diffusive generator of a contrast and its discriminator, as far as the variant trains them. */
function diffusiveNetworks(settings: TrainSettings, side: Side): NetworkSpec[] {
  const { variant } = settings;
  if (!trainedSides(variant).includes(side)) return [];
  const second = side === 'b' ? 1 : 0;
  const g: NetworkSpec = {
    name: `g.${side}`,
    number: second,
    role: 'generator',
    side,
    table: ncsnppTable(generatorOf(settings)),
    learns: true,
    averaged: true,
  };
  const d: NetworkSpec = {
    name: `d.${side}`,
    number: 4 + second,
    role: 'discriminator',
    side,
    table: discriminatorTable(settings),
    learns: true,
    averaged: false,
  };
  return [g, ...(judgesDiffusive(variant) ? [d] : [])];
}

/** Bytes that the gradient of a diffusive generator takes. */
export function generatorBytes(settings: TrainSettings): number {
  const { generator, recompute } = settings;
  const levels = generator.ch_mult.reduce((sum, mult, level) => sum + mult / 4 ** level, 0);
  return (
    PLANES.g[recompute ? 'again' : 'kept'] * levels * generator.num_channels_dae * planeBytes(settings) +
    attentionBytes(settings)
  );
}

/** Scores and their gradients over all pairs of positions, where there is attention. */
function attentionBytes(settings: TrainSettings): number {
  const { size, batch, generator } = settings;
  const { ch_mult, attn_resolutions } = generator;
  const sides = ch_mult.map((_, level) => size / 2 ** level);
  const last = sides[sides.length - 1];
  const widest = Math.max(last, ...sides.filter((side) => attn_resolutions.includes(side)));
  return 5 * 4 * batch * ((widest * trainedSize(settings)) / size) ** 4;
}

/** Weights of the terms, of R1, gamma/2 |grad D|^2 on the diffusive discriminators, how often it comes, too; and until when R learns. */
export const OPTIONS = {
  l1: {
    id: 'weight-l1',
    label: 'L1 weight',
    short: 'L1',
    text: 'weight of the L1 term',
    ...WEIGHT_RANGE,
    usual: 0.5,
  },
  cycle: CYCLE_WEIGHT,
  adversarial: {
    id: 'weight-adversarial',
    label: 'Adversarial weight',
    text: "weight of the diffusive generators' adversarial term; their discriminators' own losses have none",
    ...WEIGHT_RANGE,
    usual: 1,
    applies: judgesDiffusive,
  },
  patch: PATCH_WEIGHT,
  gamma: {
    id: 'r1-gamma',
    label: 'R1 penalty',
    text: "weight of the R1 penalty on the diffusive discriminators' gradients",
    ...WEIGHT_RANGE,
    usual: 1,
    applies: judgesDiffusive,
  },
  every: {
    id: 'r1-every',
    label: 'R1 every',
    text: 'iterations between two that have the R1 penalty',
    kind: 'whole',
    least: 1,
    most: 1e6,
    usual: 10,
    applies: judgesDiffusive,
  },
  freezeR: {
    id: 'freeze-r-after',
    label: 'Freeze R after (0: never)',
    text: 'iterations after which R and its discriminators keep their weights while the rest trains on; an epoch is as many as the larger contrast has slices, divided by the batch; 0: never',
    kind: 'whole',
    least: 0,
    most: 1e7,
    usual: 0,
    applies: trainsR,
  },
} as const satisfies Record<string, TrainingOption>;

/** Whether R learns in iteration `step`, 0 the first (Table X of the paper: an R that was trained less). */
export function learnsR(
  { variant, options }: Pick<TrainSettings, 'variant' | 'options'>,
  step: number,
): boolean {
  const last = options[OPTIONS.freezeR.id];
  return trainsR(variant) && (last === 0 || step < last);
}

const WHOLE = { adversarial: true, projector: 'adversarial', cycle: true } as const;

/** More steps than a training is watched by: of these as many are taken for a picture, where they divide them. */
const LONG = 50;

const projectorText = (variant: Variant): string =>
  variant.adversarial && variant.projector === 'l1'
    ? `L1 projector (no diffusive discriminator)${trainsR(variant) ? ', R adversarial' : ''}`
    : adversarialText(variant.adversarial);

export const training: Training<SynDiffNetwork> = {
  losses: [
    TOTAL,
    { name: 'gDiffusive', label: 'diffusive fools its discriminator (Gθ)', chart: 'generators' },
    R_LOSSES.gPatch,
    R_LOSSES.cycle,
    { name: 'l1', label: 'mean difference (L1)', chart: 'generators' },
    { name: 'dDiffusiveReal', label: 'diffusive, on real slices (Dθ)', chart: 'discriminators' },
    { name: 'dDiffusiveFake', label: 'diffusive, on made slices (Dθ)', chart: 'discriminators' },
    R_LOSSES.dPatchReal,
    R_LOSSES.dPatchFake,
    { name: 'r1', label: 'gradient penalty (R1)', chart: 'discriminators' },
  ],
  choices: [
    {
      id: 'all',
      label: 'all networks',
      patch: { ...WHOLE, r: 'trained', direction: 'both' },
      unconditional: true,
    },
    { id: 'aToB', label: 'one direction: A to B', patch: { ...WHOLE, r: 'trained', direction: 'aToB' } },
    { id: 'bToA', label: 'one direction: B to A', patch: { ...WHOLE, r: 'trained', direction: 'bToA' } },
    { id: 'diffusive', label: 'diffusive only, R frozen', patch: { ...WHOLE, r: 'frozen' } },
    {
      id: 'l1-projector',
      label: 'all but the diffusive discriminators (L1 projector)',
      patch: { ...WHOLE, projector: 'l1', r: 'trained', direction: 'both' },
      unconditional: true,
    },
    {
      id: 'l1',
      label: 'generator only, L1',
      patch: { adversarial: false, projector: 'adversarial', cycle: false, r: 'frozen' },
    },
  ],
  needs: {},
  unconditional: true,
  options: Object.values(OPTIONS),
  rates: { rule: 'cosine', usual: null },
  networks: (settings) =>
    SIDES.flatMap((side) => [...diffusiveNetworks(settings, side), ...rNetworks(settings, side)]),
  translates: (direction) => [`g.${sidesOf(direction).target}`],
  startsFrom: (method, direction) => {
    const letter = { syndiff: 'g', resnet: 'r' }[method];
    return letter ? [`${letter}.${sidesOf(direction).target}`] : null;
  },
  network: (settings) => ({ method: 'syndiff', ...generatorOf(settings) }),
  diffusion: ({ diffusion }) => diffusion,
  reverseSteps: [2, 4, 8, 1000],
  quick: (diffusion) => {
    const { steps } = diffusion;
    return steps > LONG && steps % LONG === 0 ? { ...diffusion, steps: LONG, trainedSteps: steps } : null;
  },
  beside: (settings, direction) =>
    hasR(settings.variant)
      ? { name: `r.${sidesOf(direction).target}`, network: networkOfSettings(settings), diffusion: ONE_PASS }
      : null,
  fromNetwork: (_, { method: _method, ...generator }, diffusion) => ({ generator, diffusion }),
  rules: (settings) => {
    const { variant, generator, discriminator, crop, options, iterations } = settings;
    const frozen = options[OPTIONS.freezeR.id];
    const seen = trainedSize(settings);
    const most = discriminator === 'large' ? 64 : 8;
    return [
      [
        !judgesDiffusive(variant) || seen % most === 0,
        `${crop === undefined ? 'size' : 'crop'} must be a multiple of ${most} for the ${discriminator} diffusive discriminator, got ${seen}`,
      ],
      patchRule(settings),
      [
        variant.adversarial || variant.projector === 'adversarial',
        'the L1 projector must leave R its adversarial terms, got none; choose one of the two',
      ],
      [
        generator.num_channels === 2,
        `the generator must take a noisy image and a source, got ${generator.num_channels} channels; start from a model that translates`,
      ],
      [
        generator.embedding_type === 'positional',
        `the generator's time embedding must be positional, got ${generator.embedding_type} (it has no value at step 0)`,
      ],
      [
        !trainsR(variant) || frozen < iterations,
        `freeze-r-after must be less than the ${iterations} iterations, got ${frozen}; 0 for an R that trains to the end`,
      ],
    ];
  },
  text: ({ variant, diffusion }) => [
    `${diffusion.steps} steps`,
    projectorText(variant),
    ...(hasR(variant) ? [variant.cycle ? 'cycle' : 'no cycle term'] : []),
    ...(hasR(variant) && variant.r === 'frozen' ? ['R frozen'] : []),
  ],
  memory: (settings) => {
    const { widths, variant, generator, discriminator } = settings;
    const plane = planeBytes(settings);
    const { held, passing } = rMemory(settings);
    const isJudged = judgesDiffusive(variant);
    const inD = isJudged ? PLANES.r1[discriminator] * widths.diffusive * plane : 0;
    const inG = generatorBytes(settings) + (isJudged ? PLANES.throughD * widths.diffusive * plane : 0);
    return {
      bytes: held + Math.max(passing, inD, inG),
      // Real, fake and R1.
      waiting: isJudged ? 3 * 4 * numberOfValues(discriminatorTable(settings)) : 0,
      // Of the discriminator's first block, or of the decoder's last, which reads two maps at once.
      widest: Math.max(
        isJudged ? 4 * widths.diffusive : 0,
        2 * generator.num_channels_dae * (generator.ch_mult[0] ?? 1),
        2 * widths.r,
      ),
    };
  },
};
