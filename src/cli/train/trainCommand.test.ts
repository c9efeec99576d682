import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNifti } from '../../../test/makeNifti';
import { SET_CARD, sformOf, writeModel, writePhantomSet, writeTinyModel } from '../../../test/phantomSet';
import { tinyConfig } from '../../../test/tinyModel';
import type { ModelCard } from '../../engine/cards/modelCard';
import { hashWeights } from '../../engine/hash';
import { ncsnppOf } from '../../engine/methods/ddpm/network';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { resnetGeneratorTable } from '../../engine/networks/resnetGenerator/table';
import { sliceImage } from '../../engine/training/data';
import { volumeSlices } from '../../engine/training/dataset';
import { lockFolder } from '../../platform/node/folderLock';
import { readScan } from '../../platform/node/scans';
import { runJson, runMain } from '../runMain';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-train-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

const SPLITS = { 'sub-01': 'train', 'sub-02': 'train', 'sub-03': 'val', 'sub-04': 'test' };

beforeAll(async () => {
  writePhantomSet(at('bids'), SPLITS);
  await writeTinyModel(folder);
  const config = { ngf: 4, n_blocks: 6 };
  const state = hashWeights(2, resnetGeneratorTable(config));
  await writeModel(folder, 'r', { method: 'resnet', ...config }, encodeWeights({ state, config }, 'f32'));
});

const scans = () => ['--a', `${at('bids')}:T1w`, '--b', `${at('bids')}:FLAIR`];
const START = () => ['--start', at('tiny.json'), '--backend', 'wasm'];
const train = (out: string, ...more: string[]) => [
  'train',
  ...scans(),
  '--out',
  at(out),
  ...(more.includes('--start') ? [] : START()),
  ...more,
];
const PAIRED = ['--paired', '--no-adversarial'];

interface Line {
  event: string;
  step: number;
  ms?: number;
  memoryBytes?: number;
  bytes?: number;
}
function logOf(out: string): Line[] {
  const lines = readFileSync(at(out, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}
/** Without what the clock and the machine say; a checkpoint's bytes count the digits of its times. */
const told = (out: string) =>
  logOf(out)
    .filter(({ event }) => event !== 'start')
    .map(({ ms, memoryBytes, bytes, ...line }) => line);
const cardOf = (out: string, name = 'a-to-b'): ModelCard =>
  JSON.parse(readFileSync(at(out, name, 'card.json'), 'utf8'));

describe('a run', () => {
  const steps = [
    '--steps',
    '3',
    '--every-validation',
    '2',
    '--every-checkpoint',
    '2',
    '--every-preview',
    '3',
  ];

  it('writes its log, previews and a model that translates', async () => {
    const report = await runJson(
      ...train('straight', ...PAIRED, ...steps, '--data', 'phantoms', '--licence', 'MIT'),
    );
    expect(report).toMatchObject({ iterations: 3, backend: 'wasm', evaluation: null, scores: null });
    expect(report.models).toHaveLength(1);
    expect(logOf('straight').map(({ event, step }) => `${event} ${step ?? ''}`.trim())).toEqual([
      'start',
      'checkpoint 0',
      'validation 0',
      'step 1',
      'step 2',
      'validation 2',
      'checkpoint 2',
      'step 3',
      'validation 3',
      'checkpoint 3',
      'end 3',
    ]);
    const start = logOf('straight')[0];
    expect(start).toMatchObject({
      backend: 'wasm',
      settings: { contrasts: { a: 'T1w', b: 'FLAIR' }, iterations: 3, size: 32, diffusion: { steps: 2 } },
      estimate: { fits: true },
    });
    expect(logOf('straight')[3].memoryBytes).toBeGreaterThan(1e6);
    expect(readdirSync(at('straight', 'previews')).sort()).toEqual(['000000-aToB.png', '000003-aToB.png']);
    const png = readFileSync(at('straight', 'previews', '000003-aToB.png'));
    // Source, synthetic and target of the one slice that lies inside of the validation's three.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3 * 32, 32]);
    const length = png.readUInt32BE(33);
    expect(inflateSync(png.subarray(41, 41 + length))).toHaveLength(32 * 97);

    const card = cardOf('straight');
    expect(card).toMatchObject({
      source: 'T1w',
      target: 'FLAIR',
      preprocessing: SET_CARD.preprocessing,
      training: {
        data: 'phantoms',
        iterations: 3,
        variant: expect.stringContaining('started from Tiny [tiny]'),
      },
      metrics: { split: 'validation' },
      licence: 'MIT; MIT (from Tiny [tiny])',
    });
    const scan = at('bids', 'sub-04', 'anat', 'sub-04_T1w.nii');
    const model = ['--model', at('straight', 'a-to-b', 'card.json'), '--output', at('made.nii.gz')];
    const made = await runJson('translate', scan, ...model, '--backend', 'wasm', '--slices', '2:3');
    expect(made.model).toBe(card.id);
  });

  it("writes previews with the patient's left at the left, and says so in them", async () => {
    const png = readFileSync(at('straight', 'previews', '000003-aToB.png'));
    expect(png.toString('latin1')).toContain('Image order: rows A-P, columns L-R');
    const lines = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
    // The model's image begins with the patient's right, the picture with the left.
    const { image: scan } = await readScan(at('bids', 'sub-03', 'anat', 'sub-03_T1w.nii'));
    const { preprocessing } = cardOf('straight');
    const model = sliceImage(
      volumeSlices(scan, 'sub-03', { ...preprocessing, intensity: 'foreground-p99.5' }),
      1,
    );
    const source = model.map((_, n) => lines[97 * Math.floor(n / 32) + 1 + (n % 32)]);
    const isAt = (column: (x: number) => number) =>
      source.every((byte, n) => {
        const at = n - (n % 32) + column(n % 32);
        return Math.abs(byte - 127.5 * (model[at] + 1)) <= 0.51;
      });
    expect([isAt((x) => 31 - x), isAt((x) => x)]).toEqual([true, false]);
  });

  it('goes on after Ctrl-C as if there had been none', async () => {
    const controller = new AbortController();
    let stderr = '';
    const { code, stdout } = await runMain(train('stopped', ...PAIRED, ...steps), {
      signal: controller.signal,
      terminal: true,
      err: (text) => {
        stderr += text;
        if (text.includes('iteration 1/3')) controller.abort();
      },
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain(
      `stopped after iteration 1 of 3; go on with \`syndiff train --out ${at('stopped')} --resume\``,
    );
    expect(stderr).toMatch(/memory: about .* GiB on wasm/);
    expect(existsSync(at('stopped', 'a-to-b'))).toBe(false);
    // A crash after the checkpoint: told, but not kept, and the last line cut short.
    const log = at('stopped', 'log.jsonl');
    writeFileSync(log, `${readFileSync(log, 'utf8')}{"event":"step","step":2,"losses":{}}\n{"event":"st`);
    await runJson('train', '--out', at('stopped'), '--resume', '--backend', 'wasm');
    expect(told('stopped')).toEqual(told('straight'));
    expect(cardOf('stopped').weights.sha256).toBe(cardOf('straight').weights.sha256);
    expect(readdirSync(at('stopped', 'run')).sort()).toEqual(readdirSync(at('straight', 'run')).sort());
  });

  it('says that nothing is there to go on with after Ctrl-C before the first checkpoint', async () => {
    const signal = AbortSignal.abort();
    const { code, stdout, stderr } = await runMain(train('early', ...PAIRED, ...steps), { signal });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('training: cancelled before it began; start it again\n');
    expect(await runJson(...train('early', ...PAIRED, ...steps))).toMatchObject({ iterations: 3 });
  });

  it('goes on from the checkpoint before where the last one is damaged, says so, and comes to the same', async () => {
    const index = at('stopped', 'run', 'checkpoint.json');
    writeFileSync(index, '{"format":2}');
    const { code, stderr } = await runMain([
      'train',
      '--out',
      at('stopped'),
      '--resume',
      '--backend',
      'wasm',
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `${index}: started must be text that is not empty, got nothing; the run goes on from the checkpoint before, of iteration 2\n`,
    );
    expect(told('stopped')).toEqual(told('straight'));
    expect(cardOf('stopped').weights.sha256).toBe(cardOf('straight').weights.sha256);
  });

  it('leaves out what is damaged in history and log, says so, and makes the log again', async () => {
    const resume = ['train', '--out', at('stopped'), '--resume', '--backend', 'wasm'];
    const [log, history] = [at('stopped', 'log.jsonl'), at('stopped', 'run', 'history.jsonl')];
    const lines = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, ['null', '{"event":"step"}', '{"ev', ...lines.slice(3)].join('\n'));
    const kept = readFileSync(history, 'utf8');
    writeFileSync(history, kept.replace('"step":1,', '"step":X,'));
    const { code, stderr } = await runMain(resume);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `${history}: line 1 must be JSON, got text that is not; the curves go on without it`,
    );
    expect(stderr).toContain(`${log}: line 1: must be an object, got null; it is left out`);
    expect(stderr).toContain(`${log}: line 2: step must be a whole number, got nothing`);
    expect(stderr).toContain(`${log}: line 3 must be JSON, got text that is not`);
    const steps = logOf('stopped').filter(({ event }) => event === 'step');
    // Line 4 of the log has what line 1 of the history has lost.
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3]);
  });

  it('is refused where another process writes to it, and says which', async () => {
    const release = lockFolder(at('straight', 'run'), () => {});
    const { code, stderr } = await runMain(['train', '--out', at('straight'), '--resume']);
    release();
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${at('straight', 'run')}: must be used by one process at a time, got process ${process.pid} since`,
    );
    expect(stderr).toMatch(/; choose another --out/);
  });

  it('keeps the last checkpoint where the next one cannot be written, says how to go on, and does', async () => {
    const inTheWay = at('full', 'run', '000000003.g.b.safetensors');
    let stderr = '';
    const { code } = await runMain(train('full', ...PAIRED, ...steps), {
      terminal: true,
      err: (text) => {
        stderr += text;
        if (text.includes('iteration 3/3')) mkdirSync(inTheWay, { recursive: true });
      },
    });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `${inTheWay}: is a folder, not a file; the checkpoint of iteration 2 of 3 is kept: free some space or make it writable, and go on with \`syndiff train --out ${at('full')} --resume\``,
    );
    rmSync(inTheWay, { recursive: true });
    const left = readdirSync(at('full', 'run')).sort();
    expect(left).toEqual([
      '000000002.g.b.safetensors',
      'call.json',
      'checkpoint.before.json',
      'checkpoint.json',
      'data.safetensors',
      'history.jsonl',
    ]);
    await runJson('train', '--out', at('full'), '--resume', '--backend', 'wasm');
    expect(told('full')).toEqual(told('straight'));
    expect(cardOf('full').weights.sha256).toBe(cardOf('straight').weights.sha256);
  });

  it('is scored on a split afterwards, beside the baselines', async () => {
    const report = await runJson(
      'train',
      '--out',
      at('straight'),
      '--resume',
      '--backend',
      'wasm',
      '--eval',
      'test',
    );
    expect(told('straight').at(-1)).toMatchObject({ event: 'end', step: 3 });
    const [{ methods, patients, slices, wilcoxon, regressionSubjects }] = report.scores;
    expect({ patients, regressionSubjects }).toEqual({ patients: 1, regressionSubjects: 2 });
    expect(methods.r).toBeNull();
    for (const name of ['model', 'copy', 'histogram', 'regression']) {
      expect(methods[name].subjects).toMatchObject([{ subject: 'sub-04', n: slices }]);
      expect(methods[name].overPatients.whole.psnr).toEqual({
        mean: methods[name].subjects[0].mean.whole.psnr,
        std: null,
        n: 1,
      });
    }
    // Fitted to the same contrast of other phantoms, it is better than the source as it is.
    expect(methods.regression.overPatients.whole.mae.mean).toBeLessThan(
      methods.copy.overPatients.whole.mae.mean,
    );
    // One patient, whatever the number of slices: no p below 1.
    expect(slices).toBeGreaterThan(1);
    expect(wilcoxon.copy.foreground.psnr).toMatchObject({ n: 1, p: 1, smallestP: 1 });
    const written = JSON.parse(readFileSync(report.evaluation, 'utf8'));
    expect(written).toMatchObject({ split: 'test', iterations: 3 });
    expect(written.directions[0].methods.copy.subjects[0].slices).toHaveLength(slices);
    const { metrics } = cardOf('straight');
    expect(metrics).toMatchObject({ split: 'test', n: 1, data: 'phantoms' });
    expect(metrics.rows).toHaveLength(1);
    const [row] = metrics.rows;
    const mean = methods.model.subjects[0].mean;
    expect(row.label).toBe('sub-04');
    expect(row.psnr).toBeCloseTo(mean.whole.psnr, 1);
    expect(row.ssim).toBeCloseTo(mean.whole.ssim, 3);
    expect(row.foreground!.mae).toBeCloseTo(mean.foreground.mae, 3);
    expect(row.psnrCopy).toBeCloseTo(methods.copy.subjects[0].mean.whole.psnr, 1);
    expect(row.psnrRegression).toBeCloseTo(methods.regression.subjects[0].mean.whole.psnr, 1);
    // Opened once more, the model keeps its scores.
    await runJson('train', '--out', at('straight'), '--resume', '--backend', 'wasm');
    expect(cardOf('straight').metrics).toEqual(metrics);
  });
});

it('trains unpaired with R, both directions, and scores R, too', async () => {
  const options = ['--start-back', at('tiny.json'), '--contrasts', 'T1w,FLAIR', '--no-adversarial'];
  const r = ['--r-start', at('r.json'), '--r-start-back', at('r.json'), '--freeze-r', '--augment', 'mirror'];
  const { code, stdout, stderr } = await runMain(
    train(
      'both',
      ...options,
      ...r,
      '--steps',
      '1',
      '--every-validation',
      '0',
      '--every-preview',
      '0',
      '--eval',
      'val',
    ),
  );
  expect(code, stderr).toBe(0);
  // A run of seconds says how it ended, too, where a line comes every ten seconds alone.
  expect(stderr).toMatch(/\niteration 1\/1 after \d+ s; loss: .* \d/);
  for (const label of [
    'model',
    'copy of the source',
    'copy, histogram matched',
    'mean-intensity regression',
    'R alone',
  ])
    expect(stdout).toMatch(new RegExp(`\\n\\| ${label} +\\| +\\d`));
  expect(stdout).toContain('T1w to FLAIR, val: 1 patient');
  const tables = stdout.split('\n').filter((line) => line.startsWith('|'));
  expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(stdout).toContain('| inside, mean ± SD over patients ');
  expect(stdout).toContain(
    'PSNR in dB, of the model (copy of the source; copy, histogram matched; mean-intensity regression; R alone):\n',
  );
  expect(stdout).toContain('FLAIR to T1w, val: 1 patient');
  expect(cardOf('both', 'b-to-a')).toMatchObject({ source: 'FLAIR', metrics: { split: 'val', n: 1 } });
  const { settings } = JSON.parse(readFileSync(at('both', 'log.jsonl'), 'utf8').split('\n')[0]);
  expect(settings).toMatchObject({
    widths: { r: 4 },
    variant: { direction: 'both', r: 'frozen' },
    augmentation: { mirror: true, geometry: false, intensity: false },
  });
});

describe('of several scans and volumes', () => {
  /** Two acquisitions of T1w; FLAIR as the second volume of a file. */
  beforeAll(async () => {
    for (const [subject, split] of Object.entries({ 'sub-01': 'train', 'sub-03': 'val' })) {
      const [t1w, flair] = ['T1w', 'FLAIR'].map((contrast) =>
        at('bids', subject, 'anat', `${subject}_${contrast}.nii`),
      );
      mkdirSync(at('several'), { recursive: true });
      for (const acq of ['a', 'b']) cpSync(t1w, at('several', `${subject}_acq-${acq}_T1w.nii`));
      const [one, other] = [(await readScan(t1w)).image, (await readScan(flair)).image];
      const series = { dims: [...one.shape, 2], values: [...one.voxels, ...other.voxels] };
      const { file } = makeNifti({ ...series, sform: sformOf(one.affine) });
      writeFileSync(at('several', `${subject}_FLAIR.nii`), new Uint8Array(file));
      appendFileSync(at('several', 'splits'), `${subject}\t${split}\n`);
    }
    const rows = readFileSync(at('several', 'splits'), 'utf8');
    writeFileSync(at('several', 'participants.tsv'), `participant_id\tsplit\n${rows}`);
  });
  const several = (...more: string[]) => [
    ...['train', '--a', `${at('several')}:T1w`, '--b', `${at('several')}:FLAIR`, '--out', at('chosen')],
    ...[...START(), ...PAIRED, '--steps', '1', '--every-validation', '0', '--every-preview', '0', ...more],
  ];
  const refusal = async (...more: string[]) =>
    (await runMain(several(...more))).stderr.trimEnd().split('\n').at(-1);

  it('none is taken until one is chosen', async () => {
    expect(await refusal()).toContain(
      'sub-01: must have one T1w scan a visit, got several that differ in acq (a, b); choose one by --filter acq=a',
    );
    expect(await refusal('--filter', 'acq=c')).toContain(
      '--filter acq=c: must match a scan, got none; there are acq=a, acq=b',
    );
    expect(await refusal('--filter', 'acq=b')).toContain(
      'sub-01_FLAIR.nii: must be one volume, got 2; choose one by --volume, 0 to 1',
    );
    expect(await refusal('--volume', '1,x')).toContain('--volume: must be N, or N,M for A and B');
  });

  it('the chosen one is, and the run keeps it', async () => {
    const chosen = await runMain(several('--filter', 'acq=b', '--volume', '1'));
    expect(chosen.stderr).toContain('sub-01_acq-a_T1w.nii and 1 more: not acq=b; left out by --filter\n');
    expect(chosen.code, chosen.stderr).toBe(0);
    const index = JSON.parse(readFileSync(at('chosen', 'run', 'checkpoint.json'), 'utf8'));
    expect(index.volumes).toEqual({
      trainA: ['sub-01_acq-b_T1w.nii'],
      trainB: ['sub-01_FLAIR.nii (volume 1)'],
      valA: ['sub-03_acq-b_T1w.nii'],
      valB: ['sub-03_FLAIR.nii (volume 1)'],
    });
    expect(cardOf('chosen').training.data).toBe(
      'several: 1 scan of T1w and 1 scan of FLAIR, acq=b, volume 1 of those with several',
    );
    // Scored on the volume that was chosen: a copy of the source is not the target.
    const resume = ['train', '--out', at('chosen'), '--resume', '--backend', 'wasm', '--eval', 'val'];
    const [{ methods }] = (await runJson(...resume)).scores;
    expect(methods.copy.overPatients.whole.mae.mean).toBeGreaterThan(0.01);
  });
});

describe('scans that are read', () => {
  const [own, other] = ['sub-01', 'sub-02'].map(
    (name) => (contrast: string) => at('bids', name, 'anat', `${name}_${contrast}.nii`),
  );
  const run = (out: string, a: string, b: string, ...more: string[]) =>
    runMain(['train', '--a', a, '--b', b, '--out', at(out), ...START(), '--steps', '1', ...more]);
  const copied = (from: string, name: string) => {
    mkdirSync(at('copies'), { recursive: true });
    cpSync(from, at('copies', name));
    return at('copies', name);
  };

  it('are taken once where they are one image, and what is odd about them is said once', async () => {
    const copy = copied(own('T1w'), 'again-7_T1w.nii');
    const { code, stderr } = await run('once', `${own('T1w')},${other('T1w')},${copy}`, `${own('FLAIR')}`);
    expect(code).toBe(0);
    expect(stderr).toContain('again-7_T1w.nii: the same image as sub-01_T1w.nii; taken once\n');
    expect(stderr).toContain('sub-01_T1w.nii and 3 more of 4 scans: Axial pixels are 7 mm');
    expect(stderr.match(/Axial pixels/g)).toHaveLength(1);
    expect(cardOf('once').training?.data).toContain('2 scans of T1w and 1 scan of FLAIR');
  });

  it('are shown where no names pair', async () => {
    const { code, stderr } = await run('apart', own('T1w'), other('FLAIR'), ...PAIRED);
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--paired: needs subjects with both contrasts in --a and --b, got none among 1 such as sub-01_T1w.nii and 1 such as sub-02_FLAIR.nii; name the',
    );
  });

  it.each([
    [
      'both contrasts',
      () => [own('T1w'), copied(own('T1w'), 'p-7_FLAIR.nii')],
      'p-7_FLAIR.nii: must be another image than sub-01_T1w.nii of the other contrast, got the same',
    ],
    [
      'trained on and scored',
      () => [
        own('T1w'),
        own('FLAIR'),
        '--val-a',
        copied(own('T1w'), 'p-8_T1w.nii'),
        '--val-b',
        copied(other('FLAIR'), 'p-8_FLAIR.nii'),
      ],
      'p-8_T1w.nii: must be another image than sub-01_T1w.nii of whom the model is trained on or scored by, got the same',
    ],
    [
      'trained on and scored in the end',
      () => {
        mkdirSync(at('tested'), { recursive: true });
        for (const name of ['sub-01', 'sub-09'])
          for (const contrast of ['T1w', 'FLAIR'])
            cpSync(own(contrast), at('tested', `${name}_${contrast}.nii`));
        writeFileSync(
          at('tested', 'participants.tsv'),
          'participant_id\tsplit\nsub-01\ttrain\nsub-09\ttest\n',
        );
        return [`${at('tested')}:T1w`, `${at('tested')}:FLAIR`, '--eval', 'test'];
      },
      'sub-09_T1w.nii: must be another image than sub-01_T1w.nii of whom the model is trained on or scored by, got the same',
    ],
  ])('are refused where one image is %s', async (_, names, sentence) => {
    const [a, b, ...more] = names();
    const { code, stderr } = await run('twice', a, b, ...more);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

describe('goes on', () => {
  it("with the user's own files where they lie, and without what a killed process left", async () => {
    cpSync(at('straight'), at('mixed'), { recursive: true });
    const theirs = [
      ...['run/000000003.g.b.safetensors.bak', 'run/000000004.mine.safetensors', 'run/my.part'],
      ...['run/my.0a1b2c3d.part', 'previews/a.part', 'previews/a.png.0a1b2c3d.part', 'log.jsonl.old.part'],
      ...['a-to-b/t1w-to-flair', 'a-to-b/t1w-to-flair-mine.safetensors', 'a-to-b/card.json.part'],
    ];
    const left = [
      ...['run/000000004.g.b.safetensors', 'run/checkpoint.json.0a1b2c3d.part', 'log.jsonl.0a1b2c3d.part'],
      ...['run/000000004.g.b.safetensors.0a1b2c3d.part', 'previews/000003-aToB.png.0a1b2c3d.part'],
      ...['a-to-b/card.json.0a1b2c3d.part', 'a-to-b/t1w-to-flair-0a1b2c3d.safetensors'],
    ];
    for (const name of [...theirs, ...left]) writeFileSync(at('mixed', name), 'mine');
    await runJson('train', '--out', at('mixed'), '--resume', '--backend', 'wasm');
    const there = (names: string[]) => names.filter((name) => existsSync(at('mixed', name)));
    expect({ theirs: there(theirs), left: there(left) }).toEqual({ theirs, left: [] });
  });

  it('where it is not told what it was called with, nor what it told', async () => {
    cpSync(at('straight'), at('uncalled'), { recursive: true });
    const run = at('uncalled', 'run');
    for (const name of ['call.json', 'history.jsonl']) rmSync(join(run, name));
    const resume = ['train', '--out', at('uncalled'), '--resume', '--backend', 'wasm'];
    const scored = await runMain([...resume, '--eval', 'val']);
    expect(scored.code).toBe(2);
    expect(scored.stderr).toBe(
      `${run}/call.json: must be there to tell what the run was called with, got no such file, so the scans to evaluate on are not known; leave out --eval\n`,
    );
    const { code, stderr } = await runMain(resume);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `${run}/call.json: must be there to tell what the run was called with, got no such file; the run goes on with 100 iterations between checkpoints, as by default, and its models' cards say "phantoms" of the scans, and of their licence "MIT"\n`,
    );
    expect(stderr).toContain(
      `${run}/history.jsonl: must lie beside checkpoint.json, got no such file; the curves begin anew\n`,
    );
    expect(cardOf('uncalled').training).toMatchObject({ data: 'phantoms', licence: 'MIT' });
    expect(told('uncalled').filter(({ event }) => event === 'step')).toHaveLength(3);
    writeFileSync(join(run, 'call.json'), '{');
    expect((await runMain(resume)).stderr).toContain(
      'call.json: must be JSON, got text that is not; the run',
    );
    // Without cards nothing tells.
    rmSync(at('uncalled', 'a-to-b'), { recursive: true });
    const without = {
      data: '2 scans of T1w and 2 scans of FLAIR',
      licence: "as the training scans' owner decides",
    };
    expect((await runMain(resume)).stderr).toContain(
      `say "${without.data}" of the scans, and of their licence "${without.licence}"\n`,
    );
    expect(cardOf('uncalled').training).toMatchObject(without);
  });

  it("with the user's words on a finished model's card, and with its weights where they are gone", async () => {
    cpSync(at('straight'), at('edited'), { recursive: true });
    const path = at('edited', 'a-to-b', 'card.json');
    const card = cardOf('edited');
    const edited = JSON.stringify({ ...card, name: 'Mine', licence: 'CC0', limits: ['Mine.'] });
    writeFileSync(path, edited);
    const weights = at('edited', 'a-to-b', card.weights.file);
    const before = readFileSync(weights);
    rmSync(weights);
    const { code, stderr } = await runMain(['train', '--out', at('edited'), '--resume', '--backend', 'wasm']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `${path}: is of the run's last checkpoint already; the model is left as it is\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe(edited);
    expect(readFileSync(weights).equals(before)).toBe(true);
  });
});

describe('is refused in one sentence', () => {
  async function refused(sentence: string | RegExp, ...argv: string[]) {
    const { code, stdout, stderr } = await runMain(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  }
  const bad = (...more: string[]) => train('bad', ...more);
  /** By their paths, everything in a folder. */
  const filesIn = (path: string) =>
    new Map(
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => [
          join(parentPath, name),
          readFileSync(join(parentPath, name), 'base64'),
        ]),
    );

  it('where a run is there, or none to go on with', async () => {
    await refused('must not hold a run yet, got one; go on with it by', ...train('straight'));
    await refused('must hold a run to go on with, got none', 'train', '--out', at('none'), '--resume');
    await refused(
      '--steps: is decided when a run begins',
      ...['train', '--out', at('straight'), '--resume', '--steps', '9'],
    );
    expect(existsSync(at('none'))).toBe(false);
  });

  it.each<[string, string, string | null, string]>([
    [
      'an index of a later version',
      'checkpoint.json',
      '{"format":3}',
      'format must be 1 or 2, got 3; open the',
    ],
    ['an index cut short', 'checkpoint.json', '{"format":2,', 'must be JSON, got text that is not; start a'],
    [
      'no index',
      'checkpoint.json',
      null,
      'must lie beside 000000003.g.b.safetensors, got no such file; start',
    ],
    [
      'no weights',
      '000000003.g.b.safetensors',
      null,
      'must lie beside checkpoint.json, got no such file; start',
    ],
  ])('where a run cannot be read, and leaves its files alone: %s', async (what, name, text, sentence) => {
    const run = at(what, 'run');
    cpSync(at('straight'), at(what), { recursive: true });
    // Nothing to fall back to.
    for (const name of ['checkpoint.before.json', '000000002.g.b.safetensors']) rmSync(join(run, name));
    // What a killed process left is the run's, too.
    writeFileSync(join(run, 'half.part'), '');
    if (text === null) rmSync(join(run, name));
    else writeFileSync(join(run, name), text);
    const before = filesIn(at(what));
    await refused(`${join(run, name)}: ${sentence}`, 'train', '--out', at(what), '--resume');
    await refused(`${join(run, name)}: ${sentence}`, ...train(what));
    expect(filesIn(at(what))).toEqual(before);
  });

  it.each<[string, boolean, string]>([
    ['log.jsonl', false, 'log.jsonl, which no run of this program has written; move it away, or choose'],
    ['evaluation.json', false, 'evaluation.json, which'],
    ['run/data.safetensors', false, 'run/data.safetensors, which'],
    ['a-to-b/card.json', false, 'a-to-b/card.json, which'],
    ['previews/me.png', false, 'previews/me.png, which'],
    ['log.jsonl', true, 'log.jsonl: must be a file, got a folder; move it away, or choose another --out'],
    ['evaluation.json', true, 'evaluation.json: must be a file, got a folder; move'],
    ['run/history.jsonl', true, 'history.jsonl: must be a file, got a folder; move'],
    ['run/lock.json', true, 'lock.json: must be a file that can be read, got a folder; delete it'],
    ['a-to-b/card.json', true, 'card.json: must be a file, got a folder; move'],
    ['previews', false, 'previews: must be a folder, got a file; move'],
    ['b-to-a', false, 'b-to-a: must be a folder, got a file; move'],
    ['run', false, 'run: must be a folder, got a file; move'],
  ])('where --out holds something of somebody else: %s (a folder: %s)', async (name, isFolder, sentence) => {
    const path = at('foreign', name);
    mkdirSync(isFolder ? path : dirname(path), { recursive: true });
    if (!isFolder) writeFileSync(path, 'mine');
    const before = filesIn(at('foreign'));
    await refused(sentence, ...train('foreign'));
    expect(filesIn(at('foreign'))).toEqual(before);
    rmSync(at('foreign'), { recursive: true });
  });

  it('where --out is a file, lies in one, or cannot be made', async () => {
    const file = at('a-file');
    writeFileSync(file, 'mine');
    await refused(`${file}: must be a folder, got a file; choose another name`, ...train('a-file'));
    await refused(`${file}: must be a folder, got a file; choose another name`, ...train('a-file/in-it'));
    if (!existsSync('/proc/self')) return;
    await refused(
      '/proc/run1: no folder can be made here; choose another --out',
      ...['train', ...scans(), ...START(), '--out', '/proc/run1'],
    );
  });

  it.each<[string, string[]]>([
    ['--steps: must be a whole number from 1', ['--steps', '0']],
    ['--preset: must be one of tiny, small, base, paper', ['--preset', 'huge']],
    ['--reverse-steps: must be one of 2, 4, 8', ['--reverse-steps', '3']],
    ['--augment: must be none or of mirror, geometry, intensity', ['--augment', 'flip']],
    ['--weight-l1: must be a number from 0', ['--weight-l1', 'much']],
    ['--eval: must be one of val, test', ['--eval', 'train']],
    ['--contrasts: must be two different names', ['--contrasts', 'T1w']],
    ['--val-a, --val-b: must be given both or none', ['--val-a', 'x']],
    ['--direction: must train what --start makes', ['--direction', 'b-to-a']],
    ['--freeze-r: needs the R that makes the condition', ['--freeze-r']],
    [
      '--freeze-r-after: must be an option that decides something in this training',
      ['--paired', '--freeze-r-after', '5'],
    ],
    [
      '--freeze-r-after: must be less than the 3 iterations, got 3',
      ['--freeze-r-after', '3', '--steps', '3'],
    ],
    ['--batch: must be at most 4 or a multiple of 4', ['--batch', '5']],
    [
      '--paired: must not be given with --method resnet, which is trained on unpaired scans; leave out --paired',
      ['--method', 'resnet', '--paired', '--start', at('r.json')],
    ],
    ['--paired: must not be given with a resnet model to start from', ['--paired', '--start', at('r.json')]],
    [
      '--freeze-r: must not be given with --no-diffusion',
      ['--no-diffusion', '--freeze-r', '--start', at('r.json')],
    ],
    [
      '--no-adversarial, --no-cycle: must not be given both with --method resnet',
      ['--method', 'resnet', '--no-adversarial', '--no-cycle', '--start', at('r.json')],
    ],
    [
      '--b: must not be given with --unconditional, which learns the images of --a alone',
      ['--unconditional'],
    ],
    [
      '--l1-projector: must not be given with --no-adversarial, which leaves out all discriminators; leave one of them out',
      ['--l1-projector', '--no-adversarial'],
    ],
    ...(['--freeze-r', '--no-cycle'] as const).map((flag): [string, string[]] => [
      `${flag}: must not be given with --paired, which trains without R and its cycle`,
      ['--paired', flag],
    ]),
    ['--r-start: must not be given with --paired', ['--paired', '--r-start', at('r.json')]],
    [
      '--freeze-r-after: must be an option that decides something in this training',
      [
        ...['--freeze-r', '--r-start', at('r.json'), '--r-start-back', at('r.json')],
        ...['--freeze-r-after', '1'],
      ],
    ],
    [
      '--no-cycle: must not be given with --method cgan, which is trained by its cycle term; leave out --no-cycle',
      ['--method', 'cgan', '--no-cycle'],
    ],
    [
      '--reverse-steps: must be of a method that is trained with few or many (syndiff)',
      ['--method', 'ddpm', '--reverse-steps', '8'],
    ],
    ["--reverse-steps: must be the start model's, 2, got 8; leave it out", ['--reverse-steps', '8']],
    ["--pixel-size: must be the start model's, 8, got 2; leave it out", ['--pixel-size', '2']],
    [
      "--intensity: must be the start model's, foreground-p99.5, got foreground-median",
      ['--intensity', 'foreground-median'],
    ],
    [
      '--r-start: must start a network that no other model starts, got a second non-diffusive ResNet generator',
      ['--start', at('r.json'), '--r-start', at('r.json')],
    ],
    ['--crop: must be a whole number from 0', ['--crop', 'half']],
    [
      '--simple-loss: must be one of 0, 1, got "2"; choose one of these',
      ['--method', 'ddpm', '--simple-loss', '2'],
    ],
    [
      '--groups: must be an option that decides something in this training',
      ['--method', 'ddpm', '--ncsnpp', '--groups', '4'],
    ],
    ["--crop: must be a multiple of 2 up to the image's 32 pixels, got 64", ['--crop', '64']],
    ['--start: must be a non-diffusive ResNet generator, got a diffusive generator', ['--no-diffusion']],
    ['--start: must be an id', ['--start', 'no-such-model']],
  ])('%s', async (sentence, more) => {
    await refused(sentence, ...bad(...more));
    expect(existsSync(at('bad'))).toBe(false);
  });

  it('where scans and model do not belong together', async () => {
    const swapped = ['--a', `${at('bids')}:FLAIR`, '--b', `${at('bids')}:T1w`];
    await refused('its contrasts must be the scans', 'train', ...swapped, '--out', at('bad'), ...START());
    const config = { ...tinyConfig(32), num_channels: 1 };
    const state = hashWeights(1, ncsnppTable(config));
    await writeModel(
      folder,
      'free',
      { method: 'syndiff', ...config },
      encodeWeights({ state, config }, 'f32'),
    );
    const free = ['--out', at('bad'), '--start', at('free.json')];
    await refused('free: must be a model that translates', 'train', ...swapped, ...free);
    const unet = ncsnppOf(tinyConfig(32), 2);
    const weights = encodeWeights({ state: hashWeights(1, ncsnppTable(unet)), config: unet }, 'f32');
    await writeModel(folder, 'unet', unet, weights);
    const other = ['--start', at('unet.json'), '--backend', 'wasm', '--simple-loss'];
    await refused("--simple-loss: must be the start model's, 0, got 1; leave it out", ...bad(...other));
    const same = ['--a', `${at('bids')}:T1w`, '--b', `${at('bids')}:T1w`];
    await refused('--a, --b: must be different scans, got', 'train', ...same, '--out', at('bad'));
    const one = at('bids', 'sub-01', 'anat', 'sub-01_T1w.nii');
    const alike = ['--a', one, '--b', at('bids', 'sub-02', 'anat', 'sub-02_T1w.nii')];
    await refused(
      "--contrasts: must be given where the scans' names do not tell two, got T1w for both; add one for A and one for B, such as --contrasts T1w,FLAIR",
      ...['train', ...alike, '--out', at('bad')],
    );
    const list = ['train', '--a', one, '--b', `${at('bids')}:FLAIR`, '--out', at('bad')];
    await refused('--eval: needs subjects of the test split', ...list, ...START(), '--eval', 'test');
    const mixed = `${at('bids')}:T1w,${at('bids')}:FLAIR`;
    await refused(
      '--a: must be scans of one contrast, got FLAIR, T1w; leave out the others, or say by --contrasts',
      ...['train', '--a', mixed, '--b', `${at('bids')}:FLAIR`, '--out', at('bad')],
    );
    const tested = at('bids', 'sub-04', 'anat', 'sub-04_T1w.nii');
    await refused(
      '--a, --b: a subject must be in one split of both, got sub-04 among those who are trained on and among others',
      ...['train', '--a', tested, '--b', `${at('bids')}:FLAIR`, '--out', at('bad')],
    );
    await refused('--a: must be given', 'train', '--out', at('bad'));
    const again = ['--a', one, '--b', one, '--contrasts', 'T1w,FLAIR'];
    await refused(
      `--a, --b: must be different scans, got ${one} in both; leave it out of one, or choose by --volume N,M`,
      ...['train', ...again, '--out', at('bad'), ...START()],
    );
  });

  it('where it does not fit into memory', async () => {
    const { code, stdout, stderr } = await runMain([
      ...[
        'train',
        ...scans(),
        '--out',
        at('large'),
        '--preset',
        'paper',
        '--batch',
        '4',
        '--backend',
        'wasm',
      ],
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/memory: paper needs about [\d.]+ GiB on wasm, which can hold 4\.0 GiB/);
  });
});
