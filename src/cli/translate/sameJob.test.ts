/** The page's default job and the terminal's, on one phantom: the same slices and the same bytes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { engineStandIn } from '../../../test/engineStandIn';
import { makeNifti } from '../../../test/makeNifti';
import { tinyConfig } from '../../../test/tinyModel';
import { hashWeights } from '../../engine/hash';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { nodeEnvironment } from '../../platform/node/environment';
import { slicesOf } from '../../ui/rooms/translate/state/slices';
import { initialData } from '../../ui/state/initialData';
import { createEngineClient } from '../../workers/translate/client';
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

async function onThePage() {
  // Newer versions of Node have locks; the stand-in holds none and would pass for dead.
  vi.stubGlobal('navigator', undefined);
  const engine = await nodeEnvironment(() => {}, null);
  const client = createEngineClient(() => engineStandIn(engine));
  await client.start('wasm');
  const file = (name: string) => new File([new Uint8Array(readFileSync(at(name)))], name);
  const scan = await client.openScan([file(SCAN)]);
  const { modelId } = await client.loadModel({ kind: 'file', file: file(WEIGHTS) });
  const wanted = slicesOf({ kind: 'head' }, scan, 0);
  const slices: SliceResult[] = [];
  const { scanId } = scan;
  const { settings } = initialData;
  const asked = { scanId, modelId, slices: [...wanted].reverse(), settings };
  const provenance = await client.translate(asked, { onSlice: (slice) => slices.push(slice) });
  const saved = await client.save({ scanId, provenance, slices, dtype: 'float32' });
  client.dispose();
  return { slices: wanted, ...saved };
}

async function inTheTerminal(output: string) {
  const io = fakeIo();
  const argv = ['translate', at(SCAN), '--model', at(WEIGHTS), '--output', at(output), '--backend', 'wasm'];
  expect(await main([...argv, '--json'], io), io.stderr).toBe(0);
  const sidecar = JSON.parse(readFileSync(at(output.replace('.nii.gz', '.json')), 'utf8'));
  return { slices: JSON.parse(io.stdout).slices, nifti: new Uint8Array(readFileSync(at(output))), sidecar };
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
