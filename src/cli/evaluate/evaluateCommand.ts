import { SPLITS } from '../../platform/node/trainingScans';
import { HEAD_SHARE } from '../../volume/headSlices';
import { FILTER_OPTION } from '../kit/choice';
import type { Arguments, Command } from '../kit/command';
import type { Io } from '../kit/io';
import { ENGINE_OPTIONS } from '../kit/nodeEngine';
import { JSON_OPTION } from '../kit/report';
import { evaluateModels } from './evaluateModels';
import { evaluatePair, INTENSITIES } from './evaluatePair';

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
        'threads',
      ],
      there: ['slices', 'intensity', 'data-range', 'lesion'],
    },
  },
  options: {
    slices: {
      value: 'A:B',
      text: `axial slices from A up to, but without, B (default: those that SYNTHETIC's sidecar names, else all with at least ${100 * HEAD_SHARE.evaluation} % foreground)`,
    },
    intensity: {
      value: INTENSITIES.join('|'),
      text: "score on the scale of a map, each scan by its own level; hu: -1024 to 2048 HU, which also gives errors in HU; none: values as they are (default: the sidecar's map and level, hu for CT, else none)",
    },
    'data-range': {
      value: 'N',
      text: "values as they are, with this data range of PSNR and SSIM, such as 255 (default without a map: the reference's: 1, 2 or 255 where its values lie in 0 to 1, -1 to 1 or 8 bits, else greatest less least)",
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
      several: true,
      text: 'instead of two scans: models, by id, folder, card.json or file of weights, beside the baselines',
    },
    data: {
      value: 'BIDS[,BIDS...]',
      several: true,
      text: `with --models: data sets with a column split in participants.tsv; the baselines are fitted on their train split. Outlines of lesions in derivatives/lesions, as SUB/anat/SUB_label-lesion_mask.nii.gz`,
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
    ...ENGINE_OPTIONS,
    json: JSON_OPTION,
  },
  example: 'sub-01_desc-synth_FLAIR.nii.gz sub-01_FLAIR.nii.gz --json',
  run,
};

async function run(args: Arguments, io: Io): Promise<number> {
  return args.text('models') === undefined ? evaluatePair(args, io) : evaluateModels(args, io);
}
