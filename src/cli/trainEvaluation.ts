/**
 * Scores of a run's models on aligned pairs of a split, on the scans' own grids, beside the baselines. Both images of a pair are in
 * [0, 1] by their own intensity map; slices are those of the real target with enough foreground, as `evaluate` takes them.
 */
import { basename } from 'node:path';
import { foregroundMask } from '../engine/metrics/foreground';
import type { Score } from '../engine/metrics/scoreSlice';
import { type WilcoxonResult, wilcoxonSignedRank } from '../engine/metrics/wilcoxon';
import { disposeTranslator, loadTranslator, type Translator } from '../engine/networks/translator';
import { type CheckpointIndex, type RunFiles, readAverage } from '../engine/training/checkpoint';
import type { TrainData } from '../engine/training/data';
import { resnetConfig } from '../engine/training/networks';
import type { Direction } from '../engine/training/reports';
import { hasR } from '../engine/training/settings';
import { sidesOf } from '../engine/training/translateImages';
import { scanFrames, translateScan } from '../engine/translateScan';
import { ONE_PASS } from '../engine/weights/customCard';
import type { ModelCard } from '../engine/weights/modelCard';
import { BadRequest } from '../errors';
import { foregroundThreshold, type IntensityFrame, referenceFrame, toUnitRange } from '../volume/intensity';
import { gridText, sameGrid } from '../volume/resample';
import type { Volume } from '../volume/volume';
import { type Baselines, fitBaselines } from './baselines';
import { evaluateSlices, type SliceReport, type Spread, spread } from './evaluate';
import { LEAST_FOREGROUND } from './evaluateCommand';
import { headSlices } from './headSlices';
import { counted, tableText } from './report';
import { readScan } from './scans';
import type { ScanPairPaths } from './trainData';
import type { TrainedModel } from './trainModels';

export const METHODS = ['model', 'copy', 'histogram', 'regression', 'r'] as const;
export type Method = (typeof METHODS)[number];
const PARTS = ['whole', 'foreground'] as const;
type Part = (typeof PARTS)[number];
const MEASURES = ['psnr', 'ssim', 'mae'] as const;
type Measure = (typeof MEASURES)[number];

type Spreads = Record<Measure, Spread>;
type Means = Record<Part, Spreads | null>;

export interface MethodReport {
  /** Mean and standard deviation over all slices, and over the patients' means. */
  overSlices: Means;
  overPatients: Means;
  subjects: {
    subject: string;
    scan: string;
    slices: readonly SliceReport[];
    mean: Record<Part, Score | null>;
  }[];
}

export interface DirectionReport {
  direction: Direction;
  source: string;
  target: string;
  model: string;
  patients: number;
  slices: number;
  /** Null: a run that is not paired has no regression, and a run without R, or of R alone, no R beside the model. */
  methods: Record<Method, MethodReport | null>;
  /** Subjects whose training slices the regression was fitted on. */
  regressionSubjects: number;
  /** Two-sided p of the model against each baseline, over slices; null where a difference is not finite. */
  wilcoxon: Record<Exclude<Method, 'model'>, Record<Part, Record<Measure, WilcoxonResult | null>> | null>;
}

export interface EvaluationFacts {
  index: CheckpointIndex;
  files: RunFiles;
  data: TrainData;
  aligned: readonly string[];
}

export interface EvaluationCalls {
  signal: AbortSignal;
  pause: () => Promise<void>;
  onProgress: (text: string) => void;
}

/** As `syndiff translate` does it by default. */
const TRANSLATION = { seed: 0, samples: 1, noise: 'shared' } as const;

/** @throws BadRequest where a pair lies on two grids; Aborted within one reverse step of the signal */
export async function evaluateModel(
  { direction, card, state }: TrainedModel,
  pairs: readonly ScanPairPaths[],
  { index, files, data, aligned }: EvaluationFacts,
  calls: EvaluationCalls,
): Promise<DirectionReport> {
  const { settings } = index;
  const { variant } = settings;
  const sides = sidesOf(direction);
  calls.onProgress('fitting the baselines');
  const baselines = fitBaselines(data, sides, aligned, variant.pairing === 'paired');
  const translators: { method: Method; card: ModelCard; translator: Translator }[] = [];
  const load = (method: Method, of: ModelCard, weights: typeof state) =>
    translators.push({ method, card: of, translator: loadTranslator(of.network, weights) });
  const subjects = new Map<Method, MethodReport['subjects']>();
  try {
    load('model', card, state);
    if (hasR(variant) && variant.diffusion) {
      const r = await readAverage(files, index, `r.${sides.target}`);
      load('r', { ...card, network: resnetConfig(settings), diffusion: ONE_PASS }, r);
    }
    for (const [n, pair] of pairs.entries()) {
      const [source, target] = [
        await readScan(pair[sides.source].path),
        await readScan(pair[sides.target].path),
      ];
      const scans = alignedScans(source, target, card);
      const made = baselineImages(scans, baselines);
      for (const one of translators) {
        const tell = (slice: number) =>
          calls.onProgress(
            `scoring ${card.source} to ${card.target}: subject ${n + 1} of ${pairs.length}, ${one.method}, slice ${slice} of ${scans.slices.length}`,
          );
        made.set(one.method, await translated(scans, one, { ...calls, tell }));
      }
      for (const [method, synthetic] of made) {
        const { slices } = evaluateSlices({ ...scans.reference, synthetic }, scans.slices);
        const name = basename(pair[sides.source].path);
        const { subject } = pair[sides.source];
        const row = { subject, scan: name, slices, mean: meanScores(slices) };
        subjects.set(method, [...(subjects.get(method) ?? []), row]);
        await calls.pause();
      }
    }
  } finally {
    for (const { translator } of translators) disposeTranslator(translator);
  }
  const methods = Object.fromEntries(
    METHODS.map((method) => [method, methodReport(subjects.get(method))]),
  ) as DirectionReport['methods'];
  const { model, ...others } = methods;
  return {
    direction,
    source: card.source,
    target: card.target,
    model: card.id,
    patients: new Set(pairs.map(({ a }) => a.subject)).size,
    slices: model!.subjects.reduce((sum, { slices }) => sum + slices.length, 0),
    methods,
    regressionSubjects: baselines.regressionSubjects,
    wilcoxon: Object.fromEntries(
      Object.entries(others).map(([method, report]) => [method, report && against(model!, report)]),
    ) as DirectionReport['wilcoxon'],
  };
}

interface AlignedScans {
  source: Volume;
  /** In [0, 1], and its foreground there. */
  unit: Float32Array;
  threshold: number;
  /** Of what is made of it. */
  frame: IntensityFrame;
  reference: { shape: Volume['shape']; reference: Float32Array; foreground: Uint8Array };
  slices: number[];
}

function alignedScans(source: Volume, target: Volume, card: ModelCard): AlignedScans {
  if (!sameGrid(source, target))
    throw new BadRequest(
      `${source.name}, ${target.name}: a pair must lie on the same grid, got ${gridText(source)} and ${gridText(target)}; resample one to the other first`,
    );
  const frames = scanFrames(source, card);
  const { low, high, map } = frames.source;
  return {
    source,
    frame: frames.target,
    unit: toUnitRange(source.voxels, frames.source),
    threshold: (foregroundThreshold(source.voxels, map) - low) / (high - low),
    reference: {
      shape: target.shape,
      reference: toUnitRange(target.voxels, referenceFrame(target.voxels, frames.target)),
      foreground: foregroundMask(target.voxels, foregroundThreshold(target.voxels, frames.target.map)),
    },
    slices: headSlices(target, LEAST_FOREGROUND),
  };
}

function baselineImages({ unit, threshold }: AlignedScans, baselines: Baselines): Map<Method, Float32Array> {
  const made = new Map<Method, Float32Array>([
    ['copy', unit],
    ['histogram', baselines.histogramMatched(unit, threshold)],
  ]);
  if (baselines.regressed) made.set('regression', baselines.regressed(unit));
  return made;
}

async function translated(
  { source, frame, slices }: AlignedScans,
  model: { card: ModelCard; translator: Translator },
  { signal, pause, tell }: EvaluationCalls & { tell: (slice: number) => void },
): Promise<Float32Array> {
  const area = source.shape[0] * source.shape[1];
  const voxels = new Float32Array(source.voxels.length);
  let done = 0;
  tell(1);
  for await (const { index, image } of translateScan(source, model, slices, TRANSLATION, { signal, pause })) {
    voxels.set(image, index * area);
    done++;
    if (done < slices.length) tell(done + 1);
  }
  return toUnitRange(voxels, frame);
}

function meanScores(slices: readonly SliceReport[]): Record<Part, Score | null> {
  const mean = (part: Part): Score | null => {
    const scores = slices.flatMap((slice) => slice[part] ?? []);
    if (scores.length === 0) return null;
    const of = (measure: Measure) => spread(scores.map((score) => score[measure])).mean;
    return { psnr: of('psnr'), ssim: of('ssim'), mae: of('mae') };
  };
  return { whole: mean('whole'), foreground: mean('foreground') };
}

function methodReport(subjects: MethodReport['subjects'] | undefined): MethodReport | null {
  if (!subjects) return null;
  const slices = subjects.flatMap((subject) => subject.slices);
  const means = (scores: readonly Record<Part, Score | null>[]): Means => ({
    whole: spreads(scores.flatMap(({ whole }) => whole ?? [])),
    foreground: spreads(scores.flatMap(({ foreground }) => foreground ?? [])),
  });
  return { overSlices: means(slices), overPatients: means(patientMeans(subjects)), subjects };
}

/** A patient with several scans counts once. */
function patientMeans(subjects: MethodReport['subjects']): Record<Part, Score | null>[] {
  const slices = new Map<string, SliceReport[]>();
  for (const one of subjects) slices.set(one.subject, [...(slices.get(one.subject) ?? []), ...one.slices]);
  return [...slices.values()].map(meanScores);
}

function spreads(scores: readonly Score[]): Spreads | null {
  if (scores.length === 0) return null;
  const of = (measure: Measure) => spread(scores.map((score) => score[measure]));
  return { psnr: of('psnr'), ssim: of('ssim'), mae: of('mae') };
}

/** Whether a slice has a foreground is the reference's matter, so that the lists are of the same slices. */
function against(model: MethodReport, other: MethodReport) {
  const values = ({ subjects }: MethodReport, part: Part, measure: Measure) =>
    subjects.flatMap(({ slices }) => slices.flatMap((slice) => slice[part]?.[measure] ?? []));
  const test = (part: Part, measure: Measure): WilcoxonResult | null => {
    const [own, theirs] = [values(model, part, measure), values(other, part, measure)];
    const areFinite = own.length > 0 && own.every((value, n) => Number.isFinite(value - theirs[n]));
    return areFinite ? wilcoxonSignedRank(own, theirs) : null;
  };
  const tests = (part: Part) =>
    ({ psnr: test(part, 'psnr'), ssim: test(part, 'ssim'), mae: test(part, 'mae') }) as const;
  return { whole: tests('whole'), foreground: tests('foreground') };
}

/** The card's table: a row a scan, of the whole slices, as the shipped cards have it. */
export function cardMetrics(
  report: DirectionReport,
  split: string,
  data: string,
  step: number,
): ModelCard['metrics'] {
  const { model, copy } = report.methods;
  const names = model!.subjects.map(({ subject }) => subject);
  const rows = model!.subjects.map(({ subject, scan, mean }, n) => {
    const { psnr, ssim, mae } = mean.whole!;
    const isOnly = names.indexOf(subject) === names.lastIndexOf(subject);
    const psnrCopy = Math.min(copy!.subjects[n].mean.whole!.psnr, 200);
    // A card knows no infinity.
    return { label: isOnly ? subject : scan, psnr: Math.min(psnr, 200), ssim, mae, psnrCopy };
  });
  return {
    data,
    split,
    n: report.patients,
    rows,
    note: `After iteration ${step}, seed 0, all ${report.slices} slices with at least ${100 * LEAST_FOREGROUND} % head on the scans' own grid, both images in [0, 1] by the intensity map: PSNR (dB) and SSIM (Gaussian window) of the whole slice, MAE (0..1). psnrCopy scores the untranslated source as if it were the target.`,
  };
}

const LABELS: Record<Method, string> = {
  model: 'model',
  copy: 'copy of the source',
  histogram: 'copy, histogram matched',
  regression: 'mean-intensity regression',
  r: 'R alone',
};

/** For people: means and standard deviations, and p of the foreground's PSNR. */
export function evaluationText(report: DirectionReport, split: string): string {
  const { source, target, patients, slices } = report;
  const cell = (found: Spread | undefined, digits: number) => {
    if (!found) return '-';
    const hasStd = found.std !== null && Number.isFinite(found.std);
    return `${found.mean.toFixed(digits)}${hasStd ? ` ± ${found.std!.toFixed(digits)}` : ''}`;
  };
  const cells = (means: Spreads | null | undefined) => [
    cell(means?.psnr, 2),
    cell(means?.ssim, 3),
    cell(means?.mae, 4),
  ];
  const table = (over: 'overSlices' | 'overPatients') =>
    tableText([
      [
        over === 'overSlices' ? 'over slices' : 'over patients',
        ...['PSNR dB', 'SSIM', 'MAE', 'foreground PSNR', 'SSIM', 'MAE'],
        'p',
      ],
      ...METHODS.map((method) => {
        const found = report.methods[method]?.[over];
        const p = method === 'model' ? undefined : report.wilcoxon[method]?.foreground.psnr?.p;
        const shown = over === 'overSlices' && p !== undefined ? p.toPrecision(2) : '';
        return [LABELS[method], ...cells(found?.whole), ...cells(found?.foreground), shown];
      }),
    ]);
  return `${source} to ${target}, ${split}: ${counted(patients, 'patient')}, ${counted(slices, 'slice')}; p: Wilcoxon's, of the model's foreground PSNR against the row's\n${table('overSlices')}${table('overPatients')}`;
}
