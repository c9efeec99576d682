/** Scans: one file, gzip, or a header with its voxels; headers that claim what is not there, and damage to the bytes. */
import { gzipSync } from 'node:zlib';
import { openScan, openVolumes } from '../../src/volume/formats';
import type { ScanFile } from '../../src/volume/formats/scanFormat';
import { makeNifti, type NiftiRecipe, type NiftiType } from '../makeNifti';
import { mutate } from './mutate';
import type { Random } from './random';
import { must, type Target } from './target';

const TYPES: NiftiType[] = [
  'uint8',
  'int16',
  'int32',
  'float32',
  'float64',
  'int64',
  'uint64',
  'uint16',
  'int8',
  'uint32',
];
const SIDES = [1, 2, 3, 5];
/** By the byte of a version-1 header: dims, types, voxel sizes, offset, scaling, codes, matrix, magic. */
const FIELDS = [
  0, 40, 42, 44, 46, 48, 50, 70, 72, 76, 80, 84, 88, 108, 112, 116, 252, 254, 256, 268, 280, 292, 344, 348,
  352,
];

export const nifti: Target = {
  name: 'nifti',
  async run(random) {
    const recipe = recipeOf(random);
    const { file, image } = makeNifti(recipe);
    let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(file);
    if (random.once(2)) editField(bytes, random);
    if (random.once(2)) bytes = mutate(bytes, random);
    let voxels: Uint8Array<ArrayBuffer> = new Uint8Array(image);
    if (random.once(3)) voxels = mutate(voxels, random);
    const [isPacked, isPackedImage] = [random.once(3), random.once(3)];
    if (isPacked) bytes = packed(bytes, random);
    if (isPackedImage) voxels = packed(voxels, random);
    const parts = recipe.pair
      ? [
          { name: `a.hdr${isPacked ? '.gz' : ''}`, blob: new Blob([bytes]) },
          { name: `a.img${isPackedImage ? '.gz' : ''}`, blob: new Blob([voxels]) },
        ]
      : [{ name: `a.nii${isPacked ? '.gz' : ''}`, blob: new Blob([bytes]) }];
    if (recipe.pair && random.once(10)) parts.pop();
    if (random.once(3)) for (const scan of await openVolumes(parts)) check(scan);
    else check(await openScan(parts, { volume: random.once(4) ? random.below(3) : 0 }));
  },
};

function recipeOf(random: Random): NiftiRecipe {
  const dims = Array.from({ length: random.pick([2, 3, 3, 3, 4, 5]) }, () => random.pick(SIDES));
  const count = dims.reduce((product, n) => product * n, 1);
  const numbers = () => Array.from({ length: 4 }, () => random.pick([0, 0, 1, -1, 2.5, Number.NaN, 1e38]));
  const pair = random.once(5);
  return {
    dims,
    values: Float64Array.from({ length: count }, () => random.below(200)),
    type: random.pick(TYPES),
    version: random.once(3) ? 2 : 1,
    bigEndian: random.once(3),
    pair,
    ...(random.once(3) ? { sform: [numbers(), numbers(), numbers()] } : {}),
    ...(random.once(4) ? { qform: { b: 0.5, c: random.pick([0, 0.5, 2]), d: 0, x: 1, y: 2, z: 3 } } : {}),
    ...(random.once(4)
      ? { slope: random.pick([0, 2, Number.NaN, 1e38]), intercept: random.pick([0, Number.NaN, 1]) }
      : {}),
    ...(!pair && random.once(6) ? { extension: new Uint8Array(24) } : {}),
  };
}

function editField(bytes: Uint8Array, random: Random): void {
  const at = random.pick(FIELDS);
  if (at + 8 > bytes.length) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const little = !random.once(4);
  const size = random.pick([2, 4, 8]);
  if (size === 2) view.setInt16(at, random.pick([0, -1, 1, 8, 255, 256, 1024, 32767]), little);
  else if (size === 4)
    view.setFloat32(at, random.pick([0, -1, 1e9, 2 ** 62, Number.NaN, 352.5, 3e38]), little);
  else view.setBigInt64(at, random.pick([0n, -1n, 1n << 40n, 1n << 62n, 65536n]), little);
}

/** In one or two members, perhaps with the sign of another kind, damaged, or with something behind. */
function packed(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.once(6) ? random.below(bytes.length) : bytes.length;
  const members = [bytes.subarray(0, at), bytes.subarray(at)].filter(({ length }) => length > 0);
  const whole = new Uint8Array(
    Buffer.concat([...members.map((one) => gzipSync(one)), new Uint8Array(random.once(9) ? 1 : 0)]),
  );
  return random.once(3) ? mutate(whole, random) : whole;
}

function check(scan: ScanFile): void {
  const { shape, zooms, affine, voxels } = scan.image;
  must(voxels.length === shape[0] * shape[1] * shape[2], `voxels are ${voxels.length} of ${shape}`);
  must([...zooms, ...affine.flat()].every(Number.isFinite), 'its place is no numbers');
  must(scan.volumeIndex < scan.volumeCount, 'volume beyond the last');
  scan.describe();
}
