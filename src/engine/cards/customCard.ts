import { BadRequest } from '../../errors';
import { shortName } from '../../plainText';
import { parseJson, record } from '../../schema';
import { type ModelIntensity, mapOfContrast, type RelativeMap } from '../../volume/intensity';
import { contrastOfWord } from '../../volume/nameWords';
import { methodOf, type Network } from '../methods';
import type { Weights } from '../models/readWeights';
import type { ModelCard } from './modelCard';

/** What weights do not tell and their owner may know. CT has an intensity map of its own, which need not be chosen. */
export type CustomSettings = Partial<
  Pick<ModelCard, 'source' | 'target'> &
    Pick<ModelCard['preprocessing'], 'pixelSize' | 'size'> & { intensity: RelativeMap }
>;

/** The file of weights as dropped; `sha256` in 64 lower case hex digits. */
export interface CustomFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A head with some air around it, mm: what the model's square is taken to cover. */
const FIELD_OF_VIEW = 240;

const MAPS: Readonly<Record<RelativeMap, string>> = {
  'foreground-median': "the foreground's median",
  'foreground-p99.5': "the foreground's 99.5th percentile",
};

/** The id of weights that the user brought: their own, whatever they are named and whichever card comes with them. */
export function customId(sha256: string): string {
  return `custom-${sha256.slice(0, 12)}`;
}

/**
 * A card for weights that came without one. What neither the weights nor the settings tell is guessed, and `limits` says so.
 * @throws BadRequest for a setting out of its range, or an image size (set, recorded or guessed) that the network cannot have
 */
export function customCard(
  file: CustomFile,
  weights: Pick<Weights, 'config' | 'dtype' | 'network' | 'metadata'>,
  settings: CustomSettings = {},
): ModelCard {
  const method = methodOf(weights.config);
  checkSettings(settings, weights.config);
  const recorded = { ...weights.metadata, ...recordIn(weights.metadata.config) };
  const named = contrastsOfName(`${weights.network} ${file.name}`);
  const size = settings.size ?? method.imageSize(weights.config);
  const pixelSize = settings.pixelSize ?? FIELD_OF_VIEW / size;
  const intensity = settings.intensity ?? 'foreground-median';
  const source = settings.source ?? named?.source ?? 'source';
  const target = settings.target ?? named?.target ?? 'target';
  return {
    id: customId(file.sha256),
    version: '0',
    name: shortName(file.name),
    source,
    target,
    network: weights.config,
    weights: { file: file.name, sha256: file.sha256, dtype: cardDtype(weights.dtype), bytes: file.bytes },
    preprocessing: { plane: 'axial', pixelSize, size, intensity: mapsOf({ source, target }, intensity) },
    diffusion: method.diffusion(recorded),
    training: { data: 'unknown', licence: 'unknown', variant: 'unknown', iterations: 0, date: 'unknown' },
    licence: 'unknown',
    metrics: { data: 'none', split: 'none', n: 0, rows: [] },
    intendedUse: 'Research only, not for clinical use.',
    limits: [
      ...contrastLimits(settings, named),
      ...(settings.size || recorded.image_size
        ? []
        : [`That an image is ${size} pixels wide is guessed from the network's attention.`]),
      ...(settings.pixelSize
        ? []
        : [
            `That a pixel is ${Number(pixelSize.toFixed(3))} mm (${size} pixels over ${FIELD_OF_VIEW} mm) is guessed: the file does not say how its training images were made.`,
          ]),
      ...(settings.intensity ? [] : [`That intensities are scaled by ${MAPS[intensity]} is guessed.`]),
      'Training data, scores and licence are unknown.',
    ],
  };
}

/**
 * The network is convolutional, so that its images may have any side that can be halved once a level.
 * @throws BadRequest naming `subject`
 */
export function checkSize(subject: string, size: number, network: Network): void {
  const step = methodOf(network).leastSide(network);
  if (!Number.isInteger(size) || size % step !== 0 || size < 16 || size > 1024) {
    throw new BadRequest(
      `${subject}: must be a multiple of ${step} from 16 to 1024 pixels for this network, got ${size}`,
    );
  }
}

function checkSettings(settings: CustomSettings, network: Network): void {
  for (const side of ['source', 'target'] as const) {
    const word = settings[side];
    if (word !== undefined && !/^[a-z0-9]+$/i.test(word)) {
      throw new BadRequest(
        `${side} contrast: must be letters and digits, a BIDS suffix such as T1w or FLAIR, got "${word}"`,
      );
    }
  }
  const { pixelSize, size, intensity } = settings;
  if (pixelSize !== undefined && !(pixelSize >= 0.1 && pixelSize <= 10)) {
    throw new BadRequest(`pixel size: must be from 0.1 to 10 mm, got ${pixelSize}`);
  }
  checkSize('image size', size ?? methodOf(network).imageSize(network), network);
  if (intensity !== undefined && !Object.hasOwn(MAPS, intensity)) {
    throw new BadRequest(`intensity map: must be ${Object.keys(MAPS).join(' or ')}, got ${intensity}`);
  }
}

type Contrasts = Pick<ModelCard, 'source' | 'target'>;

function mapsOf({ source, target }: Contrasts, intensity: RelativeMap): ModelIntensity['intensity'] {
  const maps = { source: mapOfContrast(source, intensity), target: mapOfContrast(target, intensity) };
  return maps.source === maps.target ? maps.source : maps;
}

/** The contrasts of a name such as gen_diffusive_T1w_to_FLAIR.pth. */
function contrastsOfName(name: string): Contrasts | null {
  const match = /([a-z][a-z0-9]*)[-_ ]to[-_ ]([a-z][a-z0-9]*)/i.exec(name);
  if (!match) return null;
  const [source, target] = match.slice(1).map((word) => contrastOfWord(word) ?? word);
  return { source, target };
}

function contrastLimits(settings: CustomSettings, named: Contrasts | null): string[] {
  const open = (['source', 'target'] as const).filter((side) => settings[side] === undefined);
  if (open.length === 0) return [];
  if (open.length === 1) {
    const [side] = open;
    return [
      named
        ? `That the model's ${side} is ${named[side]} is guessed from the file's name.`
        : `The model's ${side} contrast is not known.`,
    ];
  }
  return [
    named
      ? `That the model translates ${named.source} to ${named.target} is guessed from the file's name.`
      : 'Which contrasts the model translates is not known.',
  ];
}

/** Of a safetensors file the network's configuration; a checkpoint's argument of this name is anything. */
function recordIn(config: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return parseJson(config ?? '{}', record, { subject: 'config' });
  } catch {
    return {};
  }
}

/** A card knows three kinds; bf16, f64 and mixed ones are float32 once read. */
function cardDtype(dtype: string): ModelCard['weights']['dtype'] {
  return dtype === 'f16' || dtype === 'q8' ? dtype : 'f32';
}
