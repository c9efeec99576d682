/** A run's network as a model: safetensors and its card. */
import type { ModelIntensity } from '../../volume/intensity';
import { cardPsnr, identicalNote } from '../cards/cardPsnr';
import type { ModelCard } from '../cards/modelCard';
import { VALIDATION_LIMIT } from '../cards/scoreLimits';
import { counted } from '../counted';
import type { StateDict } from '../formats/namedTensor';
import { sha256 } from '../formats/sha256';
import { trainingOf } from '../methods';
import { encodeWeights } from '../models/convertWeights';
import { checkFinite } from '../networks/checkState';
import type { RunFacts } from './checkpoint';
import type { RunHistory } from './reports';
import { mapOfSide, type TrainSettings, variantText } from './settings';
import { type Direction, sidesOf } from './sides';
import { isUnconditional } from './variant';

/** What the run does not know of itself. */
export interface ExportFacts {
  /** YYYY-MM-DD. */
  date: string;
  /** What it was trained on, in words; and the licence of these scans. */
  data: string;
  licence: string;
  /** Iterations done. */
  step: number;
  history: RunHistory;
  /** Models that it started from: their licences go on. */
  start: RunFacts['start'];
  /** Of the training scans. */
  inputs: RunFacts['inputs'];
}

/** Where the user says nothing of it. */
export const OWN_LICENCE = "as the training scans' owner decides";

/**
 * @param state the networks that translate, averaged (its method's `translates`)
 * @returns float32 weights, and a card that names their hash
 */
export async function exportModel(
  settings: TrainSettings,
  direction: Direction,
  state: StateDict,
  facts: ExportFacts,
): Promise<{ card: ModelCard; weights: Uint8Array }> {
  const { contrasts, size, pixelSize } = settings;
  const { source, target } = sidesOf(direction);
  const training = trainingOf(settings);
  const config = training.network(settings);
  checkFinite(state);
  const weights = encodeWeights({ state, config }, 'f32');
  const networks = training.translates(direction);
  const before = facts.start.find((one) => networks.includes(one.network));
  const hash = await sha256(weights);
  const [from, to] = [contrasts[source], contrasts[target]];
  const id = `${from}-to-${to}-${hash.slice(0, 8)}`.toLowerCase();
  const isSourceless = isUnconditional(settings.variant);
  const made = isSourceless ? `${to} of noise alone` : `${from} to ${to}`;
  const inputs = facts.inputs?.[source];
  const scores = metrics(facts.history, direction);
  const card: ModelCard = {
    id,
    version: '1',
    name: `${made}, trained here (${counted(facts.step, 'iteration')})`,
    source: from,
    target: to,
    network: config,
    weights: { file: `${id}.safetensors`, sha256: hash, dtype: 'f32', bytes: weights.length },
    preprocessing: { plane: 'axial', pixelSize, size, ...intensityOf(settings, direction) },
    diffusion: training.diffusion(settings),
    training: {
      data: facts.data,
      licence: facts.licence,
      variant: `${variantText(settings)}${before ? `; started from ${before.name}` : ''}`,
      iterations: facts.step,
      date: facts.date,
    },
    ...(inputs ? { inputs: { data: facts.data, ...inputs } } : {}),
    licence: weightsLicence(facts),
    metrics: scores,
    intendedUse: 'Research only, not for clinical use.',
    limits: [
      'Trained on the scans named above: other scanners, ages and diseases are outside of it.',
      ...(isSourceless ? ['Unconditional: it makes images of noise alone and translates nothing.'] : []),
      ...(scores.rows.length > 0 ? [VALIDATION_LIMIT] : []),
    ],
  };
  return { card, weights };
}

function intensityOf(settings: TrainSettings, direction: Direction): ModelIntensity {
  const sides = sidesOf(direction);
  const [source, target] = [mapOfSide(settings, sides.source), mapOfSide(settings, sides.target)];
  const { huEnds } = settings;
  return {
    intensity: source === target ? source : { source, target },
    ...(huEnds && { huEnds }),
  };
}

/** Of the scans and of the models that it started from. */
function weightsLicence({ licence, start }: ExportFacts): string {
  const all = [licence, ...start.map((one) => `${one.licence} (from ${one.name})`)];
  return [...new Set(all)].join('; ');
}

/** The latest validation; without one the card says that nothing was measured. */
function metrics({ validations }: RunHistory, direction: Direction): ModelCard['metrics'] {
  const last = validations.at(-1);
  const found = last?.directions.find((one) => one.direction === direction);
  if (!last || !found)
    return { data: 'none', split: 'none', n: 0, rows: [], note: 'The run was not validated.' };
  const row = (label: string, part: 'whole' | 'foreground') => {
    const [own, copy] = [found[part], found.copy[part]];
    if (!own) return [];
    const beside = copy && { psnrCopy: cardPsnr(copy.psnr) };
    return [{ label, ...own, psnr: cardPsnr(own.psnr), ...beside }];
  };
  const means = [found.whole, found.foreground, found.copy.whole, found.copy.foreground];
  const psnrs = means.map((mean) => mean?.psnr);
  return {
    data: `${found.n} validation slices`,
    split: 'validation',
    n: found.n,
    rows: [...row('whole slice', 'whole'), ...row('foreground', 'foreground')],
    note: `After iteration ${last.step}, on the model's own grid, both images clipped to [0, 1] by the intensity map, data range 1; n counts slices.${identicalNote(psnrs)}`,
  };
}
