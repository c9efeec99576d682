import { describe, expect, it } from 'vitest';
import { makeImage } from '../../../test/makeImage';
import { tinyCard } from '../../../test/tinyModel';
import { whole } from '../../../test/whole';
import type { NamedImage } from '../../volume/image';
import type { ModelCard } from '../cards/modelCard';
import { BaselineFit } from './baselines/fitBaselines';
import { cardMetrics } from './cardMetrics';
import {
  baselineImages,
  evaluateScan as evaluateScanInPieces,
  preparePair as preparePairInPieces,
  sampleSpread,
} from './evaluateScan';
import type { Method } from './methods';
import { modelReport } from './report';

const evaluateScan = whole(evaluateScanInPieces);
const preparePair = whole(preparePairInPieces);

/** A square brain of 60 x 60 in a slice of 80 x 80: white matter, a grey block, a ventricle, and a tumour in the second slice. */
const SHAPE = [80, 80, 3] as const;
const AREA = 6400;
type Part = 'air' | 'white' | 'grey' | 'fluid' | 'tumour';
function part(at: number): Part {
  const [i, j, k] = [at % 80, Math.floor(at / 80) % 80, Math.floor(at / AREA)];
  const within = (low: number, high: number) => i >= low && i < high && j >= low && j < high;
  if (!within(10, 70)) return 'air';
  if (within(50, 60)) return k === 1 ? 'tumour' : 'white';
  if (within(40, 46)) return 'fluid';
  return within(22, 36) ? 'grey' : 'white';
}
const PARTS = Array.from({ length: 3 * AREA }, (_, at) => part(at));

function scan(name: string, levels: Record<Part, number>): NamedImage {
  const voxels = Float32Array.from(PARTS, (one, at) => levels[one] + (at % 3));
  return { name, image: makeImage(SHAPE, voxels, { zooms: [1, 1, 3] }) };
}

const t1w = scan('t1w', { air: 0, white: 500, grey: 350, fluid: 120, tumour: 200 });
const flair = scan('flair', { air: 0, white: 400, grey: 500, fluid: 60, tumour: 800 });
const outline = Uint8Array.from(PARTS, (one) => (one === 'tumour' ? 1 : 0));
const SLICES = [0, 1, 2];
const CONTRASTS = { source: 'T1w', target: 'FLAIR' };
const pair = preparePair(t1w, flair, tinyCard(32), SLICES);
const baselines = new BaselineFit().baselines();

function evaluated(model: Float32Array, mask: Uint8Array | null = outline, contrasts = CONTRASTS) {
  const images = new Map<Method, Float32Array>([...baselineImages(pair, baselines), ['model', model]]);
  return evaluateScan(pair, images, contrasts, mask);
}

const perfect = evaluated(pair.targetUnit);

describe('a scan', () => {
  it('scores the real target itself as perfect, and a copy of a T1w with a dark tumour below nothing', () => {
    expect(perfect.methods.get('model')!.map(({ inside }) => inside!.mae)).toEqual([0, 0, 0]);
    expect(perfect.tissue).toMatchObject({ same: true, orderReal: 'fluid < white < grey' });
    const { change } = perfect;
    expect(change.real).toBeGreaterThan(0);
    expect(change.methods.get('model')).toBe(change.real);
    const { methods, by } = perfect.lesions!;
    expect(by).toBe('outline');
    const model = methods.get('model')!;
    expect(model).toMatchObject({ kept: 1, dice: 1, diceReal: 1, falseBright: 0 });
    // 800 of 400, and 200 of 500.
    expect(model.realContrast).toBeCloseTo(1, 1);
    expect(methods.get('copy')!.kept).toBeCloseTo(-0.6, 1);
    expect(methods.get('copy')!.dice).toBe(0);
  });

  it('has no baselines that were not fitted', () => {
    expect([...perfect.methods.keys()]).toEqual(['copy', 'model']);
  });

  it('finds bright lesions of a FLAIR without an outline, and of nothing else', () => {
    const { by, methods } = evaluated(pair.targetUnit, null).lesions!;
    expect(by).toBe('bright');
    expect(methods.get('model')).toMatchObject({ kept: 1 });
    const other = evaluated(pair.targetUnit, null, { source: 'T2w', target: 'PDw' });
    expect(other).toMatchObject({ lesions: null, tissue: null, hounsfield: null });
  });

  it('is refused where the two lie on different grids', () => {
    const moved: NamedImage = { name: 'moved', image: { ...flair.image, shape: [80, 80, 2] } };
    expect(() => preparePair(t1w, moved, tinyCard(32), SLICES)).toThrow('must lie on the same grid');
  });

  it('gives errors in HU for a target in HU', () => {
    const ct = scan('ct', { air: -1000, white: 40, grey: 35, fluid: 5, tumour: 300 });
    const card: Pick<ModelCard, 'preprocessing'> = {
      preprocessing: {
        ...tinyCard(32).preprocessing,
        intensity: { source: 'foreground-median', target: 'hu' },
      },
    };
    const prepared = preparePair(t1w, ct, card, SLICES);
    // 3072 HU are 1.
    const off = prepared.targetUnit.map((value) => value + 100 / 3072);
    const { hounsfield } = evaluateScan(
      prepared,
      new Map([['model', off]]),
      { source: 'T1w', target: 'CT' },
      null,
    );
    const errors = hounsfield!.get('model')!;
    for (const error of [errors.whole, errors.head, errors.bone]) expect(error).toBeCloseTo(100, 2);
  });

  it('tells the spread over samples', () => {
    const samples = [-0.01, 0, 0.01].map((d) => pair.targetUnit.map((value) => value + 0.1 + d));
    const { voxel, psnr } = sampleSpread(pair, samples, [1]);
    expect(voxel).toBeCloseTo(0.01, 5);
    const each = [0.09, 0.1, 0.11].map((d) => -20 * Math.log10(d));
    const mean = (each[0] + each[1] + each[2]) / 3;
    expect(psnr).toBeCloseTo(Math.sqrt(each.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 2), 3);
  });
});

describe('what has no score', () => {
  const spoilt = (value: number, ...at: number[]) => {
    const voxels = flair.image.voxels.slice();
    for (const one of at) voxels[one] = value;
    return { name: 'flair', image: { ...flair.image, voxels } };
  };

  it('names a slice that is not all numbers, and scores the others of all methods', () => {
    const holed = preparePair(t1w, spoilt(Number.NaN, AREA + 7, AREA + 8), tinyCard(32), SLICES);
    expect(holed.slices).toEqual([0, 2]);
    expect(holed.unscored).toBe('1 of 3 slices has no score: flair NaN or infinite in 2 pixels (slice 1)');
    const images = new Map<Method, Float32Array>([
      ...baselineImages(holed, baselines),
      ['model', t1w.image.voxels],
    ]);
    const scan = evaluateScan(holed, images, CONTRASTS, outline);
    expect([...scan.methods.values()].map((slices) => slices.map(({ index }) => index))).toEqual([
      [0, 2],
      [0, 2],
    ]);
    const report = modelReport([{ ...SCAN, report: scan, samples: null }], FACTS);
    expect(report.unscored).toMatchObject([{ subject: 'sub-1', reason: holed.unscored }]);
    const numbers: number[] = [];
    JSON.stringify(report, (_, value) => (typeof value === 'number' ? numbers.push(value) : value));
    expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
    expect(numbers.length).toBeGreaterThan(50);
    expect(cardMetrics(report, 'test', 'set', 'Seed 0').note).toContain(
      'Not in the means: sub-1: 1 of 3 slices has no score: flair NaN',
    );
  });

  it('refuses a scan of which no slice counts', () => {
    const lost = spoilt(Number.POSITIVE_INFINITY, 5, AREA + 5, 2 * AREA + 5);
    expect(() => preparePair(t1w, lost, tinyCard(32), SLICES)).toThrow(
      '3 of 3 slices have no score: flair NaN or infinite in 3 pixels (slices 0, 1, 2); replace such values',
    );
  });

  it('keeps what lies above the intensity map, and counts it', () => {
    const bright = preparePair(t1w, spoilt(6000, 3 * 80 + 3), tinyCard(32), SLICES);
    expect(bright.outside).toMatchObject({ above: 1, below: 0 });
    expect(bright.targetUnit[243]).toBe(bright.outside!.most);
    expect(bright.outside!.most).toBeGreaterThan(4);
    expect(pair.outside).toBeNull();
  });

  it("leaves a method's constant image out of its means and of the comparison, and says so", () => {
    const blank = pair.targetUnit.map((value, at) => (at < AREA ? 0.5 : value * 0.9));
    const scan = evaluated(blank);
    const report = modelReport([{ ...SCAN, report: scan, samples: null }], FACTS);
    expect(report.methodsUnscored).toEqual({
      model: '1 of 3 slices has no score: synthetic constant (slice 0)',
    });
    const copy = scan.methods.get('copy')!.map(({ whole }) => whole!.ssim);
    const [{ mean }] = report.methods.copy!.patients;
    expect(mean.whole!.ssim).toBeCloseTo((copy[0] + copy[1] + copy[2]) / 3, 12);
    expect(report.methods.model!.subjects[0].mean.whole!.ssim).toBeGreaterThan(0.9);
    expect(report.wilcoxon.copy!.whole.ssim).toMatchObject({ n: 1, p: 1 });
  });
});

const SCAN = { subject: 'sub-1', patient: 'sub-1', scan: 'sub-1_T1w.nii', data: 'set' };
const FACTS = {
  ...{ model: 'm', source: 'T1w', target: 'FLAIR', map: 'foreground-median' as const },
  ...{ every: 12, regressionSubjects: 0, broken: [] },
};

describe('the report', () => {
  const half = pair.targetUnit.map((value, at) => (outline[at] ? (value + 0.667 * 0.5) / 2 : value));
  const name = (subject: string, patient = subject) => ({
    ...{ subject, patient },
    scan: `${subject}_T1w.nii`,
    data: 'set',
  });
  const scans = [
    { ...name('sub-1'), report: perfect, samples: null },
    { ...name('sub-2a', 'sub-2'), report: evaluated(half), samples: null },
    { ...name('sub-2b', 'sub-2'), report: evaluated(half), samples: null },
    { ...name('sub-3'), report: evaluated(pair.targetUnit, new Uint8Array(3 * AREA)), samples: null },
    { ...name('sub-4'), report: evaluated(pair.targetUnit, null), samples: null },
  ];
  const report = modelReport(scans, FACTS);

  it('counts patients once, whatever their visits', () => {
    expect(report).toMatchObject({ patients: 4, slices: 15 });
    expect(report.methods.copy!.patients).toHaveLength(4);
    expect(report.methods.copy!.subjects).toHaveLength(5);
    expect(report.methods.regression).toBeNull();
    expect(report.wilcoxon.regression).toBeNull();
    // The PSNR of identical images is infinite: its test is over the one patient whose images are not. Two equal scans are ties.
    expect(report.wilcoxon.copy!.whole.psnr).toMatchObject({ n: 1, p: 1 });
    expect(report.methods.model!.overPatients.whole).toMatchObject({ psnr: { n: 1 }, ssim: { n: 4 } });
    expect(report.wilcoxon.copy!.whole.ssim).toMatchObject({
      n: 4,
      statistic: 0,
      p: 0.125,
      smallestP: 0.125,
    });
  });

  it('has a table of lesions for each rule, outlines first, and searches heads without one', () => {
    const [outlined, bright] = report.lesions;
    expect([outlined.by, bright.by]).toEqual(['outline', 'bright']);
    expect(outlined.rows.map(({ methods }) => methods.model!.kept === null)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    // Two patients have a share, one of them twice.
    const [once, twice] = outlined.rows.map(({ methods }) => methods.model!.kept!);
    expect(outlined.shareKept.model).toBeCloseTo((once + twice) / 2, 12);
    expect(outlined.rows[3].methods.model).toMatchObject({
      reason: 'no lesion in the slices that count',
      falseBright: 0,
    });
  });

  it('goes onto a card', () => {
    const metrics = cardMetrics(report, 'test', 'set', 'Seed 0');
    expect(metrics).toMatchObject({ data: 'set', split: 'test', n: 4 });
    expect(metrics.note).toMatch(/^Seed 0; every 12th slice, 15 in all, with at least 8 % head/);
    expect(metrics.rows[0]).toMatchObject({ label: 'sub-1', psnr: 200, ssim: 1, mae: 0 });
    expect(metrics.note).toContain('200 dB stands for images that are identical to the real one.');
    expect(metrics.note).toContain('data range 1, of the intensity map foreground-median');
    expect(metrics.rows[0].inside!.psnrCopy).toBeGreaterThan(0);
    expect(metrics.rows[0]).not.toHaveProperty('psnrHistogram');
    const [table] = metrics.lesions!;
    expect(table.rows[0]).toMatchObject({ label: 'sub-1', kept: 1, dice: 1, diceReal: 1, falseBright: 0 });
    expect(table.rows[3]).toMatchObject({ kept: null, dice: null, reason: expect.any(String) });
    expect(table.shareKept).toBeCloseTo(report.lesions[0].shareKept.model!, 3);
  });

  it('leaves errors in HU off the card where no voxel counts', () => {
    const errors = (whole: number | null) => {
      const hounsfield = [{ ...name('sub-1'), methods: { model: { whole, head: null, bone: null } } }];
      return cardMetrics({ ...report, hounsfield }, 'test', 'set', 'Seed 0').rows[0].maeHu;
    };
    expect(errors(41.26)).toEqual({ whole: 41.3, head: null, bone: null });
    expect(errors(null)).toBeUndefined();
  });
});
