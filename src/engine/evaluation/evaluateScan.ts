/** All measures of one scan: a real pair on one grid, and what each method makes of the source. Images are in [0, 1] by the intensity map. */
import type { Image3, NamedImage } from '../../volume/image';
import {
  foregroundThreshold,
  type IntensityFrame,
  intensityFrame,
  isAbsolute,
  referenceFrame,
  thresholdOfLevels,
  toUnitRange,
  untranslated,
} from '../../volume/intensity';
import { planeView, putSlice } from '../../volume/planes';
import { needSameGrid } from '../../volume/resample';
import type { ScanMeasures } from '../../volume/scanMeasures';
import type { ModelCard } from '../cards/modelCard';
import type { RunTranslator } from '../methods/translator';
import { prepareScan } from '../prepareScan';
import { translateScan } from '../translateScan';
import type { TranslateHooks } from '../translateSlices';
import type { Baselines } from './baselines/fitBaselines';
import { brightLesions } from './brightLesions';
import { evaluateSlices, type SliceReport, spread } from './evaluateSlices';
import { type ApartLevels, apartLevels, type LesionMeasures, lesionMeasures, lesionRegions } from './lesions';
import { insideMask } from './masks';
import type { Method } from './methods';
import { foregroundMask } from './metrics/foreground';
import { type HounsfieldErrors, hounsfieldErrors } from './metrics/hounsfield';
import { psnr } from './metrics/psnr';
import { sliceChange } from './sliceChange';
import { type TissueOrder, tissueClasses, tissueOrder } from './tissueOrder';

/** A pair that is ready to be scored. */
export interface PreparedPair {
  source: Image3;
  target: Image3;
  /** Of the source. */
  measures: ScanMeasures;
  /** In [0, 1]. */
  sourceUnit: Float32Array;
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
}

/** @throws BadRequest where the two lie on different grids */
export function preparePair(
  { name: sourceName, image: source }: NamedImage,
  { name: targetName, image: target }: NamedImage,
  card: Pick<ModelCard, 'preprocessing'>,
  slices: readonly number[],
): PreparedPair {
  needSameGrid({ name: sourceName, ...source }, { name: targetName, ...target });
  const { intensity: frames, measures } = prepareScan(source, card);
  const { low, high, map } = frames.source;
  const foreground = foregroundMask(target.voxels, foregroundThreshold(target.voxels, frames.target.map));
  return {
    source,
    target,
    measures,
    sourceUnit: toUnitRange(source.voxels, frames.source),
    targetUnit: toUnitRange(
      target.voxels,
      referenceFrame((map) => intensityFrame(target.voxels, map), frames.target),
    ),
    sourceThreshold: (thresholdOfLevels(measures.levels(), map) - low) / (high - low),
    frame: frames.target,
    foreground,
    inside: insideMask(foreground, target.shape),
    slices,
  };
}

/** What needs no network. */
export function baselineImages(pair: PreparedPair, baselines: Baselines): Map<Method, Float32Array> {
  const { sourceUnit, sourceThreshold } = pair;
  const made = new Map<Method, Float32Array>([['copy', sourceUnit]]);
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
 * The synthetic image in [0, 1], as `translate` makes it by default but for the seed; slices that are not asked for are empty.
 * @param onSlice told after every slice
 * @throws Aborted within one reverse step of the signal
 */
export async function translatedUnit(
  { source, measures, frame }: PreparedPair,
  model: CardTranslator,
  slices: readonly number[],
  seed: number,
  hooks: TranslateHooks,
  onSlice: () => void,
): Promise<Float32Array> {
  const view = planeView(source, 'axial');
  const voxels = new Float32Array(source.voxels.length).fill(untranslated(frame));
  const settings = { seed, samples: 1, noise: 'shared' } as const;
  const prepared = prepareScan(source, model.card, measures);
  for await (const { index, image } of translateScan(prepared, model, slices, settings, hooks)) {
    putSlice(voxels, view, index, image);
    onSlice();
  }
  return toUnitRange(voxels, frame);
}

export interface ScanReport {
  slices: readonly number[];
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
  /** An expert's outline, or `brightLesions`. */
  by: 'outline' | 'bright';
  methods: Map<Method, LesionMeasures>;
  /** To search a head without a lesion by the contrast of others; null where it has its own. */
  apart: Map<Method, ApartLevels> | null;
}

/**
 * Scores every method's image of a pair.
 * @param contrasts BIDS suffixes
 * @param outline an expert's, one byte a voxel; null where there is none
 */
export function evaluateScan(
  pair: PreparedPair,
  images: ReadonlyMap<Method, Float32Array>,
  contrasts: { source: string; target: string },
  outline: Uint8Array | null,
): ScanReport {
  const { target, targetUnit, frame, foreground, inside, slices } = pair;
  const { shape } = target;
  const each = <T>(measure: (image: Float32Array) => T) =>
    new Map([...images].map(([method, image]) => [method, measure(image)] as const));
  const change = (image: Float32Array) => sliceChange(image, foreground, shape, slices);
  const inHounsfield = (image: Float32Array) => {
    const hu = image.map((value) => frame.low + value * (frame.high - frame.low));
    return hounsfieldErrors(hu, target.voxels, foreground, shape[0] * shape[1], slices);
  };
  const model = images.get('model');
  const classes = model ? classesOf(pair, contrasts) : null;
  return {
    slices,
    methods: each(
      (synthetic) =>
        evaluateSlices({ shape, synthetic, reference: targetUnit, foreground, inside }, slices).slices,
    ),
    change: { real: change(targetUnit), methods: each(change) },
    hounsfield: isAbsolute(frame.map) ? each(inHounsfield) : null,
    tissue: model && classes ? tissueOrder(model, targetUnit, classes) : null,
    lesions: scanLesions(pair, images, contrasts.target, outline),
  };
}

function classesOf(pair: PreparedPair, contrasts: { source: string; target: string }): Uint8Array | null {
  const { source, target, sourceUnit, targetUnit, foreground, sourceThreshold, slices } = pair;
  if (contrasts.source === 'T1w')
    return tissueClasses(sourceUnit, foregroundMask(sourceUnit, sourceThreshold), source.shape, slices);
  return contrasts.target === 'T1w' ? tissueClasses(targetUnit, foreground, target.shape, slices) : null;
}

function scanLesions(
  { target, targetUnit, foreground, slices }: PreparedPair,
  images: ReadonlyMap<Method, Float32Array>,
  contrast: string,
  outline: Uint8Array | null,
): ScanLesions | null {
  if (!outline && contrast !== 'FLAIR') return null;
  const lesion = outline ?? brightLesions(targetUnit, foreground, target.shape, target.zooms);
  const regions = lesionRegions(lesion, foreground, target.shape, slices);
  const methods = new Map(
    [...images].map(([method, image]) => [method, lesionMeasures(image, targetUnit, regions)] as const),
  );
  const hasLesion = regions.lesion.includes(1);
  const apart = new Map(
    [...images].map(([method, image]) => [method, apartLevels(image, targetUnit, regions)] as const),
  );
  return { by: outline ? 'outline' : 'bright', methods, apart: hasLesion ? null : apart };
}

/** How much chance decides: a few slices made from several seeds. */
export interface SampleSpread {
  samples: number;
  slices: readonly number[];
  /** Standard deviation over the samples, in [0, 1]: mean over the foreground of those slices. */
  voxel: number;
  /** Standard deviation over the samples of the foreground's mean PSNR, dB. */
  psnr: number;
}

/** @param samples two or more images, each as `translatedUnit` gives it */
export function sampleSpread(
  { target, targetUnit, foreground }: PreparedPair,
  samples: readonly Float32Array[],
  slices: readonly number[],
): SampleSpread {
  const area = target.shape[0] * target.shape[1];
  let [sum, count] = [0, 0];
  for (const k of slices) {
    for (let at = k * area; at < (k + 1) * area; at++) {
      if (!foreground[at]) continue;
      sum += spread(samples.map((image) => image[at])).std!;
      count++;
    }
  }
  const scores = samples.map((image) => {
    const bySlice = slices.map((k) => {
      const slice = (values: Float32Array) => values.subarray(k * area, (k + 1) * area);
      const mask = foreground.subarray(k * area, (k + 1) * area);
      return psnr(slice(image), slice(targetUnit), 1, mask);
    });
    return spread(bySlice).mean;
  });
  return { samples: samples.length, slices, voxel: sum / count, psnr: spread(scores).std! };
}
