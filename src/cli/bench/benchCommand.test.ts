import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel, writePhantomSet, writeTinyModel } from '../../../test/phantomSet';
import { tinyConfig } from '../../../test/tinyModel';
import { hashWeights } from '../../engine/hash';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { runMain } from '../runMain';
import { namedModels } from './namedModels';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

/** The tiny model as a run's folder has it, changed. */
function writeRun(place: string, change: (card: Record<string, unknown>) => object = (card) => card): string {
  mkdirSync(at(place), { recursive: true });
  cpSync(at('tiny.safetensors'), at(place, 'tiny.safetensors'));
  const card = JSON.parse(readFileSync(at('tiny.json'), 'utf8'));
  writeFileSync(at(place, 'card.json'), JSON.stringify({ ...card, ...change(card) }));
  return at(place);
}

beforeAll(async () => {
  writePhantomSet(at('bids'), { 'sub-01': 'train', 'sub-04': 'test', 'sub-05': 'test' });
  await writeTinyModel(folder);
  writeRun('runs/seed1/syndiff/a-to-b');
  writeRun('runs/seed2/syndiff/a-to-b');
  writeRun('runs/seed1/other/a-to-b', ({ diffusion }) => ({
    diffusion: { ...(diffusion as object), steps: 1 },
  }));
  writeRun('runs/seed1/syndiff/b-to-a', ({ source, target }) => ({ source: target, target: source }));
});

const bench = (out: string, ...more: string[]) => {
  const given = (name: string, value: string) => (more.includes(name) ? [] : [name, value]);
  return [
    ...['bench', '--out', at(out), '--backend', 'wasm'],
    ...given('--suite', 'quality'),
    ...given('--models', at('runs')),
    ...given('--data', at('bids')),
    ...given('--slices', '2'),
    ...more,
  ];
};

describe('bench --suite quality', () => {
  it('writes tables and charts of both directions, and goes on where it was stopped', async () => {
    const controller = new AbortController();
    const stopped = await runMain(bench('out'), {
      signal: controller.signal,
      terminal: true,
      err: (text) => {
        // What is before it is done.
        if (text.includes('quality: SynDiff')) controller.abort();
      },
    });
    expect({ code: stopped.code, stdout: stopped.stdout }).toEqual({ code: 130, stdout: '' });
    const kept = readFileSync(at('out/cells.jsonl'), 'utf8').split('\n').length - 2;
    // Three rows of two pairs and directions, and a model's two pairs.
    expect(kept).toBe(14);
    appendFileSync(at('out/cells.jsonl'), '{"key":"scores/cut sho');
    const { code, stdout, stderr } = await runMain(bench('out', '--against', 'SynDiff'), { terminal: true });
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('T1w → FLAIR: other, SynDiff (2 runs); 2 pairs of 2 patients\n');
    expect(stderr).not.toContain('quality: source as it is');
    expect(stderr).toMatch(/quality: SynDiff, T1w → FLAIR, sub-04, part 15 of 20/);
    for (const text of [stdout, readFileSync(at('out/quality.md'), 'utf8')]) {
      expect(text).toMatch(
        /^# Quality of translations\n\n- Data .*bids, split test; T1w → FLAIR 2 pairs of 2 patients; .*--slices 2; seed 0; wasm, .*SynDiff Web \d.*; \d{4}-\d\d-\d\d\.\n- .* pixels of .* iterations?\./,
      );
      expect(text).toContain('\n\n## T1w → FLAIR\n');
      expect(text).toContain('## FLAIR → T1w\n');
      expect(text).toContain('## T1w → FLAIR: SynDiff against each of the others');
      for (const row of ['source as it is', 'histogram-matched source', 'intensity regression', 'other'])
        expect(text).toMatch(new RegExp(`\\n\\| ${row} +\\|`));
    }
    const { tables, charts, made, slices } = JSON.parse(readFileSync(at('out/quality.json'), 'utf8'));
    const [scores] = tables;
    expect(scores.rows.map(({ failed }: { failed: string | null }) => failed)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
    // The same weights twice are two runs of no difference.
    expect(scores.rows[4].values.runs).toMatchObject({ std: 0, n: 2 });
    expect(scores.rows[4].values.psnr.n).toBe(2);
    expect(made).toMatchObject({
      split: 'test',
      backend: 'wasm',
      limit: null,
      options: { slices: 2, seed: 0 },
    });
    expect(made.pairs.slice(0, 2)).toMatchObject([{ patient: 'sub-04' }, { patient: 'sub-05' }]);
    // A slice of each pair: two directions of three rows without a model, and four models.
    expect(slices).toHaveLength(2 * (2 * 3 + 4));
    const copied = slices.filter(
      (one: { task: string; row: string }) => one.task === 'T1w → FLAIR' && one.row === 'source as it is',
    );
    const [one, two] = copied.map(({ paper }: { paper: { psnr: number } }) => paper.psnr);
    expect((one + two) / 2).toBeCloseTo(scores.rows[0].values.paperPsnr.mean, 9);
    // The charts show the first column.
    expect(charts[0].series[0].points[0].y).toBe(scores.rows[0].values.paperPsnr.mean);
    for (const { id } of charts) expect(readFileSync(at(`out/quality-${id}.svg`), 'utf8')).toMatch(/^<svg /);
    // Nothing is left to compute.
    const again = await runMain(bench('out', '--json', '--against', 'SynDiff'), { terminal: true });
    expect(again.stderr).not.toContain('part');
    expect(JSON.parse(again.stdout).suites[0].tables).toEqual(tables);
    expect(existsSync(at('out/lock.json'))).toBe(false);
    // Another image of the same size.
    const scan = at('bids/sub-04/anat/sub-04_FLAIR.nii');
    const bytes = readFileSync(scan);
    writeFileSync(
      scan,
      bytes.map((byte, n) => (n < bytes.length / 2 ? byte : 0)),
    );
    utimesSync(scan, 1e9, 1e9);
    const changed = await runMain(bench('out'), { terminal: true });
    writeFileSync(scan, bytes);
    expect(changed.stderr).toMatch(/quality: SynDiff, T1w → FLAIR, sub-04, part/);
  });

  it('names what failed, and does the rest', async () => {
    cpSync(at('bids'), at('broken'), { recursive: true });
    const scan = at('broken/sub-05/anat/sub-05_FLAIR.nii');
    writeFileSync(scan, readFileSync(scan).subarray(0, 5000));
    const { code, stdout, stderr } = await runMain(
      bench(
        ...(['failed', '--data', at('broken'), '--patient', '^sub-..'] as const),
        ...['--models', `mine=${at('runs/seed1/syndiff/a-to-b')}`],
      ),
    );
    expect(code).toBe(2);
    expect(stdout).toContain('; --patient ^sub-..; ');
    expect(stderr).toMatch(/\nquality: mine, T1w → FLAIR, sub-05: .*sub-05_FLAIR\.nii.*\n/);
    expect(stdout).toMatch(/\n\| mine +\| +\d/);
    expect(stdout).toMatch(/\n- mine: 1 of 2 parts failed: sub-05: .*sub-05_FLAIR/);
  });
});

it('has a row with its reason of each model that cannot be read, leaves out a suite that cannot run, and does the rest', async () => {
  writeRun('mix/good');
  writeRun('mix/magic', () => ({ network: { method: 'magic' } }));
  writeRun('mix/cut', ({ weights }) => ({ weights: { ...(weights as object), bytes: 9 } }));
  // Its card is read, and is of the other direction.
  writeRun('mix/back', ({ source, target, weights }) => ({
    ...{ source: target, target: source },
    weights: { ...(weights as object), file: 'no.pth' },
  }));
  const more = ['--suite', 'quality,steps', '--limit', '1', '--slices', '1', '--models', at('mix')];
  const { code, stdout, stderr } = await runMain(bench('mixed-out', ...more));
  expect(code).toBe(2);
  expect(stderr).toMatch(/magic: .*card\.json: model card: network.*; its row stays empty\n/);
  expect(stderr).toMatch(/cut: .* must hold the 9 bytes .*; its row stays empty\n/);
  expect(stderr).toMatch(/back: .* got no file no\.pth.*; its row stays empty\n/);
  expect(stderr).toMatch(/\nsteps: needs models of SynDiff of two numbers of steps .*; steps is left out\n/);
  expect(stdout).toMatch(/\n\| good +\| +\d.*\n- cut: .*9 bytes.*\n- magic: .*card\.json/s);
  const [{ rows }] = JSON.parse(readFileSync(at('mixed-out/quality.json'), 'utf8')).tables;
  expect(
    rows
      .slice(-3)
      .map(({ name, failed }: { name: string; failed: string | null }) => [name, failed === null]),
  ).toEqual([
    ['good', true],
    ['cut', false],
    ['magic', false],
  ]);
});

it('says what is odd about a scan that is scored, once', async () => {
  cpSync(at('bids'), at('odd-scan'), { recursive: true });
  const scan = at('odd-scan/sub-05/anat/sub-05_T1w.nii');
  const bytes = readFileSync(scan);
  // Float32 voxels behind the header.
  for (let at = 352; at < bytes.length; at += 4) bytes.writeFloatLE(bytes.readFloatLE(at) > 100 ? 1 : 0, at);
  writeFileSync(scan, bytes);
  const more = [
    '--data',
    at('odd-scan'),
    '--slices',
    '2',
    '--suite',
    'quality,variability',
    '--samples',
    '2',
  ];
  const { stderr } = await runMain(bench('odd-out', ...more, '--models', at('runs/seed1/syndiff/a-to-b')));
  const lines = stderr.split('\n').filter((line) => line.includes('only 2 different values'));
  expect(lines).toEqual([expect.stringMatching(/^sub-05: T1w: .*label map/)]);
});

it('has a row with its reason, and exit code 2, of a model that makes one value', async () => {
  const place = writeRun('flat/SynDiff');
  const config = tinyConfig(32);
  const state = hashWeights(1, ncsnppTable(config));
  for (const { data } of state.values()) data.fill(0);
  await writeModel(place, 'card', { method: 'syndiff', ...config }, encodeWeights({ state, config }, 'f32'));
  const more = ['--limit', '1', '--slices', '1', '--models', at('flat')];
  const { code, stdout } = await runMain(bench('flat-out', ...more));
  expect(stdout).toMatch(
    /\n\| SynDiff +\| +– .*\n- SynDiff: its one slice has no score: images of one value throughout\n/s,
  );
  expect(code).toBe(2);
});

it('computes what chance and noise change, and nothing that another suite has kept', async () => {
  const more = [
    '--models',
    at('runs/seed1/syndiff/a-to-b'),
    '--limit',
    '1',
    '--slices',
    '1',
    '--samples',
    '2',
  ];
  const call = (suite: string) => runMain(bench('chance', ...more, '--suite', suite), { terminal: true });
  const { code, stdout, stderr } = await call('variability,noise');
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('variability: SynDiff, T1w → FLAIR, sub-04, 2 samples, part 1 of 1');
  expect(stdout).toMatch(/# Variability.*# Robustness against noise.*Rician noise.*real-valued noise/s);
  const [spread] = JSON.parse(readFileSync(at('chance/variability.json'), 'utf8')).tables;
  expect(spread.rows[0].values.psnrSlice.mean).toBeGreaterThan(0);
  const { tables } = JSON.parse(readFileSync(at('chance/noise.json'), 'utf8'));
  const { values } = tables[0].rows[0];
  expect(values['c0.21'].mean).not.toBe(values.c0.mean);
  // The slice without noise is quality's.
  const after = await call('quality');
  expect(after.code, after.stderr).toBe(0);
  expect(after.stderr).not.toContain('quality: SynDiff');
  const [{ rows }] = JSON.parse(readFileSync(at('chance/quality.json'), 'utf8')).tables;
  expect(rows.at(-1).values.psnr).toEqual(values.c0);
});

it('holds images of noise alone against real slices', async () => {
  const config = { ...tinyConfig(32), num_channels: 1 };
  const state = hashWeights(1, ncsnppTable(config));
  mkdirSync(at('free/none/a-to-b'), { recursive: true });
  const place = at('free/none/a-to-b');
  await writeModel(place, 'card', { method: 'syndiff', ...config }, encodeWeights({ state, config }, 'f32'));
  const { code, stdout, stderr } = await runMain(
    bench('free-out', '--suite', 'unconditional', '--models', at('free'), '--slices', '3'),
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\n\| none +\| +\d/);
  const [{ rows, notes }] = JSON.parse(readFileSync(at('free-out/unconditional.json'), 'utf8')).tables;
  for (const id of ['fd-brain', 'kid-brain', 'fd-random', 'kid-random'])
    expect(rows[0].values[id].mean, id).toEqual(expect.any(Number));
  // Noise is far from heads.
  expect(rows[0].values['fd-random'].mean).toBeGreaterThan(0);
  expect(notes[0]).toContain('3 images of each model against 3 real slices of 1 subject of train and val');
  const { stderr: said } = await runMain(bench('free-out', '--models', at('free')));
  expect(said).toContain(
    'none: makes images of noise alone; left out of all but unconditional and complexity\n',
  );
});

it.each([
  [['runs'], ['other', 'SynDiff', 'SynDiff', 'SynDiff']],
  [['runs/seed1'], ['other', 'SynDiff', 'SynDiff']],
  [['runs/seed1/syndiff'], ['SynDiff', 'SynDiff']],
  [['runs/seed1/other/a-to-b/card.json'], ['other']],
  [['mine=runs/seed2', 'runs/seed2/syndiff/a-to-b'], ['mine/syndiff']],
  [
    ['t1w-to-flair', 'shipped=t1w-to-t2w'],
    ['t1w-to-flair', 'shipped'],
  ],
])('names rows of %s', async (names, rows) => {
  const places = names.map((name) => name.replace(/runs/, at('runs')));
  expect((await namedModels(places.join(','))).models.map(({ name }) => name)).toEqual(rows);
});

it.each([
  [['runs/seed2'], ['seed2/syndiff/a-to-b']],
  [
    ['runs/seed2/syndiff/a-to-b/card.json', 'tiny.json'],
    ['a-to-b', 'FOLDER/tiny.json'],
  ],
  [
    ['runs/seed1/other/a-to-b', 'runs/seed1/syndiff/a-to-b'],
    ['a-to-b', 'a-to-b-2'],
  ],
  [['t1w-to-flair'], ['t1w-to-flair']],
])('gives models of %s ids without a place of this machine, no two the same', async (names, ids) => {
  const places = names.map((name) => (name.startsWith('t1w') ? name : at(name)));
  const { models } = await namedModels(places.join(','));
  expect(models.map(({ id }) => id.replace(basename(folder), 'FOLDER'))).toEqual(ids);
});

it('says which model is named twice, under another name', async () => {
  const place = at('runs/seed2/syndiff/a-to-b');
  const { models, repeated } = await namedModels([place, `X=${place}`, place].join(','));
  expect(models).toHaveLength(1);
  expect(repeated).toEqual(['X: is the model of row SynDiff; taken once']);
});

describe('bench refuses', () => {
  const refused = async (argv: string[]) => {
    const { code, stdout, stderr } = await runMain(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };

  it.each([
    [
      'no folder of models',
      ['--models', 'none'],
      '--models: must be a folder of models, a card.json or an id (',
    ],
    [
      'a folder without models',
      ['--models', 'bids'],
      'bids: must hold models, each a card.json with its weights, got none',
    ],
    [
      'an unknown row',
      ['--against', 'cGAN'],
      '--against: must be a row\'s name (other, SynDiff), got "cGAN"',
    ],
    [
      'no scans of that split',
      ['--split', 'val'],
      'needs subjects of the val split with T1w and FLAIR for T1w → FLAIR, got none',
    ],
  ])('%s', async (_, more, sentence) => {
    const given = more.map((one) => (['none', 'bids'].includes(one) ? at(one) : one));
    expect(await refused(bench('new', ...given))).toContain(sentence);
    expect(existsSync(at('new'))).toBe(false);
  });

  it.each<[string, (card: Record<string, unknown>) => object, string]>([
    ['a method that is none', () => ({ network: { method: 'magic' } }), 'card.json: model card: network'],
    [
      'weights of another size',
      ({ weights }) => ({ weights: { ...(weights as object), bytes: 9 } }),
      'must hold the 9 bytes that its card gives, got',
    ],
    [
      'weights that are not there',
      ({ weights }) => ({ weights: { ...(weights as object), file: 'no.pth' } }),
      'must have its weights beside it, got no file no.pth',
    ],
    ['other contrasts', () => ({ source: 'PDw', target: 'CT' }), 'with PDw and CT for PDw → CT, got none in'],
  ])('a model with %s', async (name, change, sentence) => {
    const place = `odd/${name}`.replaceAll(' ', '-');
    writeRun(place, change);
    expect(await refused(bench('new', '--models', at(place)))).toContain(sentence);
  });

  it('models of different scales in one table', async () => {
    const change = ({ preprocessing }: Record<string, unknown>) => ({
      preprocessing: { ...(preprocessing as object), intensity: 'foreground-median' },
    });
    writeRun('mixed/a');
    writeRun('mixed/b', change);
    expect(await refused(bench('new', '--models', at('mixed')))).toContain(
      'bench: models of T1w → FLAIR must have the same intensity maps to be compared, got foreground-p99.5 to foreground-p99.5 of a and foreground-median to foreground-median of b;',
    );
  });

  it("somebody else's folder", async () => {
    mkdirSync(at('theirs'));
    writeFileSync(at('theirs/quality.md'), 'mine');
    expect(await refused(bench('theirs'))).toContain(
      'must be new or hold an earlier bench, got quality.md without cells.jsonl',
    );
    writeFileSync(at('theirs/cells.jsonl'), '{"a":1}\n');
    expect(await refused(bench('theirs'))).toContain(
      'must be new or the cells of an earlier bench, got another file',
    );
    expect(readFileSync(at('theirs/quality.md'), 'utf8')).toBe('mine');
    mkdirSync(at('drawn'));
    writeFileSync(at('drawn/quality-psnr.svg'), 'mine');
    expect(await refused(bench('drawn'))).toContain('got quality-psnr.svg without cells.jsonl');
    expect(readFileSync(at('drawn/quality-psnr.svg'), 'utf8')).toBe('mine');
  });

  it('a quick look that would not be one', async () => {
    expect(await refused(bench('new', '--quick'))).toContain(
      '--quick: is of the suite speed, got it without;',
    );
    expect(await refused(bench('new', '--suite', 'speed', '--quick', '--samples', '9'))).toContain(
      '--quick: says how many runs of each engine there are, got --samples, too;',
    );
    const others = ['bench', '--suite', 'speed,complexity', '--backend', 'wasm'];
    expect(await refused(others)).toContain('--out: must be given');
  });

  it('models of several methods in one row', async () => {
    writeRun('several/seed1');
    writeRun('several/seed2', ({ diffusion }) => ({
      network: { method: 'unit', dim: 16 },
      diffusion: { ...(diffusion as object), steps: 1 },
    }));
    expect(await refused(bench('new', '--models', at('several')))).toContain(
      'bench: models of one row must be runs of one method, got SynDiff and UNIT of "several"',
    );
  });
});

describe('bench --suite speed', () => {
  it('needs no more to be named: the first model that ships, and nothing is kept', async () => {
    const controller = new AbortController();
    let told = '';
    const { code, stdout } = await runMain(
      ['bench', '--suite', 'speed', '--quick', '--backend', 'wasm', '--threads', '1'],
      {
        signal: controller.signal,
        terminal: true,
        err: (text) => {
          told += text;
          if (text.includes('speed: t1w-to-t2w, time of a reverse step')) controller.abort();
        },
      },
    );
    expect({ code, stdout }, told).toEqual({ code: 130, stdout: '' });
    expect(told).toContain('bench: stopped; nothing is kept without --out\n');
  });
});
