import { foregroundMask } from '../engine/metrics/foreground';
import { BadRequest } from '../errors';
import {
  foregroundThreshold,
  INTENSITY_MAPS,
  type IntensityMap,
  intensityUpper,
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
      text: "map to [0, 1], each scan by its own level; none: they are in [0, 1] already (default: the sidecar's map and level, else foreground-p99.5)",
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
  const threshold = foregroundThreshold(reference.voxels);
  const slices =
    sliceRange(args, reference.shape[2]) ??
    translatedSlices(sidecar, reference) ??
    headSlices(reference, LEAST_FOREGROUND);
  const report = evaluateSlices(
    {
      shape: reference.shape,
      synthetic: toUnitRange(synthetic.voxels, intensity.upperSynthetic),
      reference: toUnitRange(reference.voxels, intensity.upperReference),
      foreground: foregroundMask(reference.voxels, threshold),
    },
    slices,
  );
  if (args.has('json')) {
    const { mean, slices: bySlice } = report;
    io.out(
      jsonText({ synthetic: syntheticPath, reference: referencePath, intensity, mean, slices: bySlice }),
    );
  } else {
    io.out(humanText(report, intensity.map));
  }
  return 0;
}

interface Intensities {
  map: Intensity;
  /** Values that become 1; 0 stays 0. */
  upperSynthetic: number;
  upperReference: number;
}

function intensities(
  asked: Intensity | undefined,
  sidecar: Sidecar | null,
  synthetic: Volume,
  reference: Volume,
): Intensities {
  if (asked === 'none') return { map: asked, upperSynthetic: 1, upperReference: 1 };
  const own = (volume: Volume, map: IntensityMap) => intensityUpper(volume.voxels, map);
  if (asked === undefined && sidecar) {
    const { map, upper } = sidecar.intensity;
    return { map, upperSynthetic: upper, upperReference: own(reference, map) };
  }
  const map = asked ?? 'foreground-p99.5';
  return { map, upperSynthetic: own(synthetic, map), upperReference: own(reference, map) };
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
