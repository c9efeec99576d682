/** The options of `train` as settings of a run and the weights that it starts from. */
import type { ModelCard } from '../../engine/cards/modelCard';
import { METHOD_IDS, METHODS, type MethodId, quickChain, trainingOf } from '../../engine/methods';
import { isCommon, optionsIn, optionsOf } from '../../engine/methods/options';
import type { Every } from '../../engine/training/loop';
import type { RunPlan } from '../../engine/training/session';
import {
  checkSettings,
  PRESET_NAMES,
  presetSettings,
  settingsFromCard,
  sideMaps,
  type TrainSettings,
  withMethod,
} from '../../engine/training/settings';
import { otherSide, type Side } from '../../engine/training/sides';
import { type StartModel, startWeights } from '../../engine/training/startModels';
import { hasR, trainedSides, type Variant } from '../../engine/training/variant';
import { refuseUnconditional } from '../../engine/unconditional';
import { BadRequest } from '../../errors';
import { intensityMaps } from '../../volume/intensity';
import { FILTER_OPTION } from '../kit/choice';
import type { Arguments, OptionSpec } from '../kit/command';
import { type LoadedModel, loadModel } from '../kit/models';
import { ENGINE_OPTIONS } from '../kit/nodeEngine';
import { decimal, oneOf, optional, wholeNumber } from '../kit/options';
import { JSON_OPTION } from '../kit/report';
import { refuseForMethod, refuseOtherThanStart } from './trainContradictions';

const LARGEST_SEED = 2 ** 32 - 1;
const MOST_STEPS = 10_000_000;
const LARGEST_CROP = 4096;
const DIRECTIONS = { both: 'both', 'a-to-b': 'aToB', 'b-to-a': 'bToA' } as const;
const DIRECTION_NAMES = Object.keys(DIRECTIONS) as (keyof typeof DIRECTIONS)[];
const AUGMENTATIONS = ['mirror', 'geometry', 'intensity'] as const;
const RELATIVE_MAPS = ['foreground-p99.5', 'foreground-median'] as const;
const REVERSE_STEPS = ['2', '4', '8', '1000'] as const;
const START_OPTIONS = ['start', 'start-back', 'r-start', 'r-start-back'] as const;
type StartOption = (typeof START_OPTIONS)[number];

const MODEL = 'ID|FOLDER|FILE';
const SCANS = 'SCANS';

/** Those that are decided when a run begins and stay: not to be given with --resume. */
const OF_A_NEW_RUN: Record<string, OptionSpec> = {
  a: {
    value: SCANS,
    several: true,
    text: 'scans of contrast A: FOLDER, FOLDER:SUFFIX of a BIDS data set, a scan or a list of them, several with commas or one after the other; of a data set with splits those of train (required)',
  },
  b: { value: SCANS, several: true, text: 'scans of contrast B (required but for --unconditional)' },
  'val-a': {
    value: SCANS,
    several: true,
    text: 'scans of A to watch the run by, with --val-b, paired by subject (default: the val split of --a and --b, if any)',
  },
  'val-b': { value: SCANS, several: true, text: 'scans of B to watch the run by, on the grids of --val-a' },
  filter: FILTER_OPTION,
  volume: {
    value: 'N[,M]',
    text: 'which volume of scans with several, from 0; N,M: of A and of B, as of a file that holds both contrasts',
  },
  contrasts: { value: 'A,B', text: "names of the contrasts (default: the scans' BIDS suffixes)" },
  preset: {
    value: PRESET_NAMES.join('|'),
    text: 'networks and image: 64, 128, 256 and 256 pixels (default small)',
  },
  steps: { value: 'N', text: 'training iterations (default 2000; tiny 400; fine-tune 100)' },
  batch: { value: 'N', text: 'slices of each contrast an iteration: 1 to 4, or a multiple of 4 (default 1)' },
  seed: { value: 'N', text: 'decides everything that is drawn (default 1)' },
  start: {
    value: MODEL,
    text: 'go on from this A-to-B model: its contrasts, image, network and direction are taken over; with --paired and --no-adversarial a fine-tune of minutes',
  },
  'start-back': { value: MODEL, text: 'the same for B to A; with --start both directions are trained' },
  'r-start': { value: MODEL, text: 'begin with this R, A to B' },
  'r-start-back': { value: MODEL, text: 'begin with this R, B to A' },
  'freeze-r': { text: 'keep R as it starts' },
  paired: { text: 'subjects have both contrasts, aligned: train on the pairs, without R' },
  unconditional: {
    text: 'learn the images of --a alone, without a source (SynDiff, DDPM): the model draws images by `syndiff sample` and translates nothing',
  },
  'no-adversarial': { text: 'no discriminators at all: by L1 and cycle terms' },
  'l1-projector': {
    text: 'SynDiff: no diffusive discriminators, so that G learns by L1 alone; R keeps its own',
  },
  'no-cycle': { text: 'no cycle term' },
  method: {
    value: METHOD_IDS.join('|'),
    text: `what is trained: ${METHOD_IDS.map((id) => `${id}, ${METHODS[id].label}`).join('; ')} (default syndiff; of a start model, its own)`,
  },
  'no-diffusion': { text: 'the same as --method resnet' },
  'reverse-steps': { value: REVERSE_STEPS.join('|'), text: 'steps T/k of the reverse chain (default 4)' },
  direction: {
    value: DIRECTION_NAMES.join('|'),
    text: 'what is trained (default both; of a start model, its own)',
  },
  ...methodFlags(),
  'rate-generators': {
    value: 'X',
    text: 'learning rate of the generators (default 1.6e-4; tiny 1e-3; fine-tune 3e-4)',
  },
  'rate-discriminators': {
    value: 'X',
    text: 'learning rate of the discriminators (default 1e-4; tiny 2e-4)',
  },
  ema: {
    value: 'X',
    text: 'decay of the moving average that translates (default 0.999; tiny 0.98; fine-tune 0.95)',
  },
  crop: {
    value: 'N',
    text: 'train on random squares of N pixels of the slices, 0: on whole slices (default 0; fine-tune 128)',
  },
  augment: {
    value: 'LIST',
    text: `variation of the slices: none, or of ${AUGMENTATIONS.join(',')} (default all)`,
  },
  intensity: {
    value: RELATIVE_MAPS.join('|'),
    text: 'map of intensities (default foreground-median); CT has its own, hu',
  },
  'pixel-size': { value: 'MM', text: "side of the image's pixels (default: so that 240 mm are covered)" },
  data: { value: 'TEXT', text: 'for the card: what the scans are (default: their number and names)' },
  licence: { value: 'TEXT', text: 'for the card: the licence of scans and model' },
  'every-validation': {
    value: 'N',
    text: 'iterations between two validations, 0: none (default 100; 0 where a translation takes 1000 steps)',
  },
  'every-preview': { value: 'N', text: 'iterations between two previews, 0: none (default 100)' },
  'every-checkpoint': { value: 'N', text: 'iterations between two checkpoints (default 100)' },
};

export const TRAIN_OPTIONS: Record<string, OptionSpec> = {
  out: { value: 'DIR', text: 'folder for the run, its log, previews and models (required)' },
  resume: { text: "go on with --out's run from its last checkpoint" },
  eval: {
    value: 'val|test',
    text: 'after training, score the models on the pairs of this split, beside the baselines',
  },
  ...ENGINE_OPTIONS,
  json: JSON_OPTION,
  ...OF_A_NEW_RUN,
};

/** Throws BadRequest for options that a run which goes on has decided already. */
export function refuseWithResume(args: Arguments): void {
  const given = Object.keys(OF_A_NEW_RUN).find(
    (name) => args.has(name) || args.text(name) !== undefined || args.texts(name).length > 0,
  );
  if (given)
    throw new BadRequest(
      `--${given}: is decided when a run begins, got it with --resume; leave one of them out`,
    );
}

export type PlannedRun = Omit<RunPlan, 'every'>;

export const USUAL_EVERY: Every = { validation: 100, preview: 100, checkpoint: 100 };

/** @param settings where translations take many steps the run is not validated on the way unless that is asked for */
export function everyOf(args: Arguments, settings: TrainSettings): Every {
  const usual = { ...USUAL_EVERY, validation: quickChain(settings) ? 0 : USUAL_EVERY.validation };
  const of = (name: keyof Every) =>
    optional(args, `every-${name}`, (a, n) => wholeNumber(a, n, 0, MOST_STEPS)) ?? usual[name];
  return { validation: of('validation'), preview: of('preview'), checkpoint: of('checkpoint') };
}

/**
 * Settings and start weights of a new run.
 * @param found contrasts as the scans' names have them; null where they have none
 * Throws BadRequest, WeightsMismatch and as `loadModel` for options that are wrong or contradict each other.
 */
export async function planRun(args: Arguments, found: Record<Side, string | null>): Promise<PlannedRun> {
  const overrides = readOverrides(args);
  const models = await startModels(args);
  const named = args.has('unconditional') ? contrastOfOne(args, found.a) : contrastsOf(args);
  const card = startCard(models);
  checkContrasts(named, found, card);
  const contrasts = named ?? wordsOf(found, card);
  const preset = optional(args, 'preset', (a, n) => oneOf(a, n, PRESET_NAMES)) ?? 'small';
  const fresh = presetSettings(preset, contrasts);
  // What a start model's course is depends on the variant.
  const base = { ...fresh, variant: { ...fresh.variant, ...overrides.variant } };
  const started = fromModels(base, models, card);
  const settings = overridden(started, overrides, contrasts, models);
  if (card) refuseOtherThanStart(args, settings, started);
  refuseForMethod(args, settings);
  checkGiven(args, settings);
  checkFrozen(settings, models);
  const start = startOf(models);
  // Refused before the scans are read.
  startWeights(settings, start);
  return { settings, start };
}

type Models = Partial<Record<StartOption, LoadedModel>>;

async function startModels(args: Arguments): Promise<Models> {
  const models: Models = {};
  for (const option of START_OPTIONS) {
    const name = args.text(option);
    if (name === undefined) continue;
    const model = await loadModel(name, undefined, option);
    models[option] = model;
  }
  const { start, 'start-back': back } = models;
  if (start && back) {
    const grid = ({ preprocessing }: ModelCard) =>
      `${preprocessing.size} pixels of ${preprocessing.pixelSize} mm, ${Object.values(intensityMaps(preprocessing)).join(' and ')}${preprocessing.huEnds ? ` from ${preprocessing.huEnds.join(' to ')} HU` : ''}`;
    if (grid(start.card) !== grid(turned(back.card)))
      throw new BadRequest(
        `--start, --start-back: must have the same image, got ${grid(start.card)} and ${grid(turned(back.card))}; start from one of them`,
      );
  }
  return models;
}

/** The card with its contrasts exchanged, and with them their maps. */
function turned(card: ModelCard): ModelCard {
  const { source, target, preprocessing } = card;
  const maps = intensityMaps(preprocessing);
  const intensity = { source: maps.target, target: maps.source };
  return { ...card, source: target, target: source, preprocessing: { ...preprocessing, intensity } };
}

/** The start model's card as that of an A-to-B model. */
function startCard({ start, 'start-back': back }: Models): ModelCard | null {
  if (start) return start.card;
  return back ? turned(back.card) : null;
}

function fromModels(base: TrainSettings, models: Models, card: ModelCard | null): TrainSettings {
  const settings = card ? settingsFromCard(base, card) : base;
  const { start, 'start-back': back } = models;
  const direction = start && back ? 'both' : back ? 'bToA' : settings.variant.direction;
  const r = models['r-start'] ?? models['r-start-back'];
  const widths =
    r?.card.network.method === 'resnet' ? { ...settings.widths, r: r.card.network.ngf } : settings.widths;
  const { needs } = trainingOf(settings);
  return { ...settings, widths, variant: { ...settings.variant, direction, ...needs } };
}

/** Values of the options that change single settings; undefined where not given. */
function readOverrides(args: Arguments) {
  const rate = (name: string) => optional(args, name, (a, n) => decimal(a, n, 0, 1));
  return {
    iterations: optional(args, 'steps', (a, n) => wholeNumber(a, n, 1, MOST_STEPS)),
    batch: optional(args, 'batch', (a, n) => wholeNumber(a, n, 1, 64)),
    seed: optional(args, 'seed', (a, n) => wholeNumber(a, n, 0, LARGEST_SEED)),
    reverseSteps: optional(args, 'reverse-steps', (a, n) => Number(oneOf(a, n, REVERSE_STEPS))),
    direction: optional(args, 'direction', (a, n) => DIRECTIONS[oneOf(a, n, DIRECTION_NAMES)]),
    generators: rate('rate-generators'),
    discriminators: rate('rate-discriminators'),
    intensity: optional(args, 'intensity', (a, n) => oneOf(a, n, RELATIVE_MAPS)),
    pixelSize: optional(args, 'pixel-size', (a, n) => decimal(a, n, 0.1, 10)),
    ema: optional(args, 'ema', (a, n) => decimal(a, n, 0, 0.999999)),
    crop: optional(args, 'crop', (a, n) => wholeNumber(a, n, 0, LARGEST_CROP)),
    augmentation: optional(args, 'augment', augmentation),
    method: methodOption(args),
    options: ownOptions(args),
    variant: {
      ...(args.has('paired') ? { pairing: 'paired' } : {}),
      ...(args.has('unconditional') ? { pairing: 'unconditional', direction: 'aToB' } : {}),
      ...(args.has('no-adversarial') ? { adversarial: false } : {}),
      ...(args.has('l1-projector') ? { projector: 'l1' } : {}),
      ...(args.has('no-cycle') ? { cycle: false } : {}),
      ...(args.has('freeze-r') ? { r: 'frozen' } : {}),
    } as Partial<Variant>,
  };
}

/** The rules of all settings, in the words of the options where one of them was given. @throws BadRequest */
function checkGiven(args: Arguments, settings: TrainSettings): void {
  try {
    checkSettings(settings);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    const [begin, name] = /^training: ([a-z0-9-]+)(?= must )/.exec(error.message) ?? [];
    if (begin === undefined || args.texts(name).length === 0) throw error;
    throw new BadRequest(`--${name}:${error.message.slice(begin.length)}`);
  }
}

function overridden(
  settings: TrainSettings,
  o: ReturnType<typeof readOverrides>,
  contrasts: TrainSettings['contrasts'],
  models: Models,
): TrainSettings {
  const { method, diffusion } = settings;
  if (models.start && o.direction === 'bToA')
    throw new BadRequest(
      '--direction: must train what --start makes, got b-to-a; give the model as --start-back',
    );
  if (models['start-back'] && o.direction === 'aToB')
    throw new BadRequest(
      '--direction: must train what --start-back makes, got a-to-b; give the model as --start',
    );
  const base = withMethod(settings, o.method ?? method);
  const { rates } = base;
  const { reverseSteps } = trainingOf(base);
  if (o.reverseSteps !== undefined && reverseSteps.length === 0)
    throw new BadRequest(
      `--reverse-steps: must be of a method that is trained with few or many (syndiff), got it for ${base.method}; leave it out`,
    );
  const chosen = { ...base.variant, ...(o.direction && { direction: o.direction }), ...o.variant };
  const options = { ...base.options, ...o.options };
  const deciding = optionsIn({ method: base.method, variant: chosen, options }).map(({ id }) => id);
  const idle = Object.keys(o.options).find((id) => !deciding.includes(id));
  if (idle !== undefined)
    throw new BadRequest(
      `--${idle}: must be an option that decides something in this training (${deciding.map((id) => `--${id}`).join(', ')}), got one of another method, or of what is switched off; leave it out`,
    );
  return {
    ...base,
    contrasts,
    options,
    variant: chosen,
    diffusion: { ...diffusion, steps: o.reverseSteps ?? diffusion.steps },
    iterations: o.iterations ?? settings.iterations,
    batch: o.batch ?? settings.batch,
    seed: o.seed ?? settings.seed,
    rates: {
      ...rates,
      generators: o.generators ?? rates.generators,
      discriminators: o.discriminators ?? rates.discriminators,
    },
    intensity: o.intensity ? sideMaps(contrasts, o.intensity) : settings.intensity,
    pixelSize: o.pixelSize ?? settings.pixelSize,
    ema: o.ema ?? settings.ema,
    crop: o.crop === 0 ? undefined : (o.crop ?? settings.crop),
    augmentation: o.augmentation ?? settings.augmentation,
  };
}

/** Flags of the numbers that single methods have; one for several methods that call theirs alike. */
function methodFlags(): Record<string, OptionSpec> {
  const rows = METHOD_IDS.flatMap((method) => optionsOf(method).map((option) => ({ method, ...option })));
  return Object.fromEntries(
    rows.map(({ id, text, kind, usual }) => {
      const alike = rows.filter((row) => row.id === id);
      const of = alike.map(({ method }) => METHODS[method].label);
      const others = alike.filter((row) => row.usual !== usual);
      const byMethod = others.map((row) => `, ${METHODS[row.method].label} ${row.usual}`);
      return [
        id,
        {
          ...(kind === 'switch' ? { value: '[0|1]', implied: '1' } : { value: kind === 'whole' ? 'N' : 'X' }),
          text: `${isCommon({ id }) ? '' : `${of.join(', ')}: `}${text} (default ${usual}${byMethod.join('')})`,
        },
      ];
    }),
  );
}

/** Those that are given; their ranges are the settings' rules. */
function ownOptions(args: Arguments): Record<string, number> {
  const rows = METHOD_IDS.flatMap((method) => optionsOf(method));
  const given = rows.flatMap(({ id, kind, least, most }) => {
    const value = optional(args, id, (a, n) => {
      if (kind === 'switch') return Number(oneOf(a, n, ['0', '1']));
      return (kind === 'whole' ? wholeNumber : decimal)(a, n, least, most);
    });
    return value === undefined ? [] : [[id, value] as const];
  });
  return Object.fromEntries(given);
}

function methodOption(args: Arguments): MethodId | undefined {
  const method = optional(args, 'method', (a, n) => oneOf(a, n, METHOD_IDS));
  if (!args.has('no-diffusion')) return method;
  if (method !== undefined && method !== 'resnet')
    throw new BadRequest(
      `--method: must be resnet with --no-diffusion, got ${method}; leave one of them out`,
    );
  return 'resnet';
}

function augmentation(args: Arguments, name: string): TrainSettings['augmentation'] {
  const text = args.text(name) ?? '';
  const words = text === 'none' ? [] : text.split(',').map((word) => word.trim());
  if (!words.every((word) => AUGMENTATIONS.some((known) => known === word)))
    throw new BadRequest(`--${name}: must be none or of ${AUGMENTATIONS.join(', ')}, got "${text}"`);
  const has = (word: (typeof AUGMENTATIONS)[number]) => words.includes(word);
  return { mirror: has('mirror'), geometry: has('geometry'), intensity: has('intensity') };
}

function contrastsOf(args: Arguments): Record<Side, string> | null {
  const text = args.text('contrasts');
  if (text === undefined) return null;
  const [, a, b] = /^(\w+),(\w+)$/.exec(text) ?? [];
  if (!a || a === b)
    throw new BadRequest(`--contrasts: must be two different names such as T1w,FLAIR, got "${text}"`);
  return { a, b };
}

/** Of an unconditional run both contrasts are the one. */
function contrastOfOne(args: Arguments, found: string | null): Record<Side, string> {
  const name = args.text('contrasts') ?? found;
  if (name === null || !/^\w+$/.test(name))
    throw new BadRequest(
      `--contrasts: must be one name such as T1w with --unconditional, got ${name === null ? "none in the scans' names" : `"${name}"`}; give it`,
    );
  return { a: name, b: name };
}

/** Weights without a card may not know their contrasts. */
const isKnown = (card: ModelCard) => card.source !== 'source' && card.target !== 'target';

function checkContrasts(
  named: Record<Side, string> | null,
  found: Record<Side, string | null>,
  card: ModelCard | null,
): void {
  // Of one contrast alone it would be told to swap them.
  if (card) refuseUnconditional(card);
  if (named || !card || !isKnown(card)) return;
  const [a, b] = [found.a ?? card.source, found.b ?? card.target];
  if (a !== card.source || b !== card.target)
    throw new BadRequest(
      `${card.id}: its contrasts must be the scans', A and B, got ${card.source} and ${card.target} for scans of ${a} and ${b}; swap them, or name the contrasts with --contrasts`,
    );
}

function wordsOf(found: Record<Side, string | null>, card: ModelCard | null): Record<Side, string> {
  const words = card && isKnown(card) ? { a: card.source, b: card.target } : found;
  const { a, b } = words;
  if (a === null || b === null || a === b) {
    const got = a === null || b === null ? 'none in their names' : `${a} for both`;
    throw new BadRequest(
      `--contrasts: must be given where the scans' names do not tell two, got ${got}; add one for A and one for B, such as --contrasts T1w,FLAIR`,
    );
  }
  return { a, b };
}

/** The R that a frozen run needs makes the condition of what is trained: for A to B, the synthetic A. */
function checkFrozen({ variant }: TrainSettings, models: Models): void {
  if (!hasR(variant) || variant.r !== 'frozen') return;
  for (const side of trainedSides(variant)) {
    const needed = R_OPTION[otherSide(side)];
    if (!models[needed])
      throw new BadRequest(
        `--freeze-r: needs the R that makes the condition, got no --${needed}; give it, or let R be trained`,
      );
  }
}

/** By the contrast that is made. */
const R_OPTION: Record<Side, StartOption> = { a: 'r-start-back', b: 'r-start' };

function startOf(models: Models): StartModel[] {
  return START_OPTIONS.flatMap((option) => {
    const model = models[option];
    if (!model) return [];
    const { card, weights } = model;
    return {
      subject: `--${option}`,
      direction: option.endsWith('back') ? 'bToA' : 'aToB',
      as: option.startsWith('r-') ? 'r' : 'translator',
      card,
      state: weights.state,
    } as const;
  });
}
