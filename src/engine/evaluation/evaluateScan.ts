/**
 * All measures of one scan: a real pair on one grid, and what each method makes of the source. Images are on the scale of the intensity
 * map, which sends its ends to 0 and 1; the real ones are not clipped to it.
 */
import { BadRequest } from '../../errors';
import type { Image3, NamedImage } from '../../volume/image';
import {
  type IntensityFrame,
  isAbsolute,
  referenceFrame,
  thresholdOfLevels,
  toUnitRange,
  untranslated,
} from '../../volume/intensity';
import { planeView, putSlice } from '../../volume/planes';
import { needSameGrid } from '../../volume/resample';
import { type ScanMeasures, scanMeasures } from '../../volume/scanMeasures';
import type { ModelCard } from '../cards/modelCard';
import type { RunTranslator } from '../methods/translator';
import type { Pieces } from '../pieces';
import { prepareScan } from '../prepareScan';
import { type ChangeInput, translateScan } from '../translateScan';
import type { TranslateHooks } from '../translateSlices';
import type { Baselines } from './baselines/fitBaselines';
import { brightLesions } from './brightLesions';
import { type Outside, onScale, outsideOf } from './dataRange';
import { type SliceReport, scoredSlices, spread } from './evaluateSlices';
import type { LesionsBy } from './lesionRules';
import {
  type ApartLevels,
  apartLevels,
  type LesionMeasures,
  type LesionRegions,
  lesionMeasures,
  lesionRegions,
} from './lesions';
import { insideMask } from './masks';
import type { Method } from './methods';
import { foregroundMask } from './metrics/foreground';
import { type HounsfieldErrors, hounsfieldErrors } from './metrics/hounsfield';
import { countNotFinite, isConstant, type Missing } from './metrics/missing';
import { psnr } from './metrics/psnr';
import { finiteOrNull } from './metrics/scoreSlice';
import { missingText } from './missingText';
import { pixelSpread } from './pixelSpread';
import { sliceChange } from './sliceChange';
import { type TissueOrder, tissueClasses, tissueOrder } from './tissueOrder';

/** A pair that is ready to be scored. */
export interface PreparedPair {
  source: Image3;
  target: Image3;
  /** Of the source. */
  measures: ScanMeasures;
  targetMeasures: ScanMeasures;
  /** As a model sees it: clipped to [0, 1]. */
  sourceUnit: Float32Array;
  /** As they are. */
  sourceScaled: Float32Array;
  targetUnit: Float32Array;
  /** The source's foreground begins here, in [0, 1]. */
  sourceThreshold: number;
  /** Of what is made of the source. */
  frame: IntensityFrame;
  /** Of the target, one byte a voxel. */
  foreground: Uint8Array;
  inside: Uint8Array;
  /** Axial slices that count, in rising order. */
  slices: readonly number[];
  /** Why others of those asked for do not, in a sentence; null where all do. */
  unscored: string | null;
  /** Voxels of the target in those slices that lie outside of the intensity map; null without any. */
  outside: Outside | null;
}

/** A scan, and its measures where they are kept. */
export type MeasuredImage = NamedImage & { measures?: ScanMeasures };

/**
 * A slice counts where both scans are finite and the target is not constant, for all methods alike.
 * @throws BadRequest where the two lie on different grids, or no slice counts
 */
export function* preparePair(
  { name: sourceName, image: source, measures = scanMeasures(source) }: MeasuredImage,
  { name: targetName, image: target, measures: ofTarget = scanMeasures(target) }: MeasuredImage,
  card: Pick<ModelCard, 'preprocessing'>,
  slices: readonly number[],
): Pieces<PreparedPair> {
  needSameGrid({ name: sourceName, ...source }, { name: targetName, ...target });
  // Each of these looks at all voxels.
  measures.levels();
  yield;
  const { intensity: frames } = prepareScan(source, card, measures);
  yield;
  const { map: targetMap } = frames.target;
  const threshold = thresholdOfLevels(ofTarget.levels(), targetMap);
  yield;
  const { low, high, map } = frames.source;
  const foreground = foregroundMask(target.voxels, threshold);
  yield;
  const area = target.shape[0] * target.shape[1];
  const judged: { index: number; missing: Missing | null }[] = [];
  for (const index of slices) {
    judged.push({ index, missing: missingOfPair(source, target, area, index) });
    yield;
  }
  const counting = judged.flatMap(({ index, missing }) => (missing ? [] : [index]));
  const unscored = missingText(judged, { synthetic: sourceName, reference: targetName });
  if (counting.length === 0 && unscored)
    throw new BadRequest(`${unscored}; replace such values, or leave the scan out`);
  const realFrame = referenceFrame(ofTarget.frameOf, frames.target);
  yield;
  const targetUnit = yield* bySlice(target, (voxels) => onScale(voxels, realFrame));
  const sourceUnit = yield* bySlice(source, (voxels) => toUnitRange(voxels, frames.source));
  const sourceScaled = yield* bySlice(source, (voxels) => onScale(voxels, frames.source));
  return {
    source,
    target,
    measures,
    targetMeasures: ofTarget,
    sourceUnit,
    sourceScaled,
    targetUnit,
    sourceThreshold: (thresholdOfLevels(measures.levels(), map) - low) / (high - low),
    frame: frames.target,
    foreground,
    inside: yield* insideMask(foreground, target.shape),
    slices: counting,
    unscored,
    outside: outsideOf(targetUnit, area, counting),
  };
}

/** What is done to each voxel by itself, a slice after the other. */
function* bySlice(
  { shape, voxels }: Image3,
  change: (slice: Float32Array) => Float32Array,
): Pieces<Float32Array> {
  const area = shape[0] * shape[1];
  const changed = new Float32Array(voxels.length);
  for (let from = 0; from < voxels.length; from += area) {
    changed.set(change(voxels.subarray(from, from + area)), from);
    yield;
  }
  return changed;
}

/** The source stands in for what is made of it. */
function missingOfPair(source: Image3, target: Image3, area: number, index: number): Missing | null {
  const [ofSource, ofTarget] = [source, target].map(({ voxels }) =>
    voxels.subarray(index * area, (index + 1) * area),
  );
  const notFinite = { reference: countNotFinite(ofTarget), synthetic: countNotFinite(ofSource) };
  for (const image of ['reference', 'synthetic'] as const)
    if (notFinite[image] > 0) return { image, fault: 'not finite', pixels: notFinite[image] };
  return isConstant(ofTarget) ? { image: 'reference', fault: 'constant', pixels: area } : null;
}

/** What needs no network. */
export function baselineImages(pair: PreparedPair, baselines: Baselines): Map<Method, Float32Array> {
  const { sourceUnit, sourceScaled, sourceThreshold } = pair;
  const made = new Map<Method, Float32Array>([['copy', sourceScaled]]);
  if (baselines.histogramMatched)
    made.set('histogram', baselines.histogramMatched(sourceUnit, sourceThreshold));
  if (baselines.regressed) made.set('regression', baselines.regressed(sourceUnit));
  return made;
}

/** A network and its card. */
export interface CardTranslator {
  card: ModelCard;
  translator: RunTranslator;
}

/**
 * The synthetic image on the scale, as `translate` makes it by default but for the seed; slices that are not asked for are empty.
 * @param onSlice told after every slice, with its pixels as the model gives them, in the units of the target's frame
 * @param change of what the model sees (`translateScan`)
 * @throws Aborted within one reverse step of the signal
 */
export async function translatedUnit(
  { source, measures, frame }: PreparedPair,
  model: CardTranslator,
  slices: readonly number[],
  seed: number,
  hooks: TranslateHooks,
  onSlice: (index: number, image: Float32Array) => void,
  change?: ChangeInput,
): Promise<Float32Array> {
  const view = planeView(source, 'axial');
  const voxels = new Float32Array(source.voxels.length).fill(untranslated(frame));
  const settings = { seed, samples: 1, noise: 'shared' } as const;
  const prepared = prepareScan(source, model.card, measures);
  for await (const { index, image } of translateScan(prepared, model, slices, settings, hooks, change)) {
    putSlice(voxels, view, index, image);
    onSlice(index, image);
  }
  return onScale(voxels, frame);
}

export interface ScanReport {
  slices: readonly number[];
  /** As in `PreparedPair`. */
  unscored: string | null;
  outside: Outside | null;
  methods: Map<Method, readonly SliceReport[]>;
  /** Change from slice to slice (`sliceChange`). */
  change: { real: number | null; methods: Map<Method, number | null> };
  /** Of a target in Hounsfield units; else null. */
  hounsfield: Map<Method, HounsfieldErrors> | null;
  /** Null where neither contrast is T1w, or three tissues are not found. */
  tissue: TissueOrder | null;
  /** Null where there is no outline and no rule for the target. */
  lesions: ScanLesions | null;
}

export interface ScanLesions {
  by: LesionsBy;
  methods: Map<Method, LesionMeasures>;
  /** To search a head without a lesion by the contrast of others; null where it has its own. */
  apart: Map<Method, ApartLevels> | null;
}

/**
 * Scores every method's image of a pair.
 * @param contrasts BIDS suffixes
 * @param outline an expert's, one byte a voxel; null where there is none
 */
export function* evaluateScan(
  pair: PreparedPair,
  images: ReadonlyMap<Method, Float32Array>,
  contrasts: { source: string; target: string },
  outline: Uint8Array | null,
): Pieces<ScanReport> {
  const { target, targetUnit, frame, foreground, slices, unscored, outside } = pair;
  const { shape } = target;
  const each = <T>(measure: (image: Float32Array) => T) =>
    eachOf(images, (image) => oneOf(() => measure(image)));
  const change = (image: Float32Array) => sliceChange(image, foreground, shape, slices);
  const inHounsfield = (image: Float32Array) => {
    const hu = image.map((value) => frame.low + value * (frame.high - frame.low));
    return hounsfieldErrors(hu, target.voxels, foreground, shape[0] * shape[1], slices);
  };
  const model = images.get('model');
  const classes = model ? yield* classesOf(pair, contrasts) : null;
  return {
    slices,
    unscored,
    outside,
    methods: yield* eachOf(images, (image) => sliceReports(pair, image)),
    change: { real: change(targetUnit), methods: yield* each(change) },
    hounsfield: isAbsolute(frame.map) ? yield* each(inHounsfield) : null,
    tissue: model && classes ? yield* tissueOrder(model, targetUnit, classes) : null,
    lesions: yield* scanLesions(pair, images, yield* lesionsOf(pair, contrasts.target, outline)),
  };
}

function* eachOf<T>(
  images: ReadonlyMap<Method, Float32Array>,
  measure: (image: Float32Array) => Pieces<T>,
): Pieces<Map<Method, T>> {
  const found = new Map<Method, T>();
  for (const [method, image] of images) found.set(method, yield* measure(image));
  return found;
}

/** Work that is one piece. */
function* oneOf<T>(work: () => T): Pieces<T> {
  yield;
  return work();
}

/** Scores of an image's slices that count. @param image on the scale, as `onScale` gives it */
export function sliceReports(
  { target: { shape }, targetUnit, foreground, inside, slices }: PreparedPair,
  image: Float32Array,
): Pieces<readonly SliceReport[]> {
  return scoredSlices({ shape, synthetic: image, reference: targetUnit, foreground, inside }, slices);
}

function* classesOf(
  pair: PreparedPair,
  contrasts: { source: string; target: string },
): Pieces<Uint8Array | null> {
  const { source, target, sourceUnit, targetUnit, foreground, sourceThreshold, slices } = pair;
  if (contrasts.source === 'T1w')
    return yield* tissueClasses(
      sourceUnit,
      foregroundMask(sourceUnit, sourceThreshold),
      source.shape,
      slices,
    );
  return contrasts.target === 'T1w'
    ? yield* tissueClasses(targetUnit, foreground, target.shape, slices)
    : null;
}

/** Where the lesions of a pair are. */
export interface LesionsFound {
  by: LesionsBy;
  regions: LesionRegions;
}

/**
 * @param contrast BIDS suffix of the target
 * @param outline as of `evaluateScan`
 * @returns null where there is no outline and no rule for the contrast
 */
export function* lesionsOf(
  { target, targetUnit, foreground, slices }: PreparedPair,
  contrast: string,
  outline: Uint8Array | null,
): Pieces<LesionsFound | null> {
  if (!outline && contrast !== 'FLAIR') return null;
  const lesion = outline ?? (yield* brightLesions(targetUnit, foreground, target.shape, target.zooms));
  return {
    by: outline ? 'outline' : 'bright',
    regions: yield* lesionRegions(lesion, foreground, target.shape, slices),
  };
}

function* scanLesions(
  { targetUnit }: PreparedPair,
  images: ReadonlyMap<Method, Float32Array>,
  found: LesionsFound | null,
): Pieces<ScanLesions | null> {
  if (!found) return null;
  const { by, regions } = found;
  const methods = yield* eachOf(images, (image) => lesionMeasures(image, targetUnit, regions));
  const hasLesion = regions.lesion.includes(1);
  const apart = yield* eachOf(images, (image) => apartLevels(image, targetUnit, regions));
  return { by, methods, apart: hasLesion ? null : apart };
}

/** How much chance decides: a few slices made from several seeds. */
export interface SampleSpread {
  samples: number;
  slices: readonly number[];
  /** Standard deviation over the samples, in parts of the data range: mean over the foreground of those slices; null without any. */
  voxel: number | null;
  /** Standard deviation over the samples of the foreground's mean PSNR, dB; null where a sample has none. */
  psnr: number | null;
}

/** @param samples two or more images, each as `translatedUnit` gives it */
export function sampleSpread(
  { target, targetUnit, foreground }: PreparedPair,
  samples: readonly Float32Array[],
  slices: readonly number[],
): SampleSpread {
  const area = target.shape[0] * target.shape[1];
  const ofSlice = <T extends Float32Array | Uint8Array>(values: T, k: number) =>
    values.subarray(k * area, (k + 1) * area) as T;
  const voxels = slices.flatMap((k) =>
    pixelSpread(
      samples.map((image) => ofSlice(image, k)),
      ofSlice(foreground, k),
    ),
  );
  const scores = samples.map((image) => {
    const bySlice = slices.map((k) => {
      return finiteOrNull(psnr(ofSlice(image, k), ofSlice(targetUnit, k), 1, ofSlice(foreground, k)));
    });
    const found = bySlice.filter((value) => value !== null);
    return found.length > 0 ? spread(found).mean : null;
  });
  const all = scores.filter((value) => value !== null);
  return {
    samples: samples.length,
    slices,
    voxel: voxels.length > 0 ? spread(voxels).mean : null,
    psnr: all.length === samples.length ? spread(all).std : null,
  };
}
