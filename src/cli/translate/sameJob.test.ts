/** The page's default job and the terminal's, on one phantom: the same slices and the same bytes. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { engineStandIn } from '../../../test/engineStandIn';
import { makeNifti } from '../../../test/makeNifti';
import { tinyConfig } from '../../../test/tinyModel';
import { munitState, WITH_ENCODER, WITHOUT_ENCODER } from '../../../test/tinyMunit';
import { tinySettings } from '../../../test/tinyRun';
import { hashWeights } from '../../engine/hash';
import { methodOf, trainingOf } from '../../engine/methods';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { nodeEnvironment } from '../../platform/node/environment';
import { slicesOf } from '../../ui/rooms/translate/state/slices';
import { initialData } from '../../ui/state/initialData';
import { createEngineClient, type EngineClient } from '../../workers/translate/client';
import type { SliceResult } from '../../workers/translate/protocol';
import { fakeIo } from '../kit/fakeIo';
import { main } from '../main';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-same-job-'));
const at = (name: string) => join(folder, name);
const [SCAN, WEIGHTS] = ['head_T1w.nii', 'T1w_to_FLAIR.safetensors'];

/** 20 x 20 pixels; slice k holds `counts[k]` bright ones: 2 are 0.5 %, 4 are 1 %, 6 are 1.5 %. */
const counts = [0, 2, 4, 6, 60, 120, 90, 6, 3];
const EXPECTED = [2, 3, 4, 5, 6, 7];

beforeAll(() => {
  const values = counts.flatMap((count) =>
    Array.from({ length: 400 }, (_, n) => (n >= 120 && n < 120 + count ? 300 + ((7 * n) % 500) : 0)),
  );
  const sform = [
    [-10, 0, 0, 95],
    [0, 10, 0, -95],
    [0, 0, 12, -50],
  ];
  const { file } = makeNifti({ dims: [20, 20, counts.length], values, sform });
  writeFileSync(at(SCAN), new Uint8Array(file));
  const config = tinyConfig(16);
  writeFileSync(at(WEIGHTS), encodeWeights({ state: hashWeights(1, ncsnppTable(config)), config }, 'f32'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllGlobals();
});

async function onThePage(weights = WEIGHTS, styleName?: string) {
  // Newer versions of Node have locks; the stand-in holds none and would pass for dead.
  vi.stubGlobal('navigator', undefined);
  const engine = await nodeEnvironment(() => {}, null);
  const client = createEngineClient(() => engineStandIn(engine));
  await client.start('wasm');
  const file = (name: string) => new File([new Uint8Array(readFileSync(at(name)))], name);
  const scan = await client.openScan([file(SCAN)]);
  const { modelId } = await client.loadModel({ kind: 'file', file: file(weights) });
  const style = styleName === undefined ? {} : await pageStyle(client, file(styleName), modelId);
  const wanted = slicesOf({ kind: 'head' }, scan, 0);
  const slices: SliceResult[] = [];
  const { scanId } = scan;
  const settings = { ...initialData.settings, ...style };
  const asked = { scanId, modelId, slices: [...wanted].reverse(), settings };
  const provenance = await client.translate(asked, { onSlice: (slice) => slices.push(slice) });
  const saved = await client.save({ scanId, provenance, slices, dtype: 'float32' });
  client.dispose();
  return { slices: wanted, ...saved };
}

async function pageStyle(client: EngineClient, file: File, modelId: string) {
  const { scanId } = await client.openScan([file]);
  const style = await client.readStyle(scanId, modelId);
  await client.closeScan(scanId);
  return { noise: 'given', style } as const;
}

const argv = (output: string, weights: string) => [
  ...['translate', at(SCAN), '--model', at(weights), '--output', at(output), '--backend', 'wasm'],
];

async function inTheTerminal(output: string, weights = WEIGHTS, more: readonly string[] = []) {
  const io = fakeIo();
  expect(await main([...argv(output, weights), ...more, '--json'], io), io.stderr).toBe(0);
  const sidecar = JSON.parse(readFileSync(at(output.replace('.nii.gz', '.json')), 'utf8'));
  return { slices: JSON.parse(io.stdout).slices, nifti: new Uint8Array(readFileSync(at(output))), sidecar };
}

async function refused(weights: string, ...more: string[]) {
  const io = fakeIo();
  expect(await main([...argv('out.nii.gz', weights), ...more], io)).toBeGreaterThan(0);
  expect(existsSync(at('out.nii.gz'))).toBe(false);
  return io.stderr.trim();
}

it('translates the slices with head, and gives the same volume and sidecar', async () => {
  const page = await onThePage();
  const terminal = await inTheTerminal(page.imageName);
  expect(page.slices).toEqual(EXPECTED);
  expect(terminal.slices).toEqual(EXPECTED);
  // The page packs it piece by piece, which gives other bytes of the same volume.
  const packed = new Uint8Array(await page.image.arrayBuffer());
  expect(gunzipSync(packed)).toEqual(gunzipSync(terminal.nifti));
  const { Date: _, ...facts } = JSON.parse(page.sidecar);
  expect(terminal.sidecar).toMatchObject(facts);
  expect(Object.keys(terminal.sidecar)).toEqual(Object.keys(JSON.parse(page.sidecar)));
});

it('gives images the style of a scan, and says which, or in one sentence why not', async () => {
  const [style, encoder, former] = ['ref_FLAIR.nii', 'munit.safetensors', 'former.safetensors'];
  copyFileSync(at(SCAN), at(style));
  for (const [name, config] of [
    [encoder, WITH_ENCODER],
    [former, WITHOUT_ENCODER],
  ] as const)
    writeFileSync(at(name), encodeWeights({ state: munitState(config), config }, 'f32'));
  const page = await onThePage(encoder, style);
  const terminal = await inTheTerminal(page.imageName, encoder, ['--style', at(style)]);
  expect(gunzipSync(new Uint8Array(await page.image.arrayBuffer()))).toEqual(gunzipSync(terminal.nifti));
  const { Date: _, ...facts } = JSON.parse(page.sidecar);
  expect(facts).toMatchObject({ Noise: 'given', Style: { Source: style } });
  expect(facts.Style.Values).toHaveLength(8);
  expect(terminal.sidecar).toMatchObject(facts);

  // A result under a name of its own: its sidecar tells.
  copyFileSync(at(page.imageName), at('renamed.nii.gz'));
  copyFileSync(at(page.imageName.replace('.nii.gz', '.json')), at('renamed.json'));
  const io = fakeIo();
  expect(await main([...argv('of-made.nii.gz', encoder), '--style', at('renamed.nii.gz')], io)).toBe(0);
  expect(io.stderr).toContain('renamed.nii.gz: it was made by this program, not scanned');

  writeFileSync(at('text.nii'), 'no scan at all');
  const { file: empty } = makeNifti({ dims: [4, 4, 4], values: Array(64).fill(0) });
  writeFileSync(at('empty.nii'), new Uint8Array(empty));
  const { file: several } = makeNifti({
    dims: [4, 4, 4, 2],
    values: Array.from({ length: 128 }, (_, n) => n),
  });
  writeFileSync(at('several.nii'), new Uint8Array(several));
  expect(await refused(encoder, '--style', at('text.nii'))).toMatch(/^text\.nii: [^\n]*$/);
  expect(await refused(encoder, '--style', at('empty.nii'))).toMatch(
    /^empty\.nii: must show a head, got 0 in every voxel/,
  );
  expect(await refused(encoder, '--style', at('several.nii'))).toMatch(
    /^several\.nii: must be one volume, got 2; give a file of that volume alone/,
  );
  expect(await refused(encoder, '--style', at('none.nii'))).toMatch(/none\.nii: [^\n]*$/);
  expect(await refused(WEIGHTS, '--style', at(style))).toMatch(/must be a model with styles \(MUNIT\)/);
  expect(await refused(former, '--style', at(style))).toMatch(
    /must hold a style encoder .* exported without/,
  );
  expect(await refused(encoder, '--style', at(style), '--samples', '3')).toMatch(
    /^--samples: must be left out where nothing is drawn, which --style decides, got 3; leave one of them out$/,
  );
  expect(await refused(encoder, '--noise', 'mean', '--seed', '3')).toMatch(
    /^--seed: must be left out where nothing is drawn, which --noise mean decides, got 3;/,
  );
  expect(await refused(encoder, '--style', at(style), '--noise', 'mean')).toMatch(
    /^--noise: must not be given with --style, which draws nothing; leave one of them out$/,
  );
});

it('takes no seed, samples or noise of a model that draws nothing, and keeps none', async () => {
  const network = trainingOf({ method: 'cgan' }).network(tinySettings({ method: 'cgan' }));
  const cgan = 'cgan_T1w_to_FLAIR.safetensors';
  const state = hashWeights(1, methodOf(network).table(network));
  writeFileSync(at(cgan), encodeWeights({ state, config: network }, 'f32'));
  for (const [option, value] of [
    ['--samples', '4'],
    ['--seed', '5'],
    ['--noise', 'independent'],
  ])
    expect(await refused(cgan, option, value)).toMatch(
      new RegExp(
        `^${option}: must be left out where nothing is drawn, which is so of .*cGAN, got ${value}; leave it out$`,
      ),
    );
  const { sidecar } = await inTheTerminal('drawn.nii.gz', cgan, ['--samples', '1', '--slices', '4:5']);
  expect(sidecar).toMatchObject({ Synthetic: true, Steps: 1 });
  expect(Object.keys(sidecar).filter((key) => ['Seed', 'Samples', 'Noise'].includes(key))).toEqual([]);
});
