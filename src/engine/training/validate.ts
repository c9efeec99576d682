/** What a run can translate so far: scores on its validation slices, and a few images to look at. */
import { modelPixels, screenImage } from '../../volume/modelImage';
import { foregroundMask } from '../evaluation/metrics/foreground';
import { meanScore } from '../evaluation/metrics/meanScore';
import { type Score, type SliceScores, scoreSlice } from '../evaluation/metrics/scoreSlice';
import { quickChain } from '../methods';
import type { TranslateHooks } from '../translateSlices';
import { type SliceSet, sliceImage, type TrainData } from './data';
import type { TrainingState } from './iteration';
import type { Preview, Scoring, Validation } from './reports';
import { sidesOf } from './sides';
import { trainedDirections } from './trainedDirections';
import { translateImages } from './translateImages';

/** Slices that a validation translates: enough for a curve, few enough that training goes on. */
export const VALIDATION_SLICES = 16;
/** Rows of a preview. */
const PREVIEW_ROWS = 2;

/**
 * Mean scores over the validation slices, evenly spread over them, on the model's grid: whole slice and foreground of the
 * real target, beside a copy of the source. Slices are kept as a model sees them, clipped to the intensity map; data range 1.
 * Null where the run has no aligned pairs.
 * @param onScoring told before every slice
 * @throws Aborted within one reverse step of the signal
 */
export async function validate(
  state: TrainingState,
  { validation }: Pick<TrainData, 'validation'>,
  hooks: TranslateHooks,
  onScoring: (scoring: Scoring) => void,
): Promise<Validation | null> {
  if (!validation) return null;
  const planned = trainedDirections(state.settings).map((direction) => {
    const { source, target } = sidesOf(direction);
    return { direction, source, target, chosen: evenly(validation[target].count, VALIDATION_SLICES) };
  });
  const of = planned.reduce((sum, { chosen }) => sum + chosen.length, 0);
  const directions: Validation['directions'] = [];
  let done = 0;
  const tell = () => done < of && onScoring({ step: state.step, slice: done + 1, of });
  tell();
  for (const { direction, source, target, chosen } of planned) {
    const sources = chosen.map((n) => sliceImage(validation[source], n));
    const own: Scores[] = [];
    const copy: Scores[] = [];
    for await (const image of translateImages(state, direction, sources, hooks)) {
      const n = chosen[own.length];
      copy.push(scoreAgainst(validation[target], n, sources[own.length]));
      own.push(scoreAgainst(validation[target], n, image));
      done++;
      tell();
    }
    const n = own.filter(({ missing }) => missing === null).length;
    directions.push({ direction, n, ...meanScores(own), copy: meanScores(copy) });
  }
  return { step: state.step, directions };
}

/**
 * By the method's shorter chain, where it has one. Of the validation's slices, with their targets, where there are some; else of the slices that are trained on. What is made of noise
 * alone is shown beside a real one.
 * @param onDrawing told before every picture of a method of many steps: the others are there in a moment
 */
export async function previews(
  state: TrainingState,
  { train, validation }: TrainData,
  hooks: TranslateHooks,
  onDrawing: (drawing: Scoring) => void = () => {},
): Promise<Preview[]> {
  const found: Preview[] = [];
  const isAligned = validation !== null || state.settings.variant.pairing === 'paired';
  const quick = quickChain(state.settings) ?? undefined;
  const directions = trainedDirections(state.settings);
  let done = 0;
  for (const direction of directions) {
    const { source, target } = sidesOf(direction);
    const sets = validation ?? train;
    // From inside: the first and last slices show little head.
    const chosen = evenly(sets[source].count, PREVIEW_ROWS + 2).slice(1, -1);
    const slices = chosen.length > 0 ? chosen : [0];
    const sources = slices.map((n) => sliceImage(sets[source], n));
    const rows: Preview['rows'] = [];
    const tell = () => {
      if (quick && rows.length < slices.length)
        onDrawing({ step: state.step, slice: done + 1, of: directions.length * slices.length });
    };
    tell();
    for await (const image of translateImages(state, direction, sources, hooks, quick)) {
      const at = rows.length;
      const real = isAligned ? sliceImage(sets[target], slices[at]) : null;
      rows.push({
        source: screenImage(sources[at]),
        synthetic: screenImage(modelPixels(image)),
        target: real && screenImage(real),
      });
      done++;
      tell();
    }
    found.push({ step: state.step, direction, rows });
  }
  return found;
}

type Scores = SliceScores<'foreground'>;

function scoreAgainst(reference: SliceSet, n: number, image: Float32Array): Scores {
  const real = toUnit(sliceImage(reference, n));
  const mask = foregroundMask(real, reference.foreground[n]);
  return scoreSlice(toUnit(image), real, reference.size, reference.size, mask);
}

function meanScores(scores: readonly Scores[]): Record<'whole' | 'foreground', Score | null> {
  return {
    whole: meanScore(scores.map(({ whole }) => whole)),
    foreground: meanScore(scores.map(({ foreground }) => foreground)),
  };
}

/** `most` of the numbers 0 .. count-1, or all, evenly spread. */
export function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, n) => n);
  return Array.from({ length: most }, (_, n) => Math.round((n * (count - 1)) / (most - 1)));
}

/** [-1, 1] -> [0, 1]; a chain may end a little outside, and is clipped as where a result is written. */
function toUnit(image: Float32Array): Float32Array {
  return image.map((v) => Math.min(Math.max((v + 1) / 2, 0), 1));
}
