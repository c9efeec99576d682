import { foregroundMask } from '../engine/metrics/foreground';
import { BONE_HU, type HounsfieldErrors, hounsfieldErrors } from '../engine/metrics/hounsfield';
import { BadRequest } from '../errors';
import {
  foregroundThreshold,
  INTENSITY_MAPS,
  type IntensityFrame,
  type IntensityMap,
  intensityFrame,
  looksLikeHu,
  referenceFrame,
  toUnitRange,
} from '../volume/intensity';
import { gridText, sameGrid } from '../volume/resample';
import type { Volume } from '../volume/volume';
import type { Arguments, Command } from './command';
import { type EvaluationReport, evaluateSlices, type Spread } from './evaluate';
import { headSlices } from './headSlices';
import type { Io } from './io';
import { oneOf, sliceRange } from './options';
import { counted, JSON_OPTION, jsonText, tableText } from './report';
import { readScan } from './scans';
import { readSidecar, type Sidecar } from './sidecar';

/** Slices with less foreground than this are left out by default: they are mostly air. */
export const LEAST_FOREGROUND = 0.08;

const INTENSITIES = [...INTENSITY_MAPS, 'none'] as const;
type Intensity = (typeof INTENSITIES)[number];

export const evaluateCommand: Command = {
  name: 'evaluate',
  summary: 'Score a synthetic scan against the real one: PSNR, SSIM and MAE, whole slice and foreground',
  positionals: ['SYNTHETIC', 'REFERENCE'],
  options: {
    slices: {
      value: 'A:B',
      text: `axial slices from A up to, but without, B (default: those that SYNTHETIC's sidecar names, else all with at least ${100 * LEAST_FOREGROUND} % foreground)`,
    },
    intensity: {
      value: INTENSITIES.join('|'),
      text: "map to [0, 1], each scan by its own level; hu: -1024 to 2048 HU, which also gives errors in HU; none: they are in [0, 1] already (default: the sidecar's map and level, hu for CT, else foreground-p99.5)",
    },
    json: JSON_OPTION,
  },
  example: 'sub-01_desc-synth_FLAIR.nii.gz sub-01_FLAIR.nii.gz --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  const [syntheticPath, referencePath] = args.positionals;
  const asked = args.text('intensity') === undefined ? undefined : oneOf(args, 'intensity', INTENSITIES);
  const synthetic = await readScan(syntheticPath);
  const reference = await readScan(referencePath);
  if (!sameGrid(synthetic, reference)) {
    throw new BadRequest(
      `${syntheticPath}, ${referencePath}: must lie on the same grid, got ${gridText(synthetic)} and ${gridText(reference)}; resample one to the other first`,
    );
  }
  const sidecar = await readSidecar(syntheticPath);
  const intensity = intensities(asked, sidecar, synthetic, reference);
  const threshold = foregroundThreshold(reference.voxels, intensity.reference.map);
  const slices =
    sliceRange(args, reference.shape[2]) ??
    translatedSlices(sidecar, reference) ??
    headSlices(reference, LEAST_FOREGROUND);
  const foreground = foregroundMask(reference.voxels, threshold);
  const report = evaluateSlices(
    {
      shape: reference.shape,
      synthetic: toUnitRange(synthetic.voxels, intensity.synthetic),
      reference: toUnitRange(reference.voxels, intensity.reference),
      foreground,
    },
    slices,
  );
  const [ni, nj] = reference.shape;
  const hu =
    intensity.map === 'hu'
      ? hounsfieldErrors(synthetic.voxels, reference.voxels, foreground, ni * nj, slices)
      : undefined;
  if (args.has('json')) {
    const { mean, slices: bySlice } = report;
    io.out(
      jsonText({ synthetic: syntheticPath, reference: referencePath, intensity, hu, mean, slices: bySlice }),
    );
  } else {
    io.out(humanText(report, intensity.map) + (hu ? huText(hu) : ''));
  }
  return 0;
}

interface Intensities {
  map: Intensity;
  synthetic: Frame;
  reference: Frame;
}

/** Without a map values are in [0, 1]. */
type Frame = Pick<IntensityFrame, 'low' | 'high'> & Partial<Pick<IntensityFrame, 'map'>>;

function intensities(
  asked: Intensity | undefined,
  sidecar: Sidecar | null,
  synthetic: Volume,
  reference: Volume,
): Intensities {
  if (asked === 'none') {
    const unit = { low: 0, high: 1 };
    return { map: asked, synthetic: unit, reference: unit };
  }
  const frame =
    asked === undefined && sidecar
      ? sidecar.target
      : intensityFrame(synthetic.voxels, asked ?? mapOfValues(reference));
  return { map: frame.map, synthetic: frame, reference: referenceFrame(reference.voxels, frame) };
}

/** Of a result that does not say it. */
function mapOfValues({ voxels }: Volume): IntensityMap {
  return looksLikeHu(voxels) ? 'hu' : 'foreground-p99.5';
}

function huText({ whole, head, bone }: HounsfieldErrors): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  return `mean error in HU: whole ${cell(whole)}, head ${cell(head)}, bone above ${BONE_HU} HU ${cell(bone)}\n`;
}

function translatedSlices(sidecar: Sidecar | null, { shape }: Volume): number[] | undefined {
  const slices = sidecar?.slices.filter((index) => index < shape[2]);
  return slices?.length ? slices : undefined;
}

function humanText({ slices, mean }: EvaluationReport, map: string): string {
  const cell = (spread: Spread | undefined, digits: number) => {
    if (!spread) return '-';
    // The spread is no number where an image is identical to its reference: its PSNR is infinite.
    const std = spread.std === null || Number.isNaN(spread.std) ? '' : ` ± ${spread.std.toFixed(digits)}`;
    return `${spread.mean.toFixed(digits)}${std}`;
  };
  const row = (label: string, scores: Partial<Record<'psnr' | 'ssim' | 'mae', Spread>> | null) => [
    label,
    cell(scores?.psnr, 2),
    cell(scores?.ssim, 4),
    cell(scores?.mae, 4),
  ];
  return `${counted(slices.length, 'slice')}, intensities by ${map}\n${tableText([
    ['', 'PSNR dB', 'SSIM', 'MAE'],
    row('whole slice', mean.whole),
    row('foreground', mean.foreground),
    row("paper's protocol", mean.paper),
  ])}`;
}
