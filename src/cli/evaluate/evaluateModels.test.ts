import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeNifti } from '../../../test/makeNifti';
import { SET_SHAPE, sformOf, writePhantomSet, writeTinyModel } from '../../../test/phantomSet';
import { type ModelCard, parseModelCard } from '../../engine/cards/modelCard';
import { VALIDATION_LIMIT } from '../../engine/cards/scoreLimits';
import type { Affine } from '../../volume/image';
import { runMain } from '../runMain';
import { everyNth } from './evaluatePairs';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-evaluate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

const SPLITS = {
  ...{ 'sub-01': 'train', 'sub-02': 'train', 'sub-03': 'val', 'sub-04': 'test' },
  ...{ 'sub-05a': 'test', 'sub-05b': 'test', 'sub-06': 'test' },
};
let affine: Affine;

/** A cube of 4 x 4 voxels in the middle slice. */
function writeLesion(path: string, sform: number[][]) {
  const [ni, nj, nk] = SET_SHAPE;
  const values = Float32Array.from({ length: ni * nj * nk }, (_, v) => {
    const [i, j, k] = [v % ni, Math.floor(v / ni) % nj, Math.floor(v / (ni * nj))];
    return k === 2 && i >= 10 && i < 14 && j >= 12 && j < 16 ? 255 : 0;
  });
  const { file } = makeNifti({ dims: [...SET_SHAPE], values, sform });
  writeFileSync(path, new Uint8Array(file));
}

beforeAll(async () => {
  affine = writePhantomSet(at('bids'), SPLITS);
  await writeTinyModel(folder);
  mkdirSync(at('bids', 'derivatives/lesions/sub-04/anat'), { recursive: true });
  const outline = at('bids', 'derivatives/lesions/sub-04/anat', 'sub-04_label-lesion_mask.nii.gz');
  writeLesion(outline, sformOf(affine));
  writeLesion(at('mask.nii'), sformOf(affine));
  writeLesion(at('moved.nii'), [[7, 0, 0, 99], ...sformOf(affine).slice(1)]);
  // A visit whose FLAIR is cut short.
  const whole = readFileSync(at('bids', 'sub-06', 'anat', 'sub-06_FLAIR.nii'));
  writeFileSync(at('bids', 'sub-06', 'anat', 'sub-06_FLAIR.nii'), whole.subarray(0, whole.length - 9));
});

const evaluate = (...more: string[]) => [
  ...(more.includes('--data') ? ['evaluate'] : ['evaluate', '--data', at('bids')]),
  ...['--models', at('tiny.json'), '--split', 'test', '--backend', 'wasm'],
  ...more,
];

describe('evaluate --models', () => {
  it('says where both scans of a pair are one image', async () => {
    const pathOf = (contrast: string) => at('same', 'sub-01', 'anat', `sub-01_${contrast}.nii`);
    mkdirSync(at('same', 'sub-01', 'anat'), { recursive: true });
    for (const contrast of ['T1w', 'FLAIR'])
      copyFileSync(at('bids', 'sub-04', 'anat', 'sub-04_T1w.nii'), pathOf(contrast));
    writeFileSync(at('same', 'participants.tsv'), 'participant_id\tsplit\nsub-01\ttest\n');
    const { stderr } = await runMain(evaluate('--data', at('same')));
    expect(stderr).toContain('tiny: sub-01: source and target must be two images, got the same in both;');
    const others = await runMain(evaluate('--limit', '1'));
    expect(others.stderr).not.toContain('must be two images');
  });

  it('says that a card has one contrast twice, and makes no scan its own reference', async () => {
    const card = JSON.parse(readFileSync(at('tiny.json'), 'utf8'));
    writeFileSync(at('one.json'), JSON.stringify({ ...card, id: 'one', target: card.source }));
    const told = 'one: Source and target of this model are both T1w: right between scanners';
    const argv = evaluate();
    argv[argv.indexOf(at('tiny.json'))] = at('one.json');
    const { code, stderr } = await runMain(argv);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(stderr).toContain(
      `one: ${at('bids')}: source and target must be different scans, got the same T1w as both`,
    );
    expect(stderr).toContain('needs subjects of the test split with T1w and T1w for one, got none');
    for (const more of [
      ['inspect', at('one.json')],
      ['inputs', at('one.json'), '--data', `${at('bids')}:T1w`, '--split', 'test'],
      ['convert', at('one.json'), '--output', at('one.safetensors')],
      ['convert', at('one.json'), '--output', at('one.onnx')],
    ]) {
      const { code, stderr } = await runMain(['weights', ...more]);
      expect(code, stderr).toBe(0);
      expect(stderr).toContain(told);
    }
    const scan = at('bids', 'sub-01', 'anat', 'sub-01_T1w.nii');
    const how = [
      '--model',
      at('one.json'),
      '--output',
      at('made.nii.gz'),
      '--slices',
      '2:3',
      '--backend',
      'wasm',
    ];
    const translated = await runMain(['translate', scan, ...how]);
    expect(translated.code, translated.stderr).toBe(0);
    expect(translated.stderr).toContain(told);
    const benched = await runMain([
      ...['bench', '--suite', 'quality', '--models', at('one.json'), '--data', at('bids'), '--out', at('b')],
    ]);
    expect(benched.code).toBe(2);
    expect(benched.stderr).toContain(told.replace('one: ', ': '));
  });

  it('says what is odd about a scan, as of one that is translated', async () => {
    const pathOf = (contrast: string) => at('label', 'sub-01', 'anat', `sub-01_${contrast}.nii`);
    mkdirSync(at('label', 'sub-01', 'anat'), { recursive: true });
    writeFileSync(at('label', 'participants.tsv'), 'participant_id\tsplit\nsub-01\ttest\n');
    copyFileSync(at('bids', 'sub-04', 'anat', 'sub-04_FLAIR.nii'), pathOf('FLAIR'));
    const bytes = readFileSync(at('bids', 'sub-04', 'anat', 'sub-04_T1w.nii'));
    // Float32 voxels behind the header.
    for (let n = 352; n < bytes.length; n += 4) bytes.writeFloatLE(bytes.readFloatLE(n) > 100 ? 1 : 0, n);
    writeFileSync(pathOf('T1w'), bytes);
    const { stderr } = await runMain(evaluate('--data', at('label')));
    expect(stderr).toMatch(/tiny: sub-01: T1w: .*only 2 different values, as in a label map/);
  });

  it('scores all patients of a split beside the baselines', async () => {
    const { code, stdout, stderr } = await runMain(
      evaluate('--json', '--patient', 'sub-\\d+', '--samples-spread', '3'),
      { terminal: true },
    );
    // One scan is broken: the rest is scored.
    expect(code, stderr).toBe(2);
    const { split, models } = JSON.parse(stdout);
    expect(split).toBe('test');
    const [report] = models;
    // Both visits of sub-05 are one patient; sub-06 is broken, and named.
    expect(report).toMatchObject({ model: 'tiny', patients: 2, regressionSubjects: 2, every: 1 });
    expect(report.broken).toMatchObject([
      { subject: 'sub-06', reason: expect.stringContaining('cut short') },
    ]);
    expect(stderr).toMatch(/tiny: sub-06: left out: .*cut short/);
    expect(stderr).toMatch(/scoring sub-04, scan 1 of 4/);
    const { model, copy, histogram, regression, r } = report.methods;
    expect(r).toBeNull();
    for (const method of [model, copy, histogram, regression]) {
      expect(method.subjects.map(({ subject }: { subject: string }) => subject)).toEqual([
        'sub-04',
        'sub-05a',
        'sub-05b',
      ]);
      expect(method.patients).toHaveLength(2);
      const means = method.patients.map((p: typeof copy.patients) => p.mean.foreground.psnr);
      const { mean, std } = method.overPatients.foreground.psnr;
      expect(mean).toBeCloseTo((means[0] + means[1]) / 2, 9);
      expect(std).toBeCloseTo(Math.abs(means[0] - means[1]) / Math.SQRT2, 9);
    }
    // Hashed weights make noise; the baselines were fitted to the same contrast.
    expect(regression.overPatients.whole.mae.mean).toBeLessThan(copy.overPatients.whole.mae.mean);
    expect(model.overPatients.whole.psnr.mean).toBeLessThan(regression.overPatients.whole.psnr.mean);
    expect(report.wilcoxon.regression.whole.psnr).toMatchObject({ n: 2, p: 0.5, smallestP: 0.5 });
    expect(report.change).toHaveLength(3);
    expect(report.change[0].real).toBeGreaterThan(0);
    expect(report.samples).toHaveLength(3);
    expect(report.samples[0]).toMatchObject({ samples: 3, slices: [expect.any(Number)] });
    expect(report.samples[0].voxel).toBeGreaterThan(0);
    expect(report.samples[0].psnr).toBeGreaterThan(0);
  });

  it('measures lesions by the outline where there is one, else by the rule', async () => {
    const { stdout } = await runMain(evaluate('--json'));
    const { lesions } = JSON.parse(stdout).models[0];
    expect(lesions.map(({ by }: { by: string }) => by)).toEqual(['outline', 'bright']);
    const [outlined, bright] = lesions;
    expect(outlined.rule).toBe("an expert's outline");
    expect(outlined.rows.map(({ subject }: { subject: string }) => subject)).toEqual(['sub-04']);
    const { model, copy } = outlined.rows[0].methods;
    expect(model.realContrast).not.toBeNull();
    expect(copy.realContrast).toBe(model.realContrast);
    expect(bright.rows.map(({ subject }: { subject: string }) => subject)).toEqual(['sub-05a', 'sub-05b']);
    // Phantoms have no lesions.
    expect(bright.rows[0].methods.model).toMatchObject({
      kept: null,
      reason: 'no lesion in the slices that count',
    });
  });

  it('prints tables, of every n-th slice and as many subjects as asked for', async () => {
    const { code, stdout, stderr } = await runMain(evaluate('--every', '2', '--limit', '1'));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^tiny: T1w to FLAIR, test: 1 patient, 2 slices with at least 8 % head, every 2 slices; data range 1, of the intensity map foreground-p99\.5, [^\n]*count as they are\n/,
    );
    expect(stdout).toMatch(/\n\| model +\| +\d+\.\d\d/);
    expect(stdout).toContain("over 1 patient's mean, n of them differing; 1 can give no p below 1.0000.");
    expect(stdout).toMatch(/\n\| sub-04 +\| +2 +\|/);
    expect(stdout).toContain("Lesions by an expert's outline: median share kept");
    expect(stdout).toMatch(/Change from one counted slice to the next, of the real target's: model \d/);
    expect(stdout).not.toContain('NaN');
  });

  it("writes the scores into the model's own card", async () => {
    const before: ModelCard = JSON.parse(readFileSync(at('tiny.json'), 'utf8'));
    const limits = [...before.limits, VALIDATION_LIMIT];
    writeFileSync(at('own.json'), JSON.stringify({ ...before, limits }));
    const own = [...evaluate('--card', '--limit', '2', '--json')];
    own[own.indexOf(at('tiny.json'))] = at('own.json');
    const { code, stdout, stderr } = await runMain(own);
    expect(code, stderr).toBe(0);
    const card = parseModelCard(JSON.parse(readFileSync(at('own.json'), 'utf8')));
    // The sentence of the scores before goes with them.
    expect({ ...card, metrics: before.metrics }).toEqual(before);
    const { methods, lesions } = JSON.parse(stdout).models[0];
    expect(card.metrics).toMatchObject({ data: 'bids', split: 'test', n: 2 });
    expect(card.metrics.rows.map(({ label }) => label)).toEqual(['sub-04', 'sub-05a']);
    const [row] = card.metrics.rows;
    expect(row.foreground!.psnr).toBeCloseTo(methods.model.subjects[0].mean.foreground.psnr, 1);
    expect(row.foreground!.psnrHistogram).toBeCloseTo(methods.histogram.subjects[0].mean.foreground.psnr, 1);
    expect(card.metrics.note).toContain('with at least 8 % head');
    expect(card.metrics.lesions!.map(({ split }) => split)).toEqual(['test', 'test']);
    const [{ rule, rows }] = card.metrics.lesions!;
    expect(rule).toMatch(/^By an expert's outline\. Contrast: mean of the lesion/);
    expect(rows[0].realContrast).toBeCloseTo(lesions[0].rows[0].methods.model.realContrast, 3);
  });

  describe('of a target in HU', () => {
    const folder = () => at('ct');
    const scan = (subject: string, suffix: string) => at('ct', subject, 'anat', `${subject}_${suffix}.nii`);
    const score = () => {
      const argv = evaluate('--card', '--json');
      argv[argv.indexOf(at('tiny.json'))] = at('hu.json');
      argv[argv.indexOf(at('bids'))] = folder();
      return runMain(argv);
    };
    /** Air about a cube of soft tissue, one voxel in it of another value, and a slice that may be lost; a byte too many. */
    const writeCt = (subject: string, odd: number, lost = -1) => {
      const [ni, nj, nk] = SET_SHAPE;
      const values = Float32Array.from({ length: ni * nj * nk }, (_, v) => {
        const [i, j] = [v % ni, Math.floor(v / ni) % nj];
        if (Math.floor(v / (ni * nj)) === lost) return Number.NaN;
        return i > 4 && i < 26 && j > 4 && j < 30 ? 40 : -1000;
      });
      values[2 * ni * nj + 17 * ni + 15] = odd;
      const { file } = makeNifti({ dims: [...SET_SHAPE], values, sform: sformOf(affine) });
      writeFileSync(scan(subject, 'CT'), Buffer.concat([new Uint8Array(file), Buffer.alloc(1)]));
    };

    beforeAll(() => {
      writePhantomSet(folder(), { 'sub-01': 'train', 'sub-04': 'test' });
      writeCt('sub-01', 40);
    });

    beforeEach(() => {
      const card = JSON.parse(readFileSync(at('tiny.json'), 'utf8'));
      const intensity = { source: 'foreground-p99.5', target: 'hu' };
      const preprocessing = { ...card.preprocessing, intensity };
      writeFileSync(at('hu.json'), JSON.stringify({ ...card, target: 'CT', preprocessing }));
    });

    it('writes a card that can be read where a voxel is NaN', async () => {
      writeCt('sub-04', Number.NaN, 1);
      const { code, stdout, stderr } = await score();
      expect(code, stderr).toBe(0);
      // All of slice 1 is lost, and one voxel of slice 2.
      expect(JSON.parse(stdout).models[0].unscored).toMatchObject([
        {
          subject: 'sub-04',
          reason: expect.stringMatching(/^2 of 5 slices .* in 1021 pixels \(slices 1, 2\)$/),
        },
      ]);
      expect(stderr).toMatch(/sub-04_CT\.nii: There is 1 byte behind the last voxel/);
      const { metrics } = parseModelCard(JSON.parse(readFileSync(at('hu.json'), 'utf8')));
      const [{ maeHu }] = metrics.rows;
      expect(maeHu!.whole).toBeGreaterThan(0);
      expect(maeHu!.head).toBeGreaterThan(0);
    });

    it('leaves the card as it is where the scores do not fit one', async () => {
      writeCt('sub-04', 1e12);
      const before = readFileSync(at('hu.json'), 'utf8');
      const { code, stderr } = await score();
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/metrics: rows\[0\]: .*mae must be a number from 0 to 1000000, got \d/);
      expect(readFileSync(at('hu.json'), 'utf8')).toBe(before);
    });
  });

  it('takes the same name in two data sets for two people', async () => {
    writePhantomSet(at('second'), {
      'sub-01': 'train',
      'sub-04': 'test',
      'sub-05c': 'test',
      'sub-09': 'test',
    });
    const argv = evaluate('--json', '--every', '5', '--patient', 'sub-\\d+');
    argv[argv.indexOf(at('bids'))] = `${at('bids')},${at('second')}`;
    const { code, stdout, stderr } = await runMain(argv);
    expect(code, stderr).toBe(2);
    const [report] = JSON.parse(stdout).models;
    // sub-01 of both, and sub-02.
    expect(report).toMatchObject({ patients: 5, regressionSubjects: 3 });
    const { subjects, patients } = report.methods.model;
    expect(subjects.map(({ subject }: { subject: string }) => subject)).toEqual([
      ...['bids/sub-04', 'sub-05a', 'sub-05b', 'second/sub-04', 'sub-05c', 'sub-09'],
    ]);
    expect(patients.map(({ patient }: { patient: string }) => patient)).toEqual([
      ...['bids/sub-04', 'bids/sub-05', 'second/sub-04', 'second/sub-05', 'sub-09'],
    ]);
  });

  it('stops at Ctrl-C', async () => {
    const controller = new AbortController();
    const before = readFileSync(at('tiny.json'), 'utf8');
    const { code, stdout } = await runMain(evaluate('--card'), {
      signal: controller.signal,
      terminal: true,
      err: (text) => {
        if (text.includes('scoring')) controller.abort();
      },
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(readFileSync(at('tiny.json'), 'utf8')).toBe(before);
  });

  it('refuses what cannot be scored', async () => {
    const refused = async (sentence: string | RegExp, argv: string[]) => {
      const { code, stdout, stderr } = await runMain(argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(sentence);
    };
    await refused('needs no arguments beside --models, got x.nii', [...evaluate(), 'x.nii']);
    await refused('--lesion: must be given without --models only', evaluate('--lesion', 'x.nii'));
    await refused('--split: must be given with --models only', [
      'evaluate',
      'a.nii',
      'b.nii',
      '--split',
      'val',
    ]);
    await refused('--data: must be given', ['evaluate', '--models', at('tiny.json'), '--split', 'val']);
    await refused('--split: must be one of train, val, test', [
      ...['evaluate', '--models', at('tiny.json'), '--data', at('bids')],
    ]);
    await refused('none: no such folder', evaluate('--data', at('none')));
    await refused('--patient: must be a regular expression', evaluate('--patient', '('));
    await refused('--card: needs models that have a card', [
      ...['evaluate', '--models', at('tiny.safetensors'), '--data', at('bids'), '--split', 'test', '--card'],
    ]);
    mkdirSync(at('other', 'sub-01', 'anat'), { recursive: true });
    writeFileSync(at('other', 'sub-01', 'anat', 'sub-01_T2w.nii'), '');
    mkdirSync(at('several'));
    for (const name of ['acq-a_T1w', 'acq-b_T1w', 'FLAIR'])
      writeFileSync(at('several', `sub-01_${name}.nii`), '');
    writeFileSync(at('several', 'participants.tsv'), 'participant_id\tsplit\nsub-01\ttest\n');
    await refused(
      'sub-01: must have one T1w scan a visit, got several that differ in acq (a, b); choose one by --filter acq=a',
      evaluate('--data', at('several')),
    );
    await refused(
      '--filter acq=c: must match a scan, got none; there are acq=a, acq=b',
      evaluate('--data', at('several'), '--filter', 'acq=c'),
    );
    const pathOf = (contrast: string) => at('series', 'sub-01', 'anat', `sub-01_${contrast}.nii`);
    mkdirSync(at('series', 'sub-01', 'anat'), { recursive: true });
    writeFileSync(at('series', 'participants.tsv'), 'participant_id\tsplit\nsub-01\ttest\n');
    const values = new Float32Array(2 * SET_SHAPE[0] * SET_SHAPE[1] * SET_SHAPE[2]).fill(1);
    const { file } = makeNifti({ dims: [...SET_SHAPE, 2], values, sform: sformOf(affine) });
    const single = at('bids', 'sub-04', 'anat', 'sub-04_T1w.nii');
    // The option that is named is the one that chooses.
    for (const [series, other, option] of [
      ['T1w', 'FLAIR', 'volume'],
      ['FLAIR', 'T1w', 'reference-volume'],
    ]) {
      copyFileSync(single, pathOf(other));
      writeFileSync(pathOf(series), new Uint8Array(file));
      await refused(
        `sub-01_${series}.nii: must be one volume, got 2; choose one by --${option}, 0 to 1`,
        evaluate('--data', at('series')),
      );
    }
    await refused('--filter: must be given with --models only', ['evaluate', 'a', 'b', '--filter', 'acq=a']);
    await refused(/no scans of both T1w and FLAIR; left out\n--data: needs subjects of the test split/, [
      ...evaluate('--data', at('other')),
    ]);
  });
});

describe('evaluate with --lesion', () => {
  const [flair, t1w] = ['FLAIR', 'T1w'].map((suffix) => at('bids', 'sub-04', 'anat', `sub-04_${suffix}.nii`));

  it('keeps all of it where the scan is the real one', async () => {
    const { code, stdout, stderr } = await runMain([
      'evaluate',
      flair,
      flair,
      '--lesion',
      at('mask.nii'),
      '--json',
    ]);
    expect(code, stderr).toBe(0);
    const { lesion, mean } = JSON.parse(stdout);
    expect(lesion.realContrast).toBe(lesion.syntheticContrast);
    // The phantom has nothing in that place: what it shows may be too faint to be measured, and that is said.
    if (lesion.realContrast < 0.1) expect(lesion).toMatchObject({ kept: null, reason: expect.any(String) });
    else expect(lesion).toMatchObject({ kept: 1, dice: lesion.diceReal });
    expect(mean).toHaveProperty('inside');
  });

  it('prints the measures', async () => {
    const { code, stdout } = await runMain(['evaluate', t1w, flair, '--lesion', at('mask.nii')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\ninside the brain +/);
    expect(stdout).toMatch(/\nlesion contrast, real +-?\d\.\d{3}\n/);
    expect(stdout).toContain('Contrast: mean of the lesion / median of the other tissue');
  });

  it('refuses a mask of several volumes, or of what is not a number', async () => {
    const [ni, nj, nk] = SET_SHAPE;
    const values = new Float32Array(2 * ni * nj * nk).fill(1);
    const write = (name: string, dims: number[], voxels: Float32Array) => {
      const { file } = makeNifti({ dims, values: voxels, sform: sformOf(affine) });
      writeFileSync(at(name), new Uint8Array(file));
      return runMain(['evaluate', flair, flair, '--lesion', at(name)]);
    };
    expect(await write('two.nii', [...SET_SHAPE, 2], values)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/two\.nii: must be one volume, got 2; give a mask of one of them/),
    });
    const holed = values.slice(0, ni * nj * nk).fill(Number.NaN, 3, 6);
    expect(await write('holed.nii', [...SET_SHAPE], holed)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/holed\.nii: a mask must hold numbers, got NaN or infinity in 3 voxels/),
    });
  });

  it('refuses a mask on another grid', async () => {
    const { code, stderr } = await runMain(['evaluate', flair, flair, '--lesion', at('moved.nii')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/moved\.nii, .*FLAIR\.nii: must lie on the same grid, got .* mm apart/);
  });
});

it('takes every n-th slice, and at least one', () => {
  const ten = Array.from({ length: 10 }, (_, n) => 100 + n);
  expect(everyNth(ten, 1)).toEqual(ten);
  expect(everyNth(ten, 4)).toEqual([102, 106]);
  expect(everyNth(ten, 30)).toEqual([105]);
  expect(everyNth([7], 12)).toEqual([7]);
});
