import { meanAbsoluteError } from '../engine/evaluation/metrics/mae';
import { paperProtocol } from '../engine/evaluation/metrics/paperProtocol';
import { psnr } from '../engine/evaluation/metrics/psnr';
import { ssim } from '../engine/evaluation/metrics/ssim';
import { readWeights } from '../engine/models/readWeights';
import { toCOrder } from '../volume/formats/cOrder';
import type { ScanFile } from '../volume/formats/scanFormat';
import { attempt, type ParityCase, type ParityResult, relativeError } from './compare';
import { type GoldenReader, goldenTensors } from './golden';

/** How the files of a golden folder are read; names are relative to it. */
export interface FileReaders {
  bytes: GoldenReader;
  /** All volumes of a scan; throws as it does for a user's file. */
  scan: (name: string) => Promise<ScanFile[]>;
}

/** Float64 sums in another order; affines from float32 headers. */
const TOLERANCE = 1e-6;

/**
 * What lies in the folder beside the networks: measures (metrics.json), checkpoints (*.pth, against the weights of
 * sampling.safetensors) and scans (nifti/).
 */
export async function fileCases(
  names: readonly string[],
  { bytes, scan }: FileReaders,
): Promise<ParityCase[]> {
  const cases: ParityCase[] = [];
  const add = (name: string, error: () => Promise<number>) =>
    cases.push({ name, run: async () => [await attempt(name, TOLERANCE, error)] });
  for (const name of names) if (/^[^/]+\.pth$/.test(name)) add(name, () => checkpointError(bytes, name));
  if (names.includes('metrics.json')) add('metrics.json', () => metricsError(bytes));
  if (names.includes('nifti/expected.json')) {
    const expected = (await readJson(bytes, 'nifti/expected.json')) as ExpectedScans;
    const { tensors } = goldenTensors(await bytes('nifti/expected_ras.safetensors'));
    for (const [file, want] of Object.entries(expected.canonical))
      add(`nifti/${file}`, () => scanError(scan, `nifti/${file}`, want, tensors.get(`ras.${file}`)!.data));
    for (const file of Object.keys(expected.bad)) {
      const name = `nifti/${file}`;
      cases.push({ name, run: async () => [await refusal(scan, name)] });
    }
  }
  return cases;
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
async function checkpointError(read: GoldenReader, name: string): Promise<number> {
  const { tensors } = goldenTensors(await read('sampling.safetensors'));
  const { state } = await readWeights({ name, bytes: await read(name) });
  const wanted = [...tensors].filter(([key]) => key.startsWith('param.'));
  if (wanted.length !== state.size) return Number.POSITIVE_INFINITY;
  const errors = wanted.map(([key, { data }]) => {
    const got = state.get(key.slice('param.'.length));
    return got ? relativeError(got.data, data) : Number.POSITIVE_INFINITY;
  });
  return Math.max(...errors);
}

/** Each measure of each image pair, relative to what scikit-image gave. */
async function metricsError(read: GoldenReader): Promise<number> {
  const expected = (await readJson(read, 'metrics.json')) as Record<string, ExpectedMeasures>;
  const { tensors } = goldenTensors(await read('metrics.safetensors'));
  const errors = Object.entries(expected).map(([pair, want]) => {
    const [height, width] = tensors.get(`ref_${pair}`)!.shape;
    const image = tensors.get(`img_${pair}`)!.data;
    const reference = tensors.get(`ref_${pair}`)!.data;
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
async function scanError(
  scan: FileReaders['scan'],
  name: string,
  want: ExpectedScan,
  voxels: ArrayLike<number>,
): Promise<number> {
  const volumes = await scan(name);
  const got = volumes[0].describe();
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
async function refusal(scan: FileReaders['scan'], name: string): Promise<ParityResult> {
  try {
    await scan(name);
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
  const note = `${name} was read, but must be refused`;
  return { name, error: Number.POSITIVE_INFINITY, tolerance: 0, passed: false, note };
}

async function readJson(read: GoldenReader, name: string): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await read(name)));
}
