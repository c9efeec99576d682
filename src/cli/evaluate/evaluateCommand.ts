import { type EvaluationReport, evaluateSlices, type Spread } from '../../engine/evaluation/evaluateSlices';
import {
  type LesionMeasures,
  lesionMeasures,
  lesionRegions,
  MEASURE_TEXT,
} from '../../engine/evaluation/lesions';
import { insideMask } from '../../engine/evaluation/masks';
import { foregroundMask } from '../../engine/evaluation/metrics/foreground';
import { BONE_HU, type HounsfieldErrors, hounsfieldErrors } from '../../engine/evaluation/metrics/hounsfield';
import { readScan } from '../../platform/node/scans';
import { SPLITS } from '../../platform/node/trainingScans';
import type { ScanFile } from '../../volume/formats/scanFormat';
import { HEAD_SHARE } from '../../volume/headSlices';
import type { Image3 } from '../../volume/image';
import {
  foregroundThreshold,
  INTENSITY_MAPS,
  type IntensityFrame,
  type IntensityMap,
  intensityFrame,
  looksLikeHu,
  referenceFrame,
  toUnitRange,
  voxelLevels,
} from '../../volume/intensity';
import { askedVolume } from '../../volume/oneVolume';
import { needSameGrid } from '../../volume/resample';
import { FILTER_OPTION, volumeOf } from '../kit/choice';
import type { Arguments, Command } from '../kit/command';
import { headSlicesOf } from '../kit/headSlices';
import { type Io, saying } from '../kit/io';
import { BACKEND_OPTION } from '../kit/nodeEngine';
import { oneOf, sliceRange } from '../kit/options';
import { counted, factsText, JSON_OPTION, jsonText, tableText } from '../kit/report';
import { evaluateModels } from './evaluateModels';
import { readMask } from './lesionMasks';
import { readSidecar, type Sidecar } from './sidecar';

const INTENSITIES = [...INTENSITY_MAPS, 'none'] as const;
type Intensity = (typeof INTENSITIES)[number];

export const evaluateCommand: Command = {
  name: 'evaluate',
  summary:
    'Score a synthetic scan against the real one, or models on the scans of a split: PSNR, SSIM and MAE, whole slice, foreground and inside of the brain; lesions',
  positionals: ['SYNTHETIC', 'REFERENCE'],
  instead: {
    option: 'models',
    only: {
      here: [
        'data',
        'split',
        'every',
        'limit',
        'patient',
        'filter',
        'samples-spread',
        'spread-slices',
        'card',
        'backend',
      ],
      there: ['slices', 'intensity', 'lesion'],
    },
  },
  options: {
    slices: {
      value: 'A:B',
      text: `axial slices from A up to, but without, B (default: those that SYNTHETIC's sidecar names, else all with at least ${100 * HEAD_SHARE.evaluation} % foreground)`,
    },
    intensity: {
      value: INTENSITIES.join('|'),
      text: "map to [0, 1], each scan by its own level; hu: -1024 to 2048 HU, which also gives errors in HU; none: they are in [0, 1] already (default: the sidecar's map and level, hu for CT, else foreground-p99.5)",
    },
    volume: {
      value: 'N',
      text: 'which volume of a SYNTHETIC with several, from 0; with --models: of the source scans',
    },
    'reference-volume': {
      value: 'N',
      text: 'which volume of a REFERENCE with several, from 0; with --models: of the target scans',
    },
    lesion: {
      value: 'MASK',
      text: "lesions on the scan's grid, voxels above 0: also measure what is kept of them",
    },
    models: {
      value: 'ID[,ID...]',
      text: 'instead of two scans: models, by id, card.json or file of weights, beside the baselines',
    },
    data: {
      value: 'BIDS[,BIDS...]',
      text: `with --models: data sets with a column split in participants.tsv; the baselines are fitted on their train split. Outlines of lesions in derivatives/lesions/SUB/anat/SUB_label-lesion_mask.nii.gz`,
    },
    split: { value: SPLITS.join('|'), text: 'with --models: whom to score' },
    every: {
      value: 'N',
      text: `with --models: only every N-th slice with ${100 * HEAD_SHARE.evaluation} % foreground`,
    },
    limit: { value: 'N', text: 'with --models: at most N subjects of a data set' },
    patient: {
      value: 'REGEX',
      text: "with --models: what of a subject's name says who it is, where visits are subjects of their own",
    },
    filter: { ...FILTER_OPTION, text: `with --models: ${FILTER_OPTION.text}` },
    'samples-spread': { value: 'N', text: 'with --models: also the spread over N samples' },
    'spread-slices': {
      value: 'N',
      text: 'with --samples-spread: of how many slices a scan (1 if not given)',
    },
    card: { text: "with --models: write the scores into the models' own card.json" },
    backend: BACKEND_OPTION,
    json: JSON_OPTION,
  },
  example: 'sub-01_desc-synth_FLAIR.nii.gz sub-01_FLAIR.nii.gz --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  return args.text('models') === undefined ? evaluatePair(args, io) : evaluateModels(args, io);
}

async function evaluatePair(args: Arguments, io: Io): Promise<number> {
  const [syntheticPath, referencePath] = args.positionals;
  const asked = args.text('intensity') === undefined ? undefined : oneOf(args, 'intensity', INTENSITIES);
  const { image: synthetic } = await oneVolume(syntheticPath, args, 'volume', io);
  const referenceScan = await oneVolume(referencePath, args, 'reference-volume', io);
  const { image: reference } = referenceScan;
  needSameGrid({ name: syntheticPath, ...synthetic }, { name: referencePath, ...reference });
  const sidecar = await readSidecar(syntheticPath);
  const intensity = intensities(asked, sidecar, synthetic, reference);
  const threshold = foregroundThreshold(reference.voxels, intensity.reference.map);
  const slices =
    sliceRange(args, reference.shape[2]) ??
    translatedSlices(sidecar, reference) ??
    headSlicesOf(referenceScan, HEAD_SHARE.evaluation);
  const { shape } = reference;
  const foreground = foregroundMask(reference.voxels, threshold);
  const pair = {
    shape,
    synthetic: toUnitRange(synthetic.voxels, intensity.synthetic),
    reference: toUnitRange(reference.voxels, intensity.reference),
    foreground,
    inside: insideMask(foreground, shape),
  };
  const report = evaluateSlices(pair, slices);
  const hu =
    intensity.map === 'hu'
      ? hounsfieldErrors(synthetic.voxels, reference.voxels, foreground, shape[0] * shape[1], slices)
      : undefined;
  const maskPath = args.text('lesion');
  const lesion =
    maskPath === undefined
      ? null
      : lesionMeasures(
          pair.synthetic,
          pair.reference,
          lesionRegions(await readMask(maskPath, referenceScan), foreground, shape, slices),
        );
  if (args.has('json')) {
    const { mean, slices: bySlice } = report;
    const names = { synthetic: syntheticPath, reference: referencePath };
    io.out(jsonText({ ...names, intensity, hu, mean, ...(lesion && { lesion }), slices: bySlice }));
  } else {
    io.out(humanText(report, intensity.map) + (hu ? huText(hu) : ''));
    if (lesion) io.out(lesionText(lesion));
  }
  return 0;
}

/** A scan of one volume, or the one that is asked for. @throws BadRequest for one of several that nobody chose */
function oneVolume(path: string, args: Arguments, option: string, io: Io): Promise<ScanFile> {
  const asked = askedVolume(path, volumeOf(args, option), `choose one by --${option}`);
  return readScan(path, asked, saying(io));
}

function lesionText(lesion: LesionMeasures): string {
  const { realContrast, syntheticContrast, kept, dice, diceReal, falseBright, reason } = lesion;
  const number = (value: number | null) => value?.toFixed(3) ?? '-';
  const facts = factsText([
    ['lesion contrast, real', number(realContrast)],
    ['synthetic', number(syntheticContrast)],
    ['share kept', number(kept)],
    ['Dice', `${number(dice)} (real image: ${number(diceReal)})`],
    ['false bright', number(falseBright)],
  ]);
  return `\n${facts}${reason === undefined ? '' : `left out: ${reason}\n`}${MEASURE_TEXT}\n`;
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
  synthetic: Image3,
  reference: Image3,
): Intensities {
  if (asked === 'none') {
    const unit = { low: 0, high: 1 };
    return { map: asked, synthetic: unit, reference: unit };
  }
  const frame =
    asked === undefined && sidecar
      ? sidecar.target
      : intensityFrame(synthetic.voxels, asked ?? mapOfValues(reference));
  return {
    map: frame.map,
    synthetic: frame,
    reference: referenceFrame((map) => intensityFrame(reference.voxels, map), frame),
  };
}

/** Of a result that does not say it. */
function mapOfValues({ voxels }: Image3): IntensityMap {
  return looksLikeHu(voxelLevels(voxels)) ? 'hu' : 'foreground-p99.5';
}

function huText({ whole, head, bone }: HounsfieldErrors): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  return `mean error in HU: whole ${cell(whole)}, head ${cell(head)}, bone above ${BONE_HU} HU ${cell(bone)}\n`;
}

function translatedSlices(sidecar: Sidecar | null, { shape }: Image3): number[] | undefined {
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
    row('inside the brain', mean.inside),
    row("paper's protocol", mean.paper),
  ])}`;
}
