import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { meanAbsoluteError } from '../../engine/evaluation/metrics/mae';
import { paperProtocol } from '../../engine/evaluation/metrics/paperProtocol';
import { psnr } from '../../engine/evaluation/metrics/psnr';
import { ssim } from '../../engine/evaluation/metrics/ssim';
import { readSafetensors } from '../../engine/formats/safetensors';
import { readWeights } from '../../engine/models/readWeights';
import { attempt, type ParityResult, relativeError } from '../../engine/parity';
import { readBytes } from '../../platform/node/files';
import { readScanAll } from '../../platform/node/scans';
import { describeVolume, toCOrder } from '../../volume/nifti';

/** One golden file that needs no backend, and how to hold the program against it. */
export interface FileGolden {
  readonly name: string;
  run(): Promise<ParityResult[]>;
}

/** Float64 sums in another order; affines from float32 headers. */
const TOLERANCE = 1e-6;

/**
 * What lies in the folder beside the networks: measures (metrics.json), checkpoints (*.pth, against the weights of
 * sampling.safetensors) and scans (nifti/).
 */
export async function listFileGoldens(folder: string): Promise<FileGolden[]> {
  const goldens: FileGolden[] = [];
  const add = (name: string, error: () => Promise<number>) =>
    goldens.push({ name, run: async () => [await attempt(name, TOLERANCE, error)] });
  for (const name of (await readdir(folder)).sort()) {
    if (/\.pth$/.test(name)) add(name, () => checkpointError(folder, name));
  }
  if (existsSync(join(folder, 'metrics.json'))) add('metrics.json', () => metricsError(folder));
  const scans = join(folder, 'nifti');
  if (existsSync(join(scans, 'expected.json'))) {
    const expected = (await readJson(join(scans, 'expected.json'))) as ExpectedScans;
    const stored = readSafetensors(await readBytes(join(scans, 'expected_ras.safetensors'))).tensors;
    for (const [name, want] of Object.entries(expected.canonical)) {
      add(`nifti/${name}`, () => scanError(join(scans, name), want, stored.get(`ras.${name}`)!.data));
    }
    for (const name of Object.keys(expected.bad)) {
      goldens.push({
        name: `nifti/${name}`,
        run: async () => [await refusal(`nifti/${name}`, join(scans, name))],
      });
    }
  }
  return goldens;
}

interface ExpectedScans {
  canonical: Record<string, ExpectedScan>;
  /** Why each must be refused. */
  bad: Record<string, string>;
}

interface ExpectedScan {
  shape_ras: number[];
  zooms_ras: number[];
  affine_ras: number[][];
  affine_stored: number[][];
  axcodes_stored: string;
  dtype_stored: string;
}

interface ExpectedMeasures {
  mae: number;
  psnr_range1: number;
  psnr_refmax: number;
  ssim_gaussian: number;
  ssim_uniform7: number;
  paper_protocol: { psnr: number; ssim: number };
}

/** The checkpoints hold the generator of the golden reverse chain. */
async function checkpointError(folder: string, name: string): Promise<number> {
  const { tensors } = readSafetensors(await readBytes(join(folder, 'sampling.safetensors')));
  const { state } = await readWeights({ name, bytes: await readBytes(join(folder, name)) });
  const wanted = [...tensors].filter(([key]) => key.startsWith('param.'));
  if (wanted.length !== state.size) return Number.POSITIVE_INFINITY;
  const errors = wanted.map(([key, { data }]) => {
    const got = state.get(key.slice('param.'.length));
    return got ? relativeError(got.data, Float32Array.from(data)) : Number.POSITIVE_INFINITY;
  });
  return Math.max(...errors);
}

/** Each measure of each image pair, relative to what scikit-image gave. */
async function metricsError(folder: string): Promise<number> {
  const expected = (await readJson(join(folder, 'metrics.json'))) as Record<string, ExpectedMeasures>;
  const { tensors } = readSafetensors(await readBytes(join(folder, 'metrics.safetensors')));
  const errors = Object.entries(expected).map(([pair, want]) => {
    const [height, width] = tensors.get(`ref_${pair}`)!.shape;
    const image = Float32Array.from(tensors.get(`img_${pair}`)!.data);
    const reference = Float32Array.from(tensors.get(`ref_${pair}`)!.data);
    const peak = reference.reduce((a, b) => Math.max(a, b), 0);
    const paper = paperProtocol(image, reference, width, height);
    const measures = [
      [meanAbsoluteError(image, reference), want.mae],
      [psnr(image, reference, 1), want.psnr_range1],
      [psnr(image, reference, peak), want.psnr_refmax],
      [ssim(image, reference, width, height, 1), want.ssim_gaussian],
      [ssim(image, reference, width, height, 1, 'uniform'), want.ssim_uniform7],
      [paper?.psnr ?? Number.NaN, want.paper_protocol.psnr],
      [paper?.ssim ?? Number.NaN, want.paper_protocol.ssim],
    ];
    return Math.max(...measures.map(([got, wanted]) => relativeError([got], [wanted])));
  });
  return Math.max(...errors);
}

/** Infinity where anything but the affine's last digits differs: voxels are compared one for one. */
async function scanError(path: string, want: ExpectedScan, voxels: ArrayLike<number>): Promise<number> {
  const volumes = await readScanAll(path);
  const got = describeVolume(volumes[0]);
  const values = toCOrder(volumes);
  const same =
    got.shapeCanonical.join() === want.shape_ras.join() &&
    got.axisCodes === want.axcodes_stored &&
    got.dtype === want.dtype_stored &&
    values.length === voxels.length &&
    values.every((value, n) => Object.is(value + 0, voxels[n] + 0));
  if (!same) return Number.POSITIVE_INFINITY;
  return Math.max(
    relativeError(got.zooms, want.zooms_ras),
    relativeError(got.affine.flat(), want.affine_ras.flat()),
    relativeError(got.affineStored.flat(), want.affine_stored.flat()),
  );
}

/** A damaged file passes by being refused as the user's mistake, not by a crash. */
async function refusal(name: string, path: string): Promise<ParityResult> {
  try {
    await readScanAll(path);
  } catch (error) {
    const { name: kind, message } = error as Error;
    const passed = kind === 'UnsupportedFile' || kind === 'CorruptFile';
    return {
      name,
      error: passed ? 0 : Number.POSITIVE_INFINITY,
      tolerance: 0,
      passed,
      note: `${kind}: ${message}`,
    };
  }
  const note = `${basename(path)} was read, but must be refused`;
  return { name, error: Number.POSITIVE_INFINITY, tolerance: 0, passed: false, note };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await readBytes(path)));
}
