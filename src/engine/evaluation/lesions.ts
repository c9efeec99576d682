/**
 * What of a lesion a synthetic image keeps, and what it paints without one. All of a patient's counted slices are one volume.
 *
 *   contrast   mean of the lesion / median of the other tissue, less 1, in each image by its own median
 *   kept       contrast of the synthetic image / contrast of the real one; negative where the lesion is dark instead of bright
 *   bright     a voxel of an image is as bright as a lesion where it exceeds 1 + half the real contrast times that image's own
 *              tissue median: halfway between the real tissue and the real lesion. The same factor for both images; by the own
 *              medians, since an image that is brighter as a whole shows its lesions no better
 *   dice       of what is bright, among tissue and lesion, against the outline: real image and synthetic one
 *   falseBright  the opposite error: share of the tissue in slices without a lesion that is bright in the synthetic image, of all that
 *              is not bright in the real one (fat of the orbit is, in both); slices of neck and crown, of which less than half as
 *              much is inside of the brain as of the volume's fullest slice, do not count: their skin and coils' edges are no brain
 *
 * Tissue is the inside of the brain (`insideMask`) and, since lesions often lie at its edge or at fluid, where that mask has
 * nothing, the foreground within 8 pixels of the lesion; both less the lesion. Scalp and bone would shift the median otherwise.
 */

import { largestOf } from '../../volume/extremes';
import type { Shape3 } from '../../volume/image';
import { percentiles } from '../../volume/intensity';
import type { Pieces } from '../pieces';
import { dilateInPlane, INSIDE_RADIUS, insideMask } from './masks';
import { median } from './median';

/** A real contrast below this is no lesion that one can see: its share would be noise over noise. */
export const LEAST_CONTRAST = 0.1;

/** In the text of tables and cards. */
export const MEASURE_TEXT =
  'Contrast: mean of the lesion / median of the other tissue, less 1; kept: synthetic / real; Dice of the voxels beyond half the real contrast with the lesion; false bright: share of the tissue in slices through the brain without a lesion that is beyond it in the synthetic image alone.';

export interface LesionRegions {
  /** One byte a voxel; in slices that count only. */
  lesion: Uint8Array;
  tissue: Uint8Array;
  /** Of the tissue, that in slices through the brain without a lesion. */
  apart: Uint8Array;
}

/** A slice goes through the brain where this share of the fullest slice's inside is in it. */
const BRAIN_SHARE = 0.5;

/** @param slices axial slices that count */
export function* lesionRegions(
  lesion: Uint8Array,
  foreground: Uint8Array,
  shape: Shape3,
  slices: readonly number[],
): Pieces<LesionRegions> {
  const area = shape[0] * shape[1];
  const inside = yield* insideMask(foreground, shape);
  const near = yield* dilateInPlane(lesion, shape, INSIDE_RADIUS);
  const regions: LesionRegions = {
    lesion: new Uint8Array(lesion.length),
    tissue: new Uint8Array(lesion.length),
    apart: new Uint8Array(lesion.length),
  };
  const insides = Array.from({ length: shape[2] }, (_, k) =>
    inside.subarray(k * area, (k + 1) * area).reduce((sum, value) => sum + value, 0),
  );
  const least = BRAIN_SHARE * largestOf(insides);
  for (const k of slices) {
    const [first, end] = [k * area, (k + 1) * area];
    const isApart = insides[k] >= least && !lesion.subarray(first, end).some((value) => value > 0);
    for (let at = first; at < end; at++) {
      if (lesion[at]) regions.lesion[at] = 1;
      else if (inside[at] || (near[at] && foreground[at])) {
        regions.tissue[at] = 1;
        if (isApart) regions.apart[at] = 1;
      }
    }
    yield;
  }
  return regions;
}

export interface LesionMeasures {
  /** Null without lesion or tissue. */
  realContrast: number | null;
  syntheticContrast: number | null;
  /** Null where left out. */
  kept: number | null;
  dice: number | null;
  diceReal: number | null;
  /** Share, 0..1; null where every slice through the brain has a lesion, too. */
  falseBright: number | null;
  /** Why something is null. */
  reason?: string;
}

export function* lesionMeasures(
  synthetic: Float32Array,
  real: Float32Array,
  regions: LesionRegions,
): Pieces<LesionMeasures> {
  const ofReal = medianWhere(real, regions.tissue);
  yield;
  const ofSynthetic = medianWhere(synthetic, regions.tissue);
  yield;
  const contrast = (image: Float32Array, median: number | null) => {
    const mean = meanWhere(image, regions.lesion);
    if (mean === null || !Number.isFinite(mean) || median === null || !(median > 0)) return null;
    return mean / median - 1;
  };
  const realContrast = contrast(real, ofReal);
  const syntheticContrast = contrast(synthetic, ofSynthetic);
  yield;
  const reason = reasonOf(regions, realContrast, syntheticContrast);
  const measures = { realContrast, syntheticContrast };
  if (realContrast === null || syntheticContrast === null || realContrast < LEAST_CONTRAST)
    return { ...measures, kept: null, dice: null, diceReal: null, falseBright: null, reason };
  const from = brightFrom(realContrast);
  const [diceOfSynthetic, diceReal] = [
    dice(synthetic, from * ofSynthetic!, regions),
    dice(real, from * ofReal!, regions),
  ];
  yield;
  return {
    ...measures,
    kept: syntheticContrast / realContrast,
    dice: diceOfSynthetic,
    diceReal,
    falseBright: falseBright(yield* apartLevels(synthetic, real, regions), realContrast),
    ...(reason === undefined ? {} : { reason }),
  };
}

function brightFrom(contrast: number): number {
  return 1 + contrast / 2;
}

function reasonOf(
  { lesion, apart }: LesionRegions,
  real: number | null,
  synthetic: number | null,
): string | undefined {
  if (!lesion.includes(1)) return 'no lesion in the slices that count';
  if (real === null) return 'no other tissue to compare the lesion with';
  if (real < LEAST_CONTRAST) return `real contrast of ${real.toFixed(2)} is below ${LEAST_CONTRAST}`;
  if (synthetic === null) return 'no tissue in the synthetic image';
  if (!apart.includes(1)) return 'no slice through the brain without a lesion';
  return undefined;
}

/** Both images where no lesion is near, by their own tissue medians: to be searched for false lesions of a contrast known only later. */
export interface ApartLevels {
  synthetic: Float32Array;
  real: Float32Array;
}

export function* apartLevels(
  synthetic: Float32Array,
  real: Float32Array,
  regions: LesionRegions,
): Pieces<ApartLevels> {
  const levels = (image: Float32Array) => {
    const level = medianWhere(image, regions.tissue);
    const own = valuesWhere(image, regions.apart);
    return own.map((value) => (level !== null && level > 0 ? value / level : 0));
  };
  const ofSynthetic = levels(synthetic);
  yield;
  return { synthetic: ofSynthetic, real: levels(real) };
}

/** @param contrast of a real lesion: the head's own, or in a head without one that of others (`typicalContrast`) */
export function falseBright({ synthetic, real }: ApartLevels, contrast: number): number | null {
  const from = brightFrom(contrast);
  let [wrong, count] = [0, 0];
  for (let n = 0; n < real.length; n++) {
    if (real[n] > from) continue;
    count++;
    if (synthetic[n] > from) wrong++;
  }
  return count > 0 ? wrong / count : null;
}

/** A scan's measure, and whose it is: two visits of a person are one patient. */
type OfPatient<K extends keyof LesionMeasures> = Pick<LesionMeasures, K> & { patient: string };

/**
 * Median over the patients with a share, each by the mean of its scans: one patient's faint lesion, a share of little, must not
 * decide it. Null without any.
 */
export function shareKept(rows: readonly OfPatient<'kept'>[]): number | null {
  return medianOverPatients(rows, ({ kept }) => kept);
}

/** Median over the patients whose lesions are seen in the real image, each by the mean of those scans. Null without any. */
export function typicalContrast(rows: readonly OfPatient<'realContrast'>[]): number | null {
  return medianOverPatients(rows, ({ realContrast }) =>
    realContrast !== null && realContrast >= LEAST_CONTRAST ? realContrast : null,
  );
}

function medianOverPatients<Row extends { patient: string }>(
  rows: readonly Row[],
  measureOf: (row: Row) => number | null,
): number | null {
  const values = new Map<string, number[]>();
  for (const row of rows) {
    const value = measureOf(row);
    if (value !== null) values.set(row.patient, [...(values.get(row.patient) ?? []), value]);
  }
  const mean = (own: readonly number[]) => own.reduce((sum, value) => sum + value, 0) / own.length;
  return median([...values.values()].map(mean));
}

/** Dice's coefficient (Dice 1945) of the voxels above a threshold and the lesion. */
function dice(image: Float32Array, threshold: number, { lesion, tissue }: LesionRegions): number {
  let [both, found, outlined] = [0, 0, 0];
  for (let at = 0; at < lesion.length; at++) {
    if (lesion[at]) outlined++;
    if (!(image[at] > threshold) || !(lesion[at] || tissue[at])) continue;
    found++;
    if (lesion[at]) both++;
  }
  return (2 * both) / (found + outlined);
}

function meanWhere(values: Float32Array, mask: Uint8Array): number | null {
  let [sum, count] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    if (!mask[at]) continue;
    sum += values[at];
    count++;
  }
  return count > 0 ? sum / count : null;
}

/** Over the finite values. */
export function medianWhere(values: Float32Array, mask: Uint8Array): number | null {
  const [found] = percentiles(valuesWhere(values, mask), [50]);
  return Number.isNaN(found) ? null : found;
}

/** @param of the mask's value that counts; whatever is not 0 where left out */
export function valuesWhere(values: Float32Array, mask: Uint8Array, of?: number): Float32Array {
  const found = new Float32Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++)
    if (of === undefined ? mask[at] > 0 : mask[at] === of) found[count++] = values[at];
  return found.slice(0, count);
}
