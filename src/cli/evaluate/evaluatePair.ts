/** `evaluate SYNTHETIC REFERENCE`: two scans on one grid. */
import { onScale, outsideOf, outsideText, rounded } from '../../engine/evaluation/dataRange';
import { evaluateSlices } from '../../engine/evaluation/evaluateSlices';
import { lesionMeasures, lesionRegions, medianWhere } from '../../engine/evaluation/lesions';
import { insideMask } from '../../engine/evaluation/masks';
import { foregroundMask } from '../../engine/evaluation/metrics/foreground';
import { hounsfieldErrors } from '../../engine/evaluation/metrics/hounsfield';
import { missingText, slicesText } from '../../engine/evaluation/missingText';
import { type PairScale, pairScale } from '../../engine/evaluation/pairScale';
import { namedSlices } from '../../engine/evaluation/slicesToScore';
import { atOnce } from '../../engine/pieces';
import { BadRequest } from '../../errors';
import { openGiven } from '../../platform/node/files';
import { readScan } from '../../platform/node/scans';
import type { ScanFile } from '../../volume/formats/scanFormat';
import { HEAD_SHARE } from '../../volume/headSlices';
import { foregroundThreshold, INTENSITY_MAPS } from '../../volume/intensity';
import { askedVolume } from '../../volume/oneVolume';
import { needSameGrid } from '../../volume/resample';
import { scoredNames } from '../../volume/scoredNames';
import { sidecarName } from '../../volume/sidecar';
import { volumeOf } from '../kit/choice';
import type { Arguments } from '../kit/command';
import { slicesToScoreOf } from '../kit/headSlices';
import { type Io, saying } from '../kit/io';
import { decimal, oneOf, optional, sliceRange } from '../kit/options';
import { jsonText } from '../kit/report';
import { readMask } from './lesionMasks';
import { huText, lesionText, scoresText } from './pairTable';
import { readSidecar, type Sidecar } from './sidecar';

export const INTENSITIES = [...INTENSITY_MAPS, 'none'] as const;

export async function evaluatePair(args: Arguments, io: Io): Promise<number> {
  const [syntheticPath, referencePath] = args.positionals;
  const map = optional(args, 'intensity', (a, n) => oneOf(a, n, INTENSITIES));
  const range = optional(args, 'data-range', (a, n) => decimal(a, n, 1e-30, 1e38));
  if (range !== undefined && map !== undefined && map !== 'none')
    throw new BadRequest(
      `--data-range: must be given without a map, got --intensity ${map}; leave one of them out`,
    );
  const synthetic = await chosenVolume(syntheticPath, args, 'volume', io);
  const reference = await chosenVolume(referencePath, args, 'reference-volume', io);
  needSameGrid({ name: syntheticPath, ...synthetic.image }, { name: referencePath, ...reference.image });
  for (const [path, { image }] of [
    [syntheticPath, synthetic],
    [referencePath, reference],
  ] as const)
    if (!image.voxels.some(Number.isFinite))
      throw new BadRequest(`${path}: must have numbers to score, got NaN or infinity in every voxel`);
  const sidecar = await readSidecar(syntheticPath);
  const made = sidecar?.target;
  const storedAs = reference.describe().dtype;
  const scale = pairScale(synthetic.image, reference.image, { range, map, made, storedAs });
  if (!scale)
    throw new BadRequest(
      `${referencePath}: must not be constant, got one value in all voxels that are numbers; there is nothing to score against`,
    );

  const { shape } = reference.image;
  const area = shape[0] * shape[1];
  const chosen = slicesOf(args, sidecar, reference);
  const { slices } = chosen;
  const threshold = foregroundThreshold(reference.image.voxels, scale.reference.map);
  const foreground = foregroundMask(reference.image.voxels, threshold);
  const pair = {
    shape,
    synthetic: onScale(synthetic.image.voxels, scale.synthetic),
    reference: onScale(reference.image.voxels, scale.reference),
    foreground,
    inside: atOnce(insideMask(foreground, shape)),
  };
  const report = evaluateSlices(pair, slices);
  const unscored = missingText(report.slices, { synthetic: syntheticPath, reference: referencePath });
  const scored = report.slices.filter(({ missing }) => !missing).map(({ index }) => index);
  if (scored.length === 0) throw new BadRequest(`${unscored}; choose other slices, or replace such values`);
  const warnings = [
    ...scoredNames(syntheticPath, referencePath, sidecar?.made),
    ...(unscored === null ? [] : [unscored]),
    ...outsideWarnings(synthetic, reference, scale, area, scored),
    ...(scale.warning === null ? [] : [scale.warning]),
    ...unitWarnings(pair, scale, scored),
  ];
  const hu =
    scale.map === 'hu'
      ? hounsfieldErrors(synthetic.image.voxels, reference.image.voxels, foreground, area, scored)
      : undefined;
  const maskPath = args.text('lesion');
  const lesion =
    maskPath === undefined
      ? null
      : atOnce(
          lesionMeasures(
            pair.synthetic,
            pair.reference,
            atOnce(lesionRegions(await readMask(maskPath, reference), foreground, shape, scored)),
          ),
        );

  const { map: by, synthetic: ofSynthetic, reference: ofReference, dataRange } = scale;
  const intensity = { map: by, synthetic: ofSynthetic, reference: ofReference };
  for (const warning of warnings) io.err(`${warning}\n`);
  if (args.has('json')) {
    const { mean, slices: bySlice } = report;
    const names = { synthetic: syntheticPath, reference: referencePath };
    const scores = {
      mean,
      scored: scored.length,
      empty: chosen.empty,
      ...(lesion && { lesion }),
      slices: bySlice,
    };
    io.out(jsonText({ ...names, intensity, dataRange, warnings, hu, ...scores }));
  } else {
    io.out(`${chosen.text}; ${dataRange.text}\n${scoresText(report)}${hu ? huText(hu) : ''}`);
    if (lesion) io.out(lesionText(lesion));
  }
  return 0;
}

/** A scan of one volume, or the one that is asked for. @throws BadRequest for one of several that nobody chose */
function chosenVolume(path: string, args: Arguments, option: string, io: Io): Promise<ScanFile> {
  const asked = askedVolume(path, volumeOf(args, option), `choose one by --${option}`);
  return readScan(path, asked, saying(io), openGiven);
}

/** Which count, and how they were chosen. */
function slicesOf(
  args: Arguments,
  sidecar: Sidecar | null,
  reference: ScanFile,
): { slices: number[]; empty?: number[]; text: string } {
  const count = reference.image.shape[2];
  const told = (slices: number[], why: string) => ({
    slices,
    text: `${slices.length} of ${count} slices${why}`,
  });
  const asked = sliceRange(args, count);
  if (asked) return told(asked, ', those asked for');
  const translated = sidecar ? translatedSlices(sidecar, args.positionals[0], count) : [];
  if (translated.length > 0) return told(translated, ', those translated');
  const least = HEAD_SHARE.evaluation;
  const { head, damaged, empty } = slicesToScoreOf(reference);
  const others = empty.length > 0 ? `; of the others the reference is constant in ${slicesText(empty)}` : '';
  const text = `${head.length} of ${count} slices with at least ${100 * least} % foreground${others}`;
  return { slices: namedSlices(head, damaged), empty, text };
}

function translatedSlices({ slices }: Sidecar, path: string, count: number): number[] {
  const beyond = slices.find((index) => index >= count);
  if (beyond !== undefined)
    throw new BadRequest(
      `${sidecarName(path)}: TranslatedSlices must be below ${count}, the scan's number of slices, got ${beyond}; it is of another scan: delete or repair it`,
    );
  return [...slices];
}

/** Values that neither scale nor range covers: they count as they are. */
function outsideWarnings(
  synthetic: ScanFile,
  reference: ScanFile,
  { within }: PairScale,
  area: number,
  slices: readonly number[],
): string[] {
  const images = [
    ['synthetic image', synthetic, within.synthetic],
    ['reference', reference, within.reference],
  ] as const;
  return images.flatMap(([name, { image }, ends]) => {
    const outside = outsideOf(onScale(image.voxels, ends), area, slices);
    return outside
      ? [`${name}: outside of the data range are ${outsideText(outside, ends)}; they count as they are`]
      : [];
  });
}

/** One unit or two? Only images as they are can differ by that. */
function unitWarnings(
  pair: Parameters<typeof evaluateSlices>[0],
  { map, dataRange }: PairScale,
  slices: readonly number[],
): string[] {
  if (map !== 'none') return [];
  const area = pair.shape[0] * pair.shape[1];
  // Slices that were not translated are no other unit.
  const counted = new Uint8Array(pair.foreground.length);
  for (const slice of slices) {
    const [from, to] = [slice * area, (slice + 1) * area];
    counted.set(pair.foreground.subarray(from, to), from);
  }
  const [made, real] = [pair.synthetic, pair.reference].map((image) => medianWhere(image, counted));
  if (made === null || real === null || (made > real / FAR_APART && made < real * FAR_APART)) return [];
  const own = (value: number) => rounded(value * dataRange.value);
  return [
    `the reference's foreground has a median of ${own(real)}, the synthetic image there ${own(made)}: if their units differ, map each by its own level, such as by --intensity foreground-p99.5`,
  ];
}

/** Contrasts of one scale differ by less; scans in other units by more. */
const FAR_APART = 3;
