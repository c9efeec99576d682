/** One asymmetric head in both rooms: whatever of it is shown, its right is where the panes of Translate have it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { engineStandIn } from '../../test/engineStandIn';
import { headPhantom, makeNifti } from '../../test/makeNifti';
import { tinySettings } from '../../test/tinyRun';
import type { BackendEnvironment } from '../engine/backend/backend';
import { hashWeights } from '../engine/hash';
import { encodeWeights } from '../engine/models/convertWeights';
import { resnetGeneratorTable } from '../engine/networks/resnetGenerator/table';
import * as tf from '../engine/tf';
import { volumeSlices } from '../engine/training/dataset';
import { gridOfSide } from '../engine/training/settings';
import { startRun } from '../engine/training/startRun';
import { previews } from '../engine/training/validate';
import { nodeEnvironment } from '../platform/node/environment';
import { intensityFrame } from '../volume/intensity';
import type { ScreenImage } from '../volume/modelImage';
import { planeView, takeSlice } from '../volume/planes';
import { TrainVolumes } from './train/volumes';
import { createEngineClient } from './translate/client';
import type { SliceResult } from './translate/protocol';

/** On the model's own grid, so that pixels can be compared. */
const SIDE = 32;
const SHAPE = [SIDE, SIDE, 5] as const;
const K = 2;
const MAP = 'foreground-median';
const settings = tinySettings({ pixelSize: 7.5, intensity: MAP });
const grid = gridOfSide(settings, 'a');
const voxels = headPhantom(SHAPE);
const affine = [
  [7.5, 0, 0, -120],
  [0, 7.5, 0, -120],
  [0, 0, 20, -50],
  [0, 0, 0, 1],
] as const;
const scan = { name: 'head_T1w', image: { shape: SHAPE, zooms: [7.5, 7.5, 20], affine, voxels } } as const;

/** A slice as a pane draws it, the top row first. */
function paneBytes(k: number): Uint8Array {
  const { high } = intensityFrame(voxels, MAP);
  const slice = takeSlice(voxels, planeView(scan.image, 'axial'), k);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [at % SIDE, SIDE - 1 - Math.floor(at / SIDE)];
    return Math.round(255 * Math.min(slice[y * SIDE + x] / high, 1));
  });
}

function expectAsPane({ size, order, pixels }: ScreenImage, k: number): void {
  expect({ size, order }).toEqual({ size: SIDE, order: 'rows A-P, columns L-R' });
  const pane = paneBytes(k);
  // Training slices are kept to 16 bits.
  expect(Math.max(...pixels.map((value, at) => Math.abs(value - pane[at])))).toBeLessThanOrEqual(1);
}

let engine: BackendEnvironment;
beforeAll(async () => {
  engine = await nodeEnvironment(() => {}, null);
  // Newer versions of Node have locks; the stand-in holds none and would pass for dead.
  vi.stubGlobal('navigator', undefined);
});
afterAll(() => vi.unstubAllGlobals());

it('is a head whose sides can be told', () => {
  const pane = paneBytes(K);
  const mirrored = pane.map((_, at) => pane[at + SIDE - 1 - 2 * (at % SIDE)]);
  expect(Math.max(...pane.map((value, at) => Math.abs(value - mirrored[at])))).toBeGreaterThan(30);
});

it('lies in the strip of Translate as in the panes', async () => {
  const config = { ngf: 4, n_blocks: 6 };
  const weights = encodeWeights({ state: hashWeights(2, resnetGeneratorTable(config)), config }, 'f32');
  const { file } = makeNifti({
    dims: [...SHAPE],
    values: voxels,
    sform: affine.slice(0, 3).map((r) => [...r]),
  });
  const client = createEngineClient(() => engineStandIn(engine));
  await client.start('wasm');
  const { scanId } = await client.openScan([new File([file], 'head_T1w.nii')]);
  const { modelId } = await client.loadModel({
    kind: 'file',
    file: new File([weights as Uint8Array<ArrayBuffer>], 'T1w_to_FLAIR.safetensors'),
    settings: { size: SIDE, pixelSize: 7.5, intensity: MAP },
  });
  const got: SliceResult[] = [];
  const asked = { scanId, modelId, slices: [K], settings: { seed: 0, samples: 1, noise: 'shared' } as const };
  await client.translate(asked, { onSlice: (slice) => got.push(slice) });
  client.dispose();
  expect(got[0].strip.labels[0]).toBe('source');
  expectAsPane(got[0].strip.frames[0], K);
});

describe('lies in Train as in the panes of Translate', () => {
  it('in the thumbnail of the volume', () => {
    const volume = { volumeId: 'v', role: 'trainA' as const, path: 'v', grid, warnings: [] };
    const { thumbnail, picked } = new TrainVolumes().add(volume, scan);
    expect(picked).toBe(SHAPE[2]);
    expectAsPane(thumbnail, K);
  });

  it('in the previews', async () => {
    await tf.setBackend('cpu');
    const slices = volumeSlices(scan.image, scan.name, grid);
    const both = { a: slices, b: slices };
    const state = startRun({ ...settings, method: 'resnet' });
    const [{ rows }] = await previews(state, { train: both, validation: both }, {});
    // Of five slices the second and the fourth.
    rows.forEach(({ source, target }, n) => {
      expectAsPane(source, 1 + 2 * n);
      expectAsPane(target!, 1 + 2 * n);
    });
    expect(rows).toHaveLength(2);
  });
});
