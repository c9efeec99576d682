/** Reads NIfTI-1 and -2: .nii, .nii.gz, .hdr with .img. Equal to nibabel's closest-canonical reading, voxel for voxel. */
import { CorruptFile, UnsupportedFile } from '../../../errors';
import { concat, whole } from '../../gzip';
import type { Image3 } from '../../image';
import type { NamedBlob } from '../../namedBlob';
import { canonicalAffine, canonicalShape, closestCanonical, voxelSizes } from '../../orientation';
import { ByteStream } from '../byteStream';
import { withoutCopyMark } from '../copyMark';
import type { ReadOptions, ScanFile, VolumeDescription } from '../scanFormat';
import {
  chosenVolumes,
  countOdd,
  type OddNumbers,
  oddTexts,
  placeSlices,
  refuseTooMany,
  reverseWords,
  slicesAtATime,
} from '../storedVoxels';
import { type NiftiHeader, parseNiftiHeader } from './header';
import { LAYOUT, niftiVersion } from './version';
import { type NiftiPlace, niftiChunks } from './write';

export interface NiftiFile extends ScanFile, NiftiPlace {}

const IMAGE = /\.img(\.gz)?$/i;

/** Bytes after the voxels that are still inflated, so that an ordinary file's checksum is verified. */
const MOST_TRAILING_BYTES = 2 ** 20;
/** Voxels of a head are never so much alike; an empty mask may be, but is not so large. */
const MOST_RATIO = 500;
const MOST_UNPACKED = 160_000_000;

/**
 * Volumes of a scan, canonical (RAS+), float32, slope and intercept applied (in float64, then rounded once).
 * What a header claims takes no memory by itself: pages of zeros are given when they are written. Throws as `ScanFormat.read`.
 * @param parts one .nii, or a .hdr with its .img; each may be gzip
 */
export async function readNifti(parts: readonly NamedBlob[], options: ReadOptions): Promise<NiftiFile[]> {
  const image = parts.find(({ name }) => IMAGE.test(withoutCopyMark(name)));
  const file = parts.find((part) => part !== image) ?? image;
  if (!file || parts.length > (image ? 2 : 1))
    throw new UnsupportedFile(
      `scan: one .nii or .nii.gz, or a .hdr with its .img, got ${parts.map(({ name }) => name).join(', ')}`,
    );
  const stream = await ByteStream.of(file, options.inflate);
  const imageStream = image && image !== file ? await ByteStream.of(image, options.inflate) : undefined;
  try {
    return await readVolumes(file.name, stream, imageStream, options);
  } finally {
    await Promise.all([stream.close(), imageStream?.close()]);
  }
}

/** Shapes, spacing, orientation and type as nibabel would print them. */
function describe(name: string, { header, orientation }: NiftiPlace): VolumeDescription {
  const affine = canonicalAffine(header.affine, header.shape, orientation);
  const { dims, otherZooms, littleEndian, type } = parseNiftiHeader(name, header.bytes);
  const big = `>${type.name[0]}${type.bytes}`;
  return {
    shapeStored: dims,
    shapeCanonical: [...canonicalShape(header.shape, orientation), ...dims.slice(3)],
    zooms: [...voxelSizes(affine), ...otherZooms],
    affineStored: header.affine,
    affine,
    axisCodes: orientation.codes,
    dtype: littleEndian || type.bytes === 1 ? type.name : big,
  };
}

async function readVolumes(
  name: string,
  stream: ByteStream,
  imageStream: ByteStream | undefined,
  options: ReadOptions,
): Promise<NiftiFile[]> {
  const bytes = await readHeaderBytes(name, stream);
  const header = parseNiftiHeader(name, bytes);
  const voxels = header.pair ? imageStream : stream;
  if (!voxels)
    throw new UnsupportedFile(
      `${name}: a .hdr needs its .img beside it, got the header alone; choose both files`,
    );
  const voxelsPerVolume = header.shape.reduce((product, n) => product * n, 1);
  const bytesPerVolume = voxelsPerVolume * header.type.bytes;
  const end = header.voxelOffset + header.volumeCount * bytesPerVolume;
  // By the sizes alone, before a voxel is inflated or allocated.
  if (end > voxels.mostBytes) throw cutShort(voxels, header, end, voxels.mostBytes);
  const { first, count } = chosenVolumes(name, options.volume, header.volumeCount);
  refuseTooMany(name, header.shape, count);
  refuseBomb(voxels, header, Math.max(end, (4 * count * bytesPerVolume) / header.type.bytes));
  await voxels.skip(header.voxelOffset - voxels.position);
  await voxels.skip(first * bytesPerVolume);
  const images: ReadVoxels[] = [];
  for (let n = 0; n < count; n++) {
    const pause = async (share: number) => options.pause?.((n + share) / count);
    const image = await readVoxels(voxels, header, pause, options.memory);
    if (!image) throw cutShort(voxels, header, end, voxels.position);
    images.push(image);
  }
  await voxels.skip((header.volumeCount - first - count) * bytesPerVolume);
  if (voxels.position < end) throw cutShort(voxels, header, end, voxels.position);
  await voxels.skip(MOST_TRAILING_BYTES);
  const stray = [
    ...[stream, imageStream].flatMap((one) => (one?.strayBytes ? strayText(one) : [])),
    ...behindText(voxels, end),
  ];
  return images.map((image, n) => toFile(name, bytes, header, image, first + n, stray));
}

/** @param memory bytes that it takes to read it */
function refuseBomb({ name, packedBytes }: ByteStream, { dims, type }: NiftiHeader, memory: number): void {
  if (packedBytes === null || memory <= MOST_UNPACKED || memory <= MOST_RATIO * packedBytes) return;
  throw new UnsupportedFile(
    `${name}: gzip must hold a scan, got ${packedBytes} bytes that swell to ${dims.join(' x ')} voxels of ${type.name}, almost all of them alike; unpack it yourself if it is one`,
  );
}

interface ReadVoxels {
  voxels: Float32Array;
  odd: OddNumbers;
}

/** The next volume, canonical, a few slices at a time: no more of it is held as it is stored. Null where the file ends before. */
async function readVoxels(
  stream: ByteStream,
  header: NiftiHeader,
  pause: (share: number) => Promise<void>,
  memory: ReadOptions['memory'] = (bytes) => new ArrayBuffer(bytes),
): Promise<ReadVoxels | null> {
  const { shape, type, littleEndian } = header;
  const orientation = closestCanonical(header.affine);
  const bytesPerSlice = shape[0] * shape[1] * type.bytes;
  const slices = slicesAtATime(shape, orientation, type.bytes);
  const voxels = new Float32Array(memory(4 * shape[0] * shape[1] * shape[2]));
  const odd: OddNumbers = { beyond: 0, vanished: 0, inexact: 0 };
  const piece = new Uint8Array(slices * bytesPerSlice);
  for (let k = 0; k < shape[2]; k += slices) {
    const stored = piece.subarray(0, Math.min(slices, shape[2] - k) * bytesPerSlice);
    if ((await stream.readInto(stored)) < stored.length) return null;
    if (!littleEndian) reverseWords(stored, type.bytes);
    const numbers = type.read(stored);
    countOdd(odd, header, numbers);
    for (const _ of placeSlices(voxels, header, orientation, numbers, k)) await pause(k / shape[2]);
    await pause(Math.min(1, (k + slices) / shape[2]));
  }
  return { voxels, odd };
}

/** Of a file that is inflated only what was inflated is known. */
function behindText({ position, packedBytes, mostBytes }: ByteStream, end: number): string[] {
  const isMore = packedBytes !== null && position === end + MOST_TRAILING_BYTES;
  const count = (packedBytes === null ? mostBytes : position) - end;
  if (count === 0) return [];
  const bytes = count === 1 ? 'is 1 byte' : `are ${count.toLocaleString('en')} bytes`;
  return [
    `There ${isMore ? `are at least ${count.toLocaleString('en')} bytes` : bytes} behind the last voxel that the header tells of; left out: check its dimensions.`,
  ];
}

const strayText = ({ strayBytes }: ByteStream) =>
  `There ${strayBytes === 1 ? 'is 1 stray byte' : `are ${strayBytes} stray bytes`} behind the file's gzip stream, which is whole; left out.`;

async function readHeaderBytes(name: string, stream: ByteStream): Promise<Uint8Array> {
  if (stream.isEmpty)
    throw new CorruptFile(
      `${name}: must have a NIfTI header, got an empty file; export or download it again`,
    );
  const head = await stream.take(LAYOUT[1].size);
  const version = niftiVersion(head);
  if (version === null) {
    const advice = IMAGE.test(withoutCopyMark(name))
      ? 'choose its .hdr together with it'
      : 'choose a .nii, .nii.gz or .hdr with .img';
    throw new UnsupportedFile(
      `${name}: must begin with a NIfTI header (348 or 540 bytes), got something else; ${advice}`,
    );
  }
  const bytes = version === 1 ? head : concat([head, await stream.take(LAYOUT[2].size - LAYOUT[1].size)]);
  if (bytes.length < LAYOUT[version].size)
    throw new CorruptFile(
      `${name}: its header must be ${LAYOUT[version].size} bytes, got ${bytes.length}; download it again`,
    );
  return bytes;
}

function cutShort(
  { name, misnamed }: ByteStream,
  header: NiftiHeader,
  needed: number,
  found: number,
): CorruptFile {
  const voxels = Math.max(0, found - header.voxelOffset);
  const what = voxels === 0 ? 'no pixel data' : `pixel data cut short: at most ${found} bytes`;
  const kind = misnamed ? ', and it is not gzip although its name says so' : '';
  return new CorruptFile(
    `${name}: ${header.dims.join(' x ')} voxels of ${header.type.name} need ${needed} bytes, got ${what}${kind}; download or export it again`,
  );
}

function toFile(
  name: string,
  bytes: Uint8Array,
  header: NiftiHeader,
  { voxels, odd }: ReadVoxels,
  volumeIndex: number,
  stray: readonly string[],
): NiftiFile {
  const orientation = closestCanonical(header.affine);
  const affine = canonicalAffine(header.affine, header.shape, orientation);
  const image: Image3 = {
    shape: canonicalShape(header.shape, orientation),
    zooms: voxelSizes(affine),
    affine,
    voxels,
  };
  const place: NiftiPlace = {
    orientation,
    header: {
      version: header.version,
      littleEndian: header.littleEndian,
      bytes,
      shape: header.shape,
      affine: header.affine,
      dtype: header.type.name,
    },
  };
  return {
    name,
    image,
    ...place,
    volumeCount: header.volumeCount,
    volumeIndex,
    remarks: [...header.remarks, ...oddTexts(odd, voxels.length), ...stray],
    odd,
    ending: '.nii.gz',
    describe: () => describe(name, place),
    chunks: (voxels, options) => niftiChunks(place, voxels, options),
    write: (voxels, options) => whole(niftiChunks(place, voxels, options)),
  };
}
