import type { ModelCard } from './modelCard';
import type { Weights } from './readWeights';

/** A head with some air around it, mm: what the model's square is taken to cover. */
const FIELD_OF_VIEW = 240;

/** Common ways to write BIDS suffixes. */
const SUFFIXES: Readonly<Record<string, string>> = {
  t1: 'T1w',
  t1w: 'T1w',
  t2: 'T2w',
  t2w: 'T2w',
  pd: 'PDw',
  pdw: 'PDw',
  flair: 'FLAIR',
};

/**
 * A card for weights that came without one. What weights do not tell is guessed, and `limits` says so.
 * @param sha256 of the file as dropped, 64 hex digits
 */
export function customCard(
  file: { readonly name: string; readonly bytes: number; readonly sha256: string },
  weights: Pick<Weights, 'config' | 'dtype' | 'network' | 'metadata'>,
): ModelCard {
  const { source, target, guessed } = contrasts(`${weights.network} ${file.name}`);
  const size = weights.config.image_size;
  const pixelSize = FIELD_OF_VIEW / size;
  return {
    id: `custom-${file.sha256.slice(0, 12)}`,
    version: '0',
    name: file.name,
    source,
    target,
    network: weights.config,
    weights: { file: file.name, sha256: file.sha256, dtype: cardDtype(weights.dtype), bytes: file.bytes },
    preprocessing: { plane: 'axial', pixelSize, size, intensity: 'foreground-median' },
    diffusion: diffusion(weights.metadata),
    training: { data: 'unknown', licence: 'unknown', variant: 'unknown', iterations: 0, date: 'unknown' },
    licence: 'unknown',
    metrics: { data: 'none', split: 'none', n: 0, rows: [] },
    intendedUse: 'Research only, not for clinical use.',
    limits: [
      guessed
        ? `That the model translates ${source} to ${target} is guessed from the file's name.`
        : 'Which contrasts the model translates is not known.',
      `That a pixel is ${Number(pixelSize.toFixed(3))} mm (${size} pixels over ${FIELD_OF_VIEW} mm) and that intensities are scaled by the foreground's median is guessed: the file does not say how its training images were made.`,
      'Training data, scores and licence are unknown.',
    ],
  };
}

/** The contrasts of a name such as gen_diffusive_T1w_to_FLAIR.pth. */
function contrasts(name: string): { source: string; target: string; guessed: boolean } {
  const match = /([a-z][a-z0-9]*)[-_ ]to[-_ ]([a-z][a-z0-9]*)/i.exec(name);
  if (!match) return { source: 'source', target: 'target', guessed: false };
  const [source, target] = match.slice(1).map((word) => SUFFIXES[word.toLowerCase()] ?? word);
  return { source, target, guessed: true };
}

/** The authors' arguments and the golden files hold these beside the network's configuration. */
function diffusion(metadata: Readonly<Record<string, string>>): ModelCard['diffusion'] {
  const recorded = { ...metadata, ...parseRecord(metadata.config) };
  const number = (name: string, otherwise: number): number => {
    const value = Number(recorded[name]);
    return Number.isFinite(value) && value > 0 ? value : otherwise;
  };
  return {
    steps: number('num_timesteps', 4),
    betaMin: number('beta_min', 0.1),
    betaMax: number('beta_max', 20),
    schedule: String(recorded.use_geometric) === 'true' ? 'geometric' : 'vp',
  };
}

function parseRecord(json: string | undefined): Record<string, unknown> {
  const value: unknown = json === undefined ? {} : JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A card knows three kinds; bf16, f64 and mixed ones are float32 once read. */
function cardDtype(dtype: string): ModelCard['weights']['dtype'] {
  return dtype === 'f16' || dtype === 'q8' ? dtype : 'f32';
}
