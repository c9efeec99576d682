import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_DIR } from '../../test/golden';
import { gzipped, headPhantom, makeNifti } from '../../test/makeNifti';
import { tinyCard, tinyConfig } from '../../test/tinyModel';
import type { ModelCard } from '../engine/cards/modelCard';
import { writeSafetensors } from '../engine/formats/safetensors';
import { sha256 } from '../engine/formats/sha256';
import { hashWeights } from '../engine/hash';
import { ownKernels } from '../engine/kernels/wasm/kernels';
import { encodeWeights } from '../engine/models/convertWeights';
import { ncsnppTable } from '../engine/networks/ncsnpp/table';
import { readNifti } from '../volume/formats/nifti/read';
import { runJson, runMain } from './runMain';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** A network that runs in milliseconds. */
const CONFIG = tinyConfig(16);
const WEIGHTS = encodeWeights({ state: hashWeights(1, ncsnppTable(CONFIG)), config: CONFIG }, 'f32');
const CARD = {
  ...tinyCard(16),
  weights: { ...tinyCard(16).weights, sha256: await sha256(WEIGHTS), bytes: WEIGHTS.length },
};

const SHAPE = [14, 16, 4] as const;
/** Stored to the left, to the back, upwards: not the canonical order. */
const SFORM = [
  [-10, 0, 0, 65],
  [0, -10, 0, 75],
  [0, 0, 20, -30],
];

async function refused(sentence: string | RegExp, ...argv: string[]) {
  const { code, stdout, stderr } = await runMain(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(sentence);
  expect(stderr).toMatch(/^[^\n]+\n$/);
}

function writeScan(name: string, values: ArrayLike<number>, sform = SFORM) {
  const { file } = makeNifti({ dims: [...SHAPE], values, sform });
  writeFileSync(at(name), new Uint8Array(name.endsWith('.gz') ? gzipped(file) : file));
}

async function readBackAll(name: string) {
  return readNifti([{ name, blob: new Blob([readFileSync(at(name))]) }], { volume: 'all' });
}

async function readBack(name: string) {
  const [{ image, ...file }] = await readBackAll(name);
  return { ...file, ...image };
}

beforeAll(async () => {
  writeScan('scan_T1w.nii.gz', headPhantom(SHAPE));
  writeFileSync(at('tiny.safetensors'), WEIGHTS);
  writeFileSync(at('card.json'), JSON.stringify(CARD));
});

const translate = (output: string, ...more: string[]) => [
  'translate',
  at('scan_T1w.nii.gz'),
  '--model',
  at('card.json'),
  '--output',
  at(output),
  '--backend',
  'wasm',
  ...more,
];

describe('translate', () => {
  it('writes the result on the grid of the scan, its sidecar and its chain', async () => {
    const report = await runJson(...translate('a.nii.gz', '--slices', '1:3', '--seed', '5', '--steps'));
    expect(report).toMatchObject({ backend: 'wasm', model: 'tiny', slices: [1, 2] });
    expect(report.msPerSlice).toBeGreaterThan(0);
    expect(report.peakMemoryBytes).toBeGreaterThan(1e6);

    const source = await readBack('scan_T1w.nii.gz');
    const result = await readBack('a.nii.gz');
    expect(result.affine).toEqual(source.affine);
    expect(result.header.affine).toEqual(source.header.affine);
    const area = SHAPE[0] * SHAPE[1];
    const slice = (k: number) => [...result.voxels.subarray(k * area, (k + 1) * area)];
    expect(
      slice(0)
        .concat(slice(3))
        .every((value) => value === 0),
    ).toBe(true);
    expect(new Set(slice(1)).size).toBeGreaterThan(50);
    expect(new Set(slice(2)).size).toBeGreaterThan(50);

    const sidecar = JSON.parse(readFileSync(at('a.json'), 'utf8'));
    expect(sidecar).toMatchObject({
      Seed: 5,
      TranslatedSlices: [1, 2],
      Model: { Id: 'tiny' },
      Synthetic: true,
    });
    // The brain is the median of the foreground: three times that is the map's +1, which no voxel of the result exceeds.
    expect(sidecar.IntensityMap).toMatchObject({ Name: 'foreground-median', Lower: 0 });
    expect(Math.max(...result.voxels)).toBeLessThanOrEqual(sidecar.IntensityMap.Upper);

    const steps = await readBackAll('a_steps.nii.gz');
    expect(steps.length).toBe(5);
    // At step 0 the chain ends in the network's own estimate (up to the posterior's coefficients, 1 and 0).
    steps[4].image.voxels.forEach((value, v) => {
      expect(Math.abs(value - result.voxels[v])).toBeLessThan(1e-3 * sidecar.IntensityMap.Upper);
    });
  });

  it('makes CT in Hounsfield units: int16 of slope 1, air where nothing was translated, errors in HU', async () => {
    const card = JSON.parse(readFileSync(at('card.json'), 'utf8'));
    card.target = 'CT';
    card.preprocessing.intensity = { source: 'foreground-median', target: 'hu' };
    writeFileSync(at('ct-card.json'), JSON.stringify(card));
    await runJson(
      'translate',
      at('scan_T1w.nii.gz'),
      '--model',
      at('ct-card.json'),
      '--output',
      at('ct.nii.gz'),
      '--slices',
      '1:3',
      '--backend',
      'wasm',
    );
    const { header, voxels, write } = await readBack('ct.nii.gz');
    const view = new DataView(header.bytes.slice().buffer);
    // nifti1.h: scl_slope, scl_inter.
    expect([header.dtype, view.getFloat32(112, true), view.getFloat32(116, true)]).toEqual(['int16', 1, 0]);
    const area = SHAPE[0] * SHAPE[1];
    expect(new Set(voxels.slice(0, area))).toEqual(new Set([-1024]));
    const made = voxels.slice(area, 3 * area);
    expect(made.every((v) => Number.isInteger(v) && v >= -1024 && v <= 2048)).toBe(true);
    expect(new Set(made).size).toBeGreaterThan(50);
    expect(JSON.parse(readFileSync(at('ct.json'), 'utf8'))).toMatchObject({
      TargetContrast: 'CT',
      Units: 'HU',
      IntensityMap: { Name: 'foreground-median' },
      TargetIntensityMap: { Name: 'hu', Lower: -1024, Upper: 2048 },
    });
    // A real CT that is 10 HU higher everywhere.
    writeFileSync(
      at('real_CT.nii.gz'),
      await write(
        voxels.map((v) => v + 10),
        { dtype: 'int16', units: 'HU', descrip: '' },
      ),
    );
    const report = await runJson('evaluate', at('ct.nii.gz'), at('real_CT.nii.gz'));
    expect(report.intensity).toMatchObject({ map: 'hu', reference: { low: -1024, high: 2048 } });
    expect(report.hu.whole).toBe(10);
    expect(report.hu.head).toBe(10);
    const text = await runMain(['evaluate', at('ct.nii.gz'), at('real_CT.nii.gz')]);
    expect(text.stdout).toMatch(/mean error in HU: whole 10.0, head 10.0, bone above 150 HU/);
  });

  it('gives the same voxels for the same seed whatever the slices, and others for another seed', async () => {
    await runJson(...translate('b.nii.gz', '--seed', '5', '--slices', '2:3', '--noise', 'independent'));
    await runJson(...translate('c.nii.gz', '--seed', '5', '--slices', '0:4', '--noise', 'independent'));
    await runJson(...translate('d.nii.gz', '--seed', '6', '--slices', '2:3', '--noise', 'independent'));
    const middle = async (name: string) => {
      const { voxels } = await readBack(name);
      return voxels.slice(2 * SHAPE[0] * SHAPE[1], 3 * SHAPE[0] * SHAPE[1]);
    };
    expect(await middle('b.nii.gz')).toEqual(await middle('c.nii.gz'));
    expect(await middle('d.nii.gz')).not.toEqual(await middle('b.nii.gz'));
  });

  it('stores int16 where asked to, and takes weights without a card', async () => {
    const { code, stdout, stderr } = await runMain([
      ...['translate', at('scan_T1w.nii.gz'), '--model', at('tiny.safetensors'), '--output', at('e.nii.gz')],
      ...['--backend', 'wasm', '--slices', '1:2', '--dtype', 'int16'],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/e\.nii\.gz: 1 synthetic slice, \d+ ms a slice on wasm, peak memory \d+ MiB/);
    expect(stderr).toContain('backend wasm: wasm was asked for');
    expect((await readBack('e.nii.gz')).header.dtype).toBe('int16');
  });

  it('stops at Ctrl-C without leaving a file', async () => {
    const controller = new AbortController();
    const stopping = {
      signal: controller.signal,
      err: (text: string) => {
        if (text.startsWith('slice')) controller.abort();
      },
    };
    const { code, stdout } = await runMain(translate('f.nii.gz'), stopping);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(existsSync(at('f.nii.gz'))).toBe(false);
    expect(existsSync(at('f.json'))).toBe(false);
  });

  it('refuses what would lose or mislead', async () => {
    const scan = at('scan_T1w.nii.gz');
    const model = ['--model', at('card.json')];
    await refused('would overwrite the input', 'translate', scan, ...model, '--output', scan);
    await refused('must end in .nii.gz', 'translate', scan, ...model, '--output', at('x.nii'));
    await refused('no such folder', 'translate', scan, ...model, '--output', at('none/x.nii.gz'));
    await refused('--output: must be given', 'translate', scan, ...model);
    await refused('--model: must be given', 'translate', scan, '--output', at('x.nii.gz'));
    await refused(
      /--model: must be an id \(.*\), .* got "nil"/,
      'translate',
      scan,
      '--model',
      'nil',
      '--output',
      at('x.nii.gz'),
    );
    await refused(
      '--samples: must be a whole number from 1 to 16',
      ...translate('x.nii.gz', '--samples', '0'),
    );
    await refused('--slices: must be A:B with 0 <= A < B <= 4', ...translate('x.nii.gz', '--slices', '2:9'));
    await refused(
      'has one volume, number 0, got 1; leave the choice out',
      ...translate('x.nii.gz', '--volume', '1'),
    );
    await refused(
      'must be one of auto, webgpu, wasm, cpu',
      'translate',
      scan,
      ...model,
      '--output',
      at('x.nii.gz'),
      '--backend',
      'webgl',
    );
    writeScan('copy_T1w.nii', headPhantom(SHAPE));
    await refused(
      "its sidecar would overwrite the input's",
      'translate',
      at('copy_T1w.nii'),
      ...model,
      '--output',
      at('copy_T1w.nii.gz'),
    );
    mkdirSync(at('folder.nii.gz'), { recursive: true });
    await refused('folder.nii.gz: is a folder', ...translate('folder.nii.gz'));
    await refused('a part of its path is a file', ...translate('scan_T1w.nii.gz/x.nii.gz'));
    await refused(/card\.json: would overwrite the input .*card\.json/, ...translate('card.nii.gz'));
    expect(existsSync(at('x.nii.gz'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each(['real_FLAIR.nii.gz', 'real_FLAIR.json', 'real_FLAIR_steps.nii.gz'])(
    'writes over no file that is not its own: %s',
    async (name) => {
      writeFileSync(at(name), '{"EchoTime":0.1}');
      await refused(
        `${name}: must be new or a translation of this program with its sidecar, got another file; give another name`,
        ...translate('real_FLAIR.nii.gz', '--steps'),
      );
      expect(readFileSync(at(name), 'utf8')).toBe('{"EchoTime":0.1}');
      rmSync(at(name));
    },
  );

  it('writes over its own results, and over an empty file', async () => {
    writeFileSync(at('again.nii.gz'), '');
    for (const seed of ['1', '2'])
      await runJson(...translate('again.nii.gz', '--slices', '2:3', '--seed', seed, '--steps'));
  });

  it('refuses weights that are not those of the card', async () => {
    const card = { ...CARD, weights: { ...CARD.weights, sha256: 'a'.repeat(64) } };
    writeFileSync(at('other.json'), JSON.stringify(card));
    const argv = ['translate', at('scan_T1w.nii.gz'), '--output', at('x.nii.gz'), '--model'];
    await refused(/must have the sha256 that .*other\.json gives, a{64}/, ...argv, at('other.json'));
    writeFileSync(at('text.json'), 'no card');
    await refused('text.json: a model card must be JSON', ...argv, at('text.json'));
    writeFileSync(
      at('size.json'),
      JSON.stringify({ ...CARD, preprocessing: { ...CARD.preprocessing, size: 17 } }),
    );
    await refused('size.json: preprocessing: size: must be a multiple of 2', ...argv, at('size.json'));
    writeFileSync(
      at('steps.json'),
      JSON.stringify({ ...CARD, diffusion: { ...CARD.diffusion, steps: 2.5 } }),
    );
    await refused('steps must be a whole number from 1 to 1000, got 2.5', ...argv, at('steps.json'));
    writeFileSync(at('half.json'), '{}');
    await refused('half.json: model card', ...argv, at('half.json'));
  });
});

describe('evaluate', () => {
  /** Each scan by its own level. */
  const BY_LEVEL = ['--intensity', 'foreground-p99.5'];
  beforeAll(() => {
    const phantom = headPhantom(SHAPE);
    writeScan('real.nii', phantom);
    writeScan(
      'louder.nii',
      phantom.map((value) => value * 3),
    );
    writeScan(
      'unit.nii',
      phantom.map((value) => value / 1000),
    );
    const series = { dims: [...SHAPE, 2], values: [...phantom, ...phantom.map((v) => v * 3)], sform: SFORM };
    writeFileSync(at('series.nii'), new Uint8Array(makeNifti(series).file));
    writeScan('moved.nii', phantom, [[-10, 0, 0, 66], ...SFORM.slice(1)]);
    writeScan('empty.nii', new Float32Array(phantom.length));
    // The files' first voxel of each slice is in a corner, of air.
    writeScan(
      'flat.nii',
      phantom.map((_, v) => (v % (SHAPE[0] * SHAPE[1]) === 0 ? -0.5 : 0)),
    );
    const area = SHAPE[0] * SHAPE[1];
    writeScan(
      'holed.nii',
      phantom.map((value, v) => (v === 2 * area || v === 3 * area ? Number.NaN : value)),
    );
    writeScan(
      'slice-lost.nii',
      phantom.map((value, v) => [value, Number.NaN, 0, value][Math.floor(v / area)]),
    );
    writeScan('lost.nii', new Float32Array(phantom.length).fill(Number.NaN));
  });

  it('names slices of the reference that are lost, which have no foreground by which they would count', async () => {
    const argv = ['evaluate', at('real.nii'), at('slice-lost.nii'), '--json'];
    const { code, stdout, stderr } = await runMain(argv);
    const report = JSON.parse(stdout);
    expect({ code, scored: report.scored }).toEqual({ code: 0, scored: 2 });
    expect(
      report.slices.map(({ index, missing }: { index: number; missing: { fault: string } | null }) => [
        index,
        missing?.fault,
      ]),
    ).toEqual([
      [0, undefined],
      [1, 'not finite'],
      [2, 'constant'],
      [3, undefined],
    ]);
    expect(stderr).toMatch(
      /^2 of 4 slices have no score: \S+ NaN or infinite in \d+ pixels \(slice 1\), \S+ constant \(slice 2\)\n/,
    );
  });

  it('names what is not a number, and scores the rest', async () => {
    const { code, stdout, stderr } = await runMain(['evaluate', at('real.nii'), at('holed.nii'), '--json']);
    const report = JSON.parse(stdout);
    expect({ code, scored: report.scored, n: report.mean.whole.ssim.n }).toEqual({
      code: 0,
      scored: 2,
      n: 2,
    });
    expect(report.slices[2]).toMatchObject({
      index: 2,
      whole: null,
      missing: { image: 'reference', fault: 'not finite', pixels: 1 },
    });
    expect(stderr).toMatch(
      /2 of 4 slices have no score: \S+holed\.nii NaN or infinite in 2 pixels \(slices 2, 3\)\n/,
    );
    await refused(
      '2 of 2 slices have no score: ',
      'evaluate',
      at('real.nii'),
      at('holed.nii'),
      '--slices',
      '2:4',
    );
    await refused(
      /lost\.nii: must have numbers to score, got NaN/,
      'evaluate',
      at('real.nii'),
      at('lost.nii'),
    );
    await refused(
      /slices have no score: \S+empty\.nii constant/,
      'evaluate',
      at('empty.nii'),
      at('real.nii'),
    );
    await refused(/empty\.nii: must not be constant/, 'evaluate', at('real.nii'), at('empty.nii'));
  });

  it('takes a data range, and says which it took', async () => {
    const psnr = async (...more: string[]) => {
      const report = await runJson('evaluate', at('louder.nii'), at('real.nii'), ...more);
      return [report.mean.whole.psnr.mean, report.dataRange.value];
    };
    const [own, value] = await psnr();
    const { max } = (await readBack('real.nii')).voxels.reduce(
      (ends, one) => ({ max: Math.max(ends.max, one) }),
      { max: 0 },
    );
    expect(value).toBeCloseTo(max, 3);
    const [wide] = await psnr('--data-range', String(10 * max));
    expect(wide - own).toBeCloseTo(20, 4);
    await refused(
      '--data-range: must be given without a map',
      'evaluate',
      at('real.nii'),
      at('real.nii'),
      ...BY_LEVEL,
      '--data-range',
      '255',
    );
    await refused(
      '--data-range: must be a number',
      'evaluate',
      at('real.nii'),
      at('real.nii'),
      '--data-range',
      '0',
    );
  });

  it('asks which volume of several is meant', async () => {
    await refused(
      'series.nii: must be one volume, got 2; choose one by --reference-volume, 0 to 1',
      ...['evaluate', at('real.nii'), at('series.nii')],
    );
    const { mean } = await runJson(
      ...['evaluate', at('real.nii'), at('series.nii'), '--reference-volume', '1'],
      ...BY_LEVEL,
    );
    // Three times as loud is the same by each scan's own level.
    expect(mean.whole.mae.mean).toBeLessThan(1e-6);
  });

  it('maps each scan by its own level, so that a factor does not count', async () => {
    const report = await runJson('evaluate', at('louder.nii'), at('real.nii'), ...BY_LEVEL);
    expect(report.slices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3]);
    expect(report.intensity.synthetic.high).toBeCloseTo(3 * report.intensity.reference.high, 3);
    expect(report.mean.whole.mae.mean).toBeLessThan(1e-6);
    expect(report.mean.foreground.ssim.mean).toBeCloseTo(1, 6);
  });

  it('gives identical images no PSNR, which would be infinite', async () => {
    const report = await runJson('evaluate', at('real.nii'), at('real.nii'), '--slices', '1:3');
    expect(report.slices).toHaveLength(2);
    expect(report.slices[0]).toMatchObject({ index: 1, whole: { psnr: null, ssim: 1, mae: 0 } });
    expect(report.mean.whole).toMatchObject({ psnr: null, ssim: { mean: 1, n: 2 } });
    expect(report.warnings).toEqual([]);
  });

  it('takes values as they are with --intensity none', async () => {
    const report = await runJson(
      'evaluate',
      at('flat.nii'),
      at('unit.nii'),
      '--intensity',
      'none',
      '--slices',
      '1:2',
    );
    const { voxels } = await readBack('unit.nii');
    const area = SHAPE[0] * SHAPE[1];
    const sum = voxels.slice(area, 2 * area).reduce((a, b) => a + b, 0);
    expect(report.intensity).toEqual({
      map: 'none',
      synthetic: { low: 0, high: 1 },
      reference: { low: 0, high: 1 },
    });
    // One voxel of -0.5 beside zeros: kept, and said.
    expect(report.slices[0].whole.mae).toBeCloseTo((sum + 0.5) / area, 6);
    expect(report.slices[0].paper).toBeNull();
    expect(report.dataRange).toMatchObject({ value: 1, from: 'reference' });
    expect(report.warnings[0]).toBe(
      'synthetic image: outside of the data range are 1 below 0 (least -0.5); they count as they are',
    );
    expect(report.warnings[1]).toMatch(
      /foreground has a median of 0\.\d+, the synthetic image there 0: if their units/,
    );
  });

  it("takes slices, map and level from the result's sidecar", async () => {
    await runJson(...translate('g.nii.gz', '--slices', '1:3'));
    const report = await runJson('evaluate', at('g.nii.gz'), at('real.nii'));
    const sidecar = JSON.parse(readFileSync(at('g.json'), 'utf8'));
    expect(report.slices.map(({ index }: { index: number }) => index)).toEqual([1, 2]);
    const ofSource = await runJson('evaluate', at('g.nii.gz'), at('scan_T1w.nii.gz'));
    expect(ofSource.warnings[0]).toContain('is T1w by its name, which the synthetic image was made from');
    expect(report.intensity).toMatchObject({
      map: 'foreground-median',
      synthetic: { high: sidecar.IntensityMap.Upper },
    });
    const other = await runJson(
      'evaluate',
      at('g.nii.gz'),
      at('real.nii'),
      '--intensity',
      'foreground-p99.5',
    );
    expect(other.intensity.map).toBe('foreground-p99.5');
    writeFileSync(
      at('g.json'),
      JSON.stringify({ ...sidecar, TargetIntensityMap: { Name: 'foreground-median', Upper: 0 } }),
    );
    await refused(
      'g.json: TargetIntensityMap: Upper must be above 0, got 0',
      'evaluate',
      at('g.nii.gz'),
      at('real.nii'),
    );
    const wanted = ['evaluate', at('g.nii.gz'), at('real.nii')];
    writeFileSync(at('g.json'), JSON.stringify({ ...sidecar, TranslatedSlices: [1, -2] }));
    await refused('g.json: TranslatedSlices[1] must be a whole number of at least 0, got -2', ...wanted);
    writeFileSync(at('g.json'), JSON.stringify({ ...sidecar, TargetIntensityMap: null }));
    await refused('g.json: TargetIntensityMap: must be an object, got null; delete or repair it', ...wanted);
    writeFileSync(at('g.json'), '{');
    await refused('g.json: must be JSON, got text that is not; delete or repair it', ...wanted);
    // Results of older versions have the source's map alone, without its lower end.
    const { TargetIntensityMap, ...older } = sidecar;
    const IntensityMap = { Name: 'foreground-p99.5', Upper: 5 };
    writeFileSync(at('g.json'), JSON.stringify({ ...older, IntensityMap }));
    expect((await runJson(...wanted)).intensity).toMatchObject({
      map: 'foreground-p99.5',
      synthetic: { low: 0, high: 5 },
    });
    writeFileSync(at('g.json'), JSON.stringify({ ...sidecar, TranslatedSlices: [1, 4] }));
    await refused("g.json: TranslatedSlices must be below 4, the scan's number of slices, got 4", ...wanted);
    // Any BIDS scan has a sidecar: one that is not ours says nothing here.
    writeFileSync(at('g.json'), '{"Modality": "MR"}');
    expect((await runJson('evaluate', at('g.nii.gz'), at('real.nii'), '--slices', '1:2')).intensity.map).toBe(
      'none',
    );
  });

  it('prints a table', async () => {
    const { code, stdout } = await runMain(['evaluate', at('louder.nii'), at('real.nii'), ...BY_LEVEL]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^4 of 4 slices with at least 8 % foreground; data range \d+\S*, of the intensity map foreground-p99\.5: 0 to 1 is 0 to /,
    );
    expect(stdout).toMatch(/\nwhole slice +4 +\S+/);
    const identical = await runMain(['evaluate', at('real.nii'), at('real.nii')]);
    expect(identical.stdout).toMatch(/\nwhole slice +4 +identical +1\.0000 ± 0\.0000/);
    expect(identical.stdout).not.toMatch(/NaN|Infinity/);
  });

  it('refuses scans that cannot be compared', async () => {
    await refused('must lie on the same grid', 'evaluate', at('moved.nii'), at('real.nii'));
    const small = makeNifti({
      dims: [10, 12, 2],
      values: Float32Array.from({ length: 240 }, (_, n) => n),
      qform: { b: 0, c: 0, d: 0, x: 0, y: 0, z: 0 },
    });
    writeFileSync(at('small.nii'), new Uint8Array(small.file));
    await refused('at least 11 pixels a side, got 10 x 12', 'evaluate', at('small.nii'), at('small.nii'));
    await refused(
      '--intensity: must be one of',
      'evaluate',
      at('real.nii'),
      at('real.nii'),
      '--intensity',
      'mean',
    );
  });
});

describe('volume', () => {
  it('describes a scan and writes canonical voxels', async () => {
    const report = await runJson('volume', at('scan_T1w.nii.gz'), '--raw', at('raw.f32'));
    expect(report).toMatchObject({
      shapeStored: [14, 16, 4],
      shapeCanonical: [14, 16, 4],
      axisCodes: 'LPS',
      dtype: 'float32',
    });
    expect(report.affine).toEqual([
      [10, 0, 0, -65],
      [0, 10, 0, -75],
      [0, 0, 20, -30],
      [0, 0, 0, 1],
    ]);
    const { voxels } = await readBack('scan_T1w.nii.gz');
    const raw = new Float32Array(new Uint8Array(readFileSync(at('raw.f32'))).buffer);
    expect(raw.length).toBe(voxels.length);
    for (const [i, j, k] of [
      [0, 0, 0],
      [3, 9, 1],
      [13, 15, 3],
    ]) {
      expect(raw[(i * SHAPE[1] + j) * SHAPE[2] + k]).toBe(voxels[i + SHAPE[0] * (j + SHAPE[1] * k)]);
    }
  });

  it('finds the other file of a pair from either', async () => {
    const { file, image } = makeNifti({ dims: [3, 2, 2], values: new Float32Array(12), pair: true });
    writeFileSync(at('pair.hdr'), new Uint8Array(file));
    await refused('needs its .img', 'volume', at('pair.hdr'));
    writeFileSync(at('pair.img'), new Uint8Array(image));
    expect((await runJson('volume', at('pair.hdr'))).shapeStored).toEqual([3, 2, 2]);
    expect((await runJson('volume', at('pair.img'))).shapeStored).toEqual([3, 2, 2]);
    await refused('would overwrite the input', 'volume', at('pair.hdr'), '--raw', at('pair.img'));
    await refused('must be new or named .f32', 'volume', at('pair.hdr'), '--raw', at('scan_T1w.nii.gz'));
    await refused('would overwrite the input', 'volume', at('pair.img'), '--raw', at('pair.hdr'));
  });

  it('refuses what is no scan', async () => {
    await refused('must begin with a NIfTI header', 'volume', at('card.json'));
    const whole = readFileSync(at('real.nii'));
    writeFileSync(at('cut.nii'), whole.subarray(0, whole.length - 8));
    await refused('cut short', 'volume', at('cut.nii'));
  });
});

describe('weights', () => {
  it('converts and inspects', async () => {
    const report = await runJson(
      'weights',
      'convert',
      at('tiny.safetensors'),
      '--output',
      at('half.safetensors'),
    );
    const inspected = await runJson('weights', 'inspect', at('half.safetensors'));
    expect(report).toMatchObject({ dtype: 'f16', bytes: inspected.bytes, sha256: inspected.sha256 });
    expect(inspected).toMatchObject({ format: 'safetensors', dtype: 'f16', config: CONFIG });
    expect(inspected.bytes).toBeLessThan(readFileSync(at('tiny.safetensors')).length);
    const { stdout } = await runMain(['weights', 'inspect', at('half.safetensors')]);
    expect(stdout).toContain(`${inspected.parameters} parameters`);
    const ofFile = await runJson('weights', 'inspect', at('tiny.safetensors'));
    expect(await runJson('weights', 'inspect', at('card.json'))).toEqual(ofFile);
  });

  it('says what weights of zeros are, and that what they make is one value', async () => {
    const state = new Map(
      [...hashWeights(1, ncsnppTable(CONFIG))].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map(() => 0) },
      ]),
    );
    writeFileSync(at('zeros.safetensors'), encodeWeights({ state, config: CONFIG }, 'f32'));
    const inspected = await runMain(['weights', 'inspect', at('zeros.safetensors')]);
    expect(inspected.stderr).toContain('zeros.safetensors: weights: must not all be 0, got nothing else');
    const argv = [
      'translate',
      at('scan_T1w.nii.gz'),
      '--model',
      at('zeros.safetensors'),
      '--backend',
      'wasm',
    ];
    const { code, stderr } = await runMain([...argv, '--output', at('z.nii.gz'), '--slices', '1:3']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`${at('z.nii.gz')}: slices 1, 2 came out as one value throughout; look at`);
  });

  it('refuses what is no weights, and a bad dtype', async () => {
    writeFileSync(at('notes.txt'), 'no weights');
    await refused(
      'notes.txt: weights: file must be .safetensors or a PyTorch .pth',
      'weights',
      'inspect',
      at('notes.txt'),
    );
    const argv = ['weights', 'convert', at('tiny.safetensors'), '--output'];
    const other = at('other.safetensors');
    await refused('--dtype: must be one of q8, f16, f32, got "int4"', ...argv, other, '--dtype', 'int4');
    await refused('would overwrite the input', ...argv, at('tiny.safetensors'));
    await refused('--output: must end in .safetensors or .onnx, got "x.bin"', ...argv, 'x.bin');
    writeFileSync(other, 'mine');
    await refused('must be new or a .safetensors file that this program has written', ...argv, other);
    await runJson(...argv, at('half.safetensors'));
    await refused('--output: must be given', 'weights', 'convert', at('tiny.safetensors'));
  });

  it('converts a model to ONNX, and says of one that it is not read', async () => {
    const onnx = at('tiny.onnx');
    const argv = ['weights', 'convert', at('card.json'), '--output', onnx];
    const whole = await runJson(...argv);
    expect(whole).toMatchObject({ dtype: 'f32', bytes: readFileSync(onnx).length });
    expect(whole.outputs).toMatchObject([{ name: 'x0', shape: ['batch', 1, 16, 16] }]);
    expect((await runMain(argv)).stdout).toContain(
      "\n  in t: float32 [batch], each image's step, counted from 0, the last\n",
    );
    expect(await runJson(...argv, '--dtype', 'f16', '--graph', 'webgpu')).toMatchObject({ dtype: 'f16' });
    const file = ['weights', 'convert', at('tiny.safetensors'), '--output', onnx];
    expect((await runJson(...file)).bytes).toBeGreaterThan(0.9 * whole.bytes);
    await refused(
      'tiny.onnx: weights: file must be .safetensors or a PyTorch .pth, got an ONNX graph',
      'weights',
      'inspect',
      onnx,
    );
    await refused('--dtype: must be f32 or f16 for .onnx, got q8', ...argv, '--dtype', 'q8');
    for (const given of [argv, file]) {
      const { code, stderr } = await runMain([...given, '--size', '17']);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('--size: must be a multiple of 2 from 16 to'),
      ]);
    }
    const odd = [...argv, '--network', 'a'];
    expect((await runMain(odd)).stderr).toContain('--network: must be given with a file of weights');
    expect((await runMain([...argv, '--graph', 'fast'])).stderr).toContain(
      '--graph: must be one of straight, webgpu, got "fast"',
    );
    const stored = ['weights', 'convert', at('card.json'), '--output', at('again.safetensors')];
    await refused(
      '--graph: must be given with an --output that ends in .onnx',
      ...stored,
      '--graph',
      'webgpu',
    );
    expect(await runJson(...stored)).toMatchObject({ dtype: 'f16' });
    writeFileSync(at('mine.onnx'), 'mine');
    await refused(
      'must be new or a .onnx file that this program has written',
      ...file.slice(0, 4),
      at('mine.onnx'),
    );
  });
});

describe('models', () => {
  it('lists what comes with the program', async () => {
    const ids = (await runJson('models')).map(({ id }: ModelCard) => id);
    const { stdout } = await runMain(['models']);
    for (const id of ids) expect(stdout).toContain(`\n${id} `);
    expect(ids.length).toBeGreaterThan(0);
  });
});

describe('parity', () => {
  it('refuses a folder without golden files', async () => {
    await refused('must hold golden files, got none', 'parity', folder);
    await refused('no such folder', 'parity', at('none'));
  });

  it('compares scans voxel for voxel, and wants damaged ones refused', async () => {
    const golden = mkdtempSync(join(folder, 'golden-'));
    mkdirSync(join(golden, 'nifti'));
    const write = (name: string, content: string | Uint8Array) =>
      writeFileSync(join(golden, 'nifti', name), content);
    const values = Float32Array.from({ length: 8 }, (_, n) => n);
    const sform = [
      [2, 0, 0, 1],
      [0, 2, 0, 1],
      [0, 0, 2, 1],
    ];
    const affine = [...sform, [0, 0, 0, 1]];
    const scan = new Uint8Array(makeNifti({ dims: [2, 2, 2], values, sform }).file);
    // C order of [i, j, k] is the stored order backwards: i fastest becomes k fastest.
    const data = Float32Array.of(0, 4, 2, 6, 1, 5, 3, 7);
    const wrong = data.map((value) => (value === 5 ? 5.5 : value));
    const want = {
      shape_ras: [2, 2, 2],
      zooms_ras: [2, 2, 2],
      affine_ras: affine,
      affine_stored: affine,
      axcodes_stored: 'RAS',
      dtype_stored: 'float32',
    };
    const canonical = { 'good.nii': want, 'voxel.nii': want, 'axes.nii': { ...want, axcodes_stored: 'LAS' } };
    for (const name of [...Object.keys(canonical), 'bad_whole.nii']) write(name, scan);
    write('bad_cut.nii', scan.subarray(0, scan.length - 1));
    const bad = { 'bad_cut.nii': 'cut short', 'bad_whole.nii': 'nothing' };
    write('expected.json', JSON.stringify({ canonical, bad }));
    const stored = (name: string, voxels: Float32Array) =>
      [`ras.${name}`, { dtype: 'F32', shape: [2, 2, 2], data: voxels }] as const;
    write(
      'expected_ras.safetensors',
      writeSafetensors([stored('good.nii', data), stored('voxel.nii', wrong), stored('axes.nii', data)], {}),
    );

    const { code, stdout } = await runMain(['parity', golden, '--backend', 'wasm', '--json']);
    const { passed, results } = JSON.parse(stdout);
    expect({ code, passed }).toEqual({ code: 1, passed: false });
    expect(results.map((r: { name: string; passed: boolean }) => [r.name, r.passed])).toEqual([
      ['nifti/good.nii', true],
      ['nifti/voxel.nii', false],
      ['nifti/axes.nii', false],
      ['nifti/bad_cut.nii', true],
      ['nifti/bad_whole.nii', false],
    ]);
    expect(results[1].error).toBe('Infinity');
    expect(results[3].note).toMatch(/^CorruptFile: .*cut short/);
    expect(results[4].note).toContain('must be refused');
  });

  it('stops at Ctrl-C after the running file', async () => {
    const golden = mkdtempSync(join(folder, 'golden-'));
    for (const name of ['sampling.safetensors', 'schedule.json']) writeFileSync(join(golden, name), '');
    const controller = new AbortController();
    const shown: string[] = [];
    const err = (text: string) => {
      shown.push(text);
      if (text.includes('1/2')) controller.abort();
    };
    const argv = ['parity', golden, '--backend', 'wasm'];
    const { code, stdout } = await runMain(argv, { signal: controller.signal, terminal: true, err });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(shown.slice(-2)).toEqual(['\n', 'parity: cancelled\n']);
  });

  it('fails a file that cannot be run, says why, and goes on with the others', async () => {
    const golden = mkdtempSync(join(folder, 'golden-'));
    writeFileSync(join(golden, 'schedule.json'), '{');
    writeFileSync(join(golden, 'sampling.safetensors'), 'no tensors');
    writeFileSync(join(golden, 'training.safetensors'), '');
    const { code, stdout } = await runMain(['parity', golden, '--backend', 'wasm']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^sampling\.safetensors +Infinity .* FAILED$/m);
    expect(stdout).toMatch(/^schedule\.json +Infinity .* FAILED$/m);
    expect(stdout).toMatch(/^training\.safetensors: losses +Infinity .* FAILED$/m);
    expect(stdout).toMatch(/^sampling\.safetensors: safetensors: header must fit/m);
    expect(stdout).toMatch(/\n0 passed, 11 failed\n$/);
  });

  it('computes by our operations or by plain ones, as asked, and says which', async () => {
    const golden = mkdtempSync(join(folder, 'golden-'));
    copyFileSync(
      join(GOLDEN_DIR, 'block_resnet_biggan_up.safetensors'),
      join(golden, 'block_resnet_biggan_up.safetensors'),
    );
    const usual = await runJson('parity', golden, '--backend', 'wasm');
    const argv = ['parity', golden, '--backend', 'wasm', '--operations', 'plain', '--json'];
    const { stdout, stderr } = await runMain(argv);
    const plain = JSON.parse(stdout);
    expect([usual.operations, plain.operations]).toEqual([
      { own: ['own SIMD kernels'], refused: [] },
      { own: [], refused: [] },
    ]);
    expect(stderr).toContain('\noperations: plain TensorFlow.js\n');
    expect([usual.passed, plain.passed]).toEqual([true, true]);
    // They sum in another order.
    expect(plain.results[0].error).not.toBe(usual.results[0].error);
    // Those that come after in this process have ours again.
    expect(ownKernels()).not.toBeNull();
    await refused(
      '--operations own: is of wasm and webgpu, got it with --backend cpu; leave one of them out',
      ...['parity', golden, '--backend', 'cpu', '--operations', 'own'],
    );
  });

  it('says which file differs and ends with code 1', async () => {
    const golden = mkdtempSync(join(folder, 'golden-'));
    const schedule = readFileSync(join(GOLDEN_DIR, 'schedule.json'), 'utf8');
    writeFileSync(join(golden, 'schedule.json'), schedule);
    const good = await runJson('parity', golden, '--backend', 'wasm');
    expect(good).toMatchObject({
      backend: 'wasm',
      passed: true,
      results: [{ name: 'schedule.json', passed: true }],
    });

    for (const name of ['metrics.json', 'metrics.safetensors'])
      copyFileSync(join(GOLDEN_DIR, name), join(golden, name));
    const measures = await runJson('parity', golden, '--backend', 'wasm');
    expect(measures.results.map(({ name }: { name: string }) => name)).toEqual([
      'schedule.json',
      'metrics.json',
    ]);
    expect(measures.results[1].error).toBeLessThan(1e-6);

    const wrong = JSON.parse(schedule);
    wrong.T4_vp.betas[0] *= 1.01;
    writeFileSync(join(golden, 'schedule.json'), JSON.stringify(wrong));
    const { code, stdout } = await runMain(['parity', golden, '--backend', 'wasm']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/schedule\.json .* FAILED/);
    expect(stdout).toMatch(/\noperations: ours \(own SIMD kernels\)\n1 passed, 1 failed\n$/);
  });
});
