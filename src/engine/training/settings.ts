/** Everything that decides the numbers of a training run: plain data, stored with every checkpoint and told on the card. */
import { BadRequest } from '../../errors';
import {
  choose,
  each,
  flag,
  type Infer,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  record,
  refine,
  text,
  within,
} from '../../schema';
import {
  HU_ENDS_FIELD,
  type IntensityMap,
  intensityMaps,
  mapOfContrast,
  mapOrMaps,
  type RelativeMap,
} from '../../volume/intensity';
import type { ModelCard } from '../cards/modelCard';
import { PAPER_SCHEDULE, SCHEDULE } from '../diffusion/schedule';
import { METHOD_IDS, type MethodId, methodOf, trainingOf } from '../methods';
import { optionRules, optionsIn, optionsOf, optionValues, readOptions } from '../methods/options';
import { PAPER_GENERATOR } from '../networks/ncsnpp/config';
import { parseConfig } from '../networks/ncsnpp/parse';
import { SIDES, type Side } from './sides';
import { hasDiscriminators, isUnconditional, PAPER_VARIANT, VARIANT, type Variant } from './variant';

export const PRESET_NAMES = ['tiny', 'small', 'base', 'paper'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Kinds of values only: what they must be to each other `checkSettings` says. */
const SETTINGS = object({
  // Chosen late: the methods import this file.
  method: choose<MethodId>(() => oneOf(METHOD_IDS)),
  preset: oneOf(PRESET_NAMES),
  /** BIDS suffixes of the two contrasts, e.g. "T1w" and "FLAIR". */
  contrasts: each(SIDES, text()),
  /** Side of the square images, pixels, and of a pixel, mm. */
  size: number(),
  pixelSize: number(),
  /** Side of the squares that are cut out of the slices at random and trained on, pixels; whole slices where it is not given. */
  crop: optional(number()),
  /** One map for both contrasts, or one each. */
  intensity: mapOrMaps(SIDES),
  /** As on a card: of the map `hu`, where they are not the usual ones. */
  huEnds: HU_ENDS_FIELD,
  generator: refine(record, (config, at) => parseConfig(config, within(at).subject)),
  /** The diffusive discriminator's form: 'small' is the authors' for images of 64 and less. */
  discriminator: oneOf(['large', 'small']),
  /** Base widths of R, the PatchGAN and the diffusive discriminators, and the last one's time embedding. */
  widths: each(['r', 'patch', 'diffusive', 'timeEmbedding'], number()),
  variant: VARIANT,
  diffusion: SCHEDULE,
  /** Slices of each contrast an iteration. */
  batch: number(),
  /** Iterations; the learning rates fall over them as half a cosine to `least`. */
  iterations: number(),
  rates: each(['generators', 'discriminators', 'least'], number()),
  /** All that the method alone has (methods/options.ts). */
  options: mapOf(number()),
  ema: number(),
  augmentation: each(['mirror', 'geometry', 'intensity'], flag),
  seed: number(),
  /** Run each residual block again in the backward pass instead of keeping its insides: less memory, about a third more work. */
  recompute: flag,
});
export type TrainSettings = Infer<typeof SETTINGS>;

/**
 * As a run keeps them, of former versions, too: these named no method, and a switch of the variant told R alone; and all methods had
 * SynDiff's weights.
 */
export const STORED_SETTINGS = refine(record, (stored, at) => {
  const { variant } = stored;
  const isR = (variant as { diffusion?: unknown } | null | undefined)?.diffusion === false;
  const method = stored.method ?? (isR ? 'resnet' : 'syndiff');
  const options = stored.options ?? formerOptions(method, stored);
  const settings = SETTINGS.read({ ...stored, method, options }, at);
  return {
    ...settings,
    options: readOptions(settings.method, settings.options, { ...within(at), name: 'options' }),
  };
});

function formerOptions(method: unknown, { weights, r1 }: Readonly<Record<string, unknown>>): object {
  const { l1, cycle } = (weights ?? {}) as Record<string, unknown>;
  const { gamma, every } = (r1 ?? {}) as Record<string, unknown>;
  const ofR = { 'weight-cycle': cycle };
  return method === 'syndiff' ? { ...ofR, 'weight-l1': l1, 'r1-gamma': gamma, 'r1-every': every } : ofR;
}

/**
 * What a method needs of a variant: one that may be trained without a source needs pairing and direction only where it has one.
 */
export function neededOf(method: MethodId, variant: Pick<Variant, 'pairing'>): Readonly<Partial<Variant>> {
  const { needs, unconditional } = trainingOf({ method });
  if (!unconditional || !isUnconditional(variant)) return needs;
  const { pairing: _, direction: __, ...others } = needs;
  return others;
}

/**
 * The same by another method: an option that both have stays, and so do the rates of methods that share a course; its variant is one
 * that it can have.
 */
export function withMethod(settings: TrainSettings, method: MethodId): TrainSettings {
  const { rates: to } = trainingOf({ method });
  const from = trainingOf(settings).rates;
  const fresh = presetSettings(settings.preset, settings.contrasts);
  const shared = optionsOf(settings.method).filter((option) => optionsOf(method).includes(option));
  const kept = Object.fromEntries(shared.map(({ id }) => [id, settings.options[id]]));
  return {
    ...settings,
    method,
    options: optionValues(method, kept),
    rates: from.usual === to.usual ? settings.rates : (to.usual ?? fresh.rates),
    variant: { ...settings.variant, ...neededOf(method, settings.variant) },
  };
}

/** As a run has them: of an unconditional one A's contrast is both, and B is made. */
export function settingsOfRun(settings: TrainSettings): TrainSettings {
  const { contrasts, variant } = settings;
  if (!isUnconditional(variant)) return settings;
  return {
    ...settings,
    contrasts: { a: contrasts.a, b: contrasts.a },
    intensity: mapOfSide(settings, 'a'),
    variant: { ...variant, direction: 'aToB' },
  };
}

/** The networks of a preset: base width and image side. */
const PRESETS: Record<
  PresetName,
  { size: number; pixelSize: number; width: number; zEmb: number; levels: number[]; recompute: boolean }
> = {
  tiny: { size: 64, pixelSize: 3.75, width: 16, zEmb: 64, levels: [1, 2, 2], recompute: false },
  small: { size: 128, pixelSize: 1.875, width: 32, zEmb: 128, levels: [1, 1, 2, 2, 4, 4], recompute: true },
  base: { size: 256, pixelSize: 0.9375, width: 32, zEmb: 256, levels: [1, 1, 2, 2, 4, 4], recompute: true },
  paper: { size: 256, pixelSize: 0.9375, width: 64, zEmb: 256, levels: [1, 1, 2, 2, 4, 4], recompute: true },
};

/** As the authors train. */
const PAPER_COURSE = {
  iterations: 2000,
  rates: { generators: 1.6e-4, discriminators: 1e-4, least: 1e-5 },
  ema: 0.999,
};

/** `tiny` is a demonstration of minutes: with the paper's rates and average it would show nothing before thousands of iterations. */
const DEMONSTRATION = {
  iterations: 400,
  rates: { generators: 1e-3, discriminators: 2e-4, least: 1e-5 },
  ema: 0.98,
};

/**
 * For going on from a model on pairs, by L1 alone: the model knows heads and has the contrast of another scanner to learn, which
 * takes minutes, not days. The average spans the last iterations only: the paper's would still be where the run began. Measured
 * in docs/MEASUREMENTS.md, "Fine-tune".
 */
const FINE_TUNE = {
  iterations: 100,
  rates: { generators: 3e-4, discriminators: 1e-4, least: 1e-5 },
  ema: 0.95,
};

/** Side of the crops of a fine-tune, pixels: of larger images a quarter is a quarter of the work. */
const FINE_TUNE_CROP = 128;

/** The settings of a preset; everything else as in the paper (section 4 of the method page), but for `tiny`'s rates. */
export function presetSettings(preset: PresetName, contrasts: Record<Side, string>): TrainSettings {
  const { size, pixelSize, width, zEmb, levels, recompute } = PRESETS[preset];
  return {
    method: 'syndiff',
    preset,
    contrasts,
    size,
    pixelSize,
    intensity: sideMaps(contrasts, 'foreground-median'),
    generator: {
      ...PAPER_GENERATOR,
      image_size: size,
      num_channels_dae: width,
      z_emb_dim: zEmb,
      ch_mult: levels,
    },
    discriminator: size <= 64 ? 'small' : 'large',
    widths: { r: width, patch: width, diffusive: width, timeEmbedding: 256 },
    variant: PAPER_VARIANT,
    diffusion: PAPER_SCHEDULE,
    batch: 1,
    options: optionValues('syndiff'),
    augmentation: { mirror: true, geometry: true, intensity: true },
    seed: 1,
    recompute,
    ...(preset === 'tiny' ? DEMONSTRATION : PAPER_COURSE),
  };
}

/**
 * How a run that starts from a model goes: in minutes where it is told by pairs and L1 alone what to change, else as the paper
 * has it, because discriminators and R begin at random and the rates of a demonstration would undo the model.
 */
export function startCourse({
  size,
  variant,
}: Pick<TrainSettings, 'size' | 'variant'>): Pick<
  TrainSettings,
  'iterations' | 'rates' | 'ema' | 'crop' | 'recompute'
> {
  const isFineTune = variant.pairing === 'paired' && !hasDiscriminators(variant);
  const crop = isFineTune && size > FINE_TUNE_CROP ? FINE_TUNE_CROP : undefined;
  // What a crop leaves to be kept is little, and running blocks again takes time.
  return { ...(isFineTune ? FINE_TUNE : PAPER_COURSE), crop, recompute: crop === undefined && size > 64 };
}

/**
 * The settings for going on from a model that makes `card.target` from `card.source`: its contrasts, grid, network and
 * diffusion are taken over, its direction alone is trained, and the course is `startCourse`'s.
 */
export function settingsFromCard(
  settings: TrainSettings,
  card: Pick<ModelCard, 'source' | 'target' | 'network' | 'preprocessing' | 'diffusion'>,
): TrainSettings {
  const { network, diffusion } = card;
  const grid = gridOfModel(card.preprocessing);
  const { size } = grid;
  const base = withMethod(settings, network.method);
  const { needs, rates } = trainingOf(network);
  const variant: Variant = { ...base.variant, direction: 'aToB', ...needs };
  return {
    ...base,
    ...trainingOf(network).fromNetwork(base, network, diffusion),
    ...startCourse({ size, variant }),
    ...(rates.usual && { rates: rates.usual }),
    ...grid,
    contrasts: { a: card.source, b: card.target },
    discriminator: size <= 64 ? 'small' : 'large',
    variant,
  };
}

type RunGrid = Pick<TrainSettings, 'size' | 'pixelSize' | 'intensity' | 'huEnds'>;

/** How a model's scans are cut to slices: its source as contrast a, its target as b. */
export function gridOfModel(preprocessing: ModelCard['preprocessing']): RunGrid {
  const { size, pixelSize, huEnds } = preprocessing;
  const { source: a, target: b } = intensityMaps(preprocessing);
  return { size, pixelSize, huEnds, intensity: a === b ? a : { a, b } };
}

/** The intensity map of a contrast of the run. */
export function mapOfSide({ intensity }: Pick<TrainSettings, 'intensity'>, side: Side): IntensityMap {
  return typeof intensity === 'string' ? intensity : intensity[side];
}

/** How volumes of a contrast are cut to slices. */
export type SideGrid = Pick<TrainSettings, 'size' | 'pixelSize' | 'huEnds'> & { intensity: IntensityMap };

export function gridOfSide(settings: RunGrid, side: Side): SideGrid {
  const { size, pixelSize, huEnds } = settings;
  return { size, pixelSize, intensity: mapOfSide(settings, side), ...(huEnds && { huEnds }) };
}

/** The maps of two contrasts of which those in arbitrary units have the given one. */
export function sideMaps(contrasts: Record<Side, string>, relative: RelativeMap): TrainSettings['intensity'] {
  const [a, b] = SIDES.map((side) => mapOfContrast(contrasts[side], relative));
  return a === b ? a : { a, b };
}

/** Side of the images that an iteration sees, pixels: whole slices are for validation and translation. */
export const trainedSize = ({ size, crop }: Pick<TrainSettings, 'size' | 'crop'>): number => crop ?? size;

/** Whether there are discriminators, whose rate counts; whether there are moving averages. */
export const hasJudges = (settings: TrainSettings): boolean =>
  trainingOf(settings)
    .networks(settings)
    .some(({ role }) => role === 'discriminator');
export const hasAverages = (settings: TrainSettings): boolean =>
  trainingOf(settings)
    .networks(settings)
    .some(({ averaged }) => averaged);

/** One sentence that names the variant, and the method's numbers that are not the usual ones, for card and log. */
export function variantText(settings: TrainSettings): string {
  const { variant, options } = settings;
  const { pairing, direction } = variant;
  const changed = optionsIn(settings).filter(({ id, usual }) => options[id] !== usual);
  const one =
    direction === 'both' || isUnconditional(variant)
      ? []
      : [`${direction === 'aToB' ? 'A to B' : 'B to A'} only`];
  return [
    pairing,
    ...trainingOf(settings).text(settings),
    ...one,
    ...changed.map(({ id, kind }) => (kind === 'switch' ? id : `${id} ${options[id]}`)),
  ].join(', ');
}

/** A method that knows a switch in one position only is not trained with another. */
function needRules({ method, variant }: TrainSettings): (readonly [holds: boolean, sentence: string])[] {
  const needs = neededOf(method, variant);
  return (Object.keys(needs) as (keyof Variant)[]).map((name) => [
    variant[name] === needs[name],
    `${methodOf({ method }).label} ${NEED_TEXTS[name]}, got ${name} ${variant[name]}; leave that switch as it is, or choose another method`,
  ]);
}

function unconditionalRule({ method, variant, contrasts }: TrainSettings): readonly [boolean, string] {
  const isOne = variant.direction === 'aToB' && contrasts.a === contrasts.b;
  return [
    !isUnconditional(variant) || (trainingOf({ method }).unconditional === true && isOne),
    `an unconditional training must be SynDiff's or DDPM's, of one contrast as A and B, A to B; got ${methodOf({ method }).label} of ${contrasts.a} and ${contrasts.b}, direction ${variant.direction}`,
  ];
}

/** Of a method that needs a switch in one position. */
export const NEED_TEXTS: Readonly<Record<keyof Variant, string>> = {
  pairing: 'is trained on unpaired scans',
  adversarial: 'is trained by its adversarial terms',
  projector: 'has no diffusive discriminator to leave out',
  cycle: 'is trained by its cycle term',
  r: 'has no R that could be frozen',
  direction: 'is trained both ways at once',
};

/**
 * @throws BadRequest for settings that contradict each other or cannot train, one sentence that says which and what to do
 */
export function checkSettings(settings: TrainSettings): void {
  const { size, batch, iterations, rates } = settings;
  const seen = trainedSize(settings);
  const rule = (holds: boolean, sentence: string) => {
    if (!holds) throw new BadRequest(`training: ${sentence}`);
  };
  for (const [name, value] of Object.entries({ batch, iterations, size }))
    rule(Number.isInteger(value) && value > 0, `${name} must be a whole number above 0, got ${value}`);
  const least = methodOf(settings).leastSide(trainingOf(settings).network(settings));
  rule(size % least === 0, `size must be a multiple of ${least} for these networks, got ${size}`);
  rule(
    Number.isInteger(seen) && seen > 0 && seen % least === 0 && seen <= size,
    `crop must be a multiple of ${least} up to the image's ${size} pixels, got ${seen}`,
  );
  rule(
    batch <= 4 || batch % 4 === 0,
    `batch must be at most 4 or a multiple of 4 (the discriminator compares groups of 4), got ${batch}`,
  );
  const rules = [
    unconditionalRule(settings),
    ...optionRules(settings.method, settings.options),
    ...trainingOf(settings).rules(settings),
    ...needRules(settings),
  ];
  for (const [holds, sentence] of rules) rule(holds, sentence);
  rule(
    Object.values(rates).every((rate) => Number.isFinite(rate) && rate >= 0),
    `learning rates must be 0 or above, got ${Object.values(rates).join(', ')}`,
  );
}
