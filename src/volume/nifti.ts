/** Reads NIfTI-1 and -2: .nii, .nii.gz, .hdr with .img. Equal to nibabel's closest-canonical reading, voxel for voxel. */
import { BadRequest, CorruptFile, UnsupportedFile } from '../errors';
import { concat, gunzip, isGzip, LARGEST_DEFLATE_RATIO } from './gzip';
import { LAYOUT, type NiftiHeader, niftiVersion, parseNiftiHeader } from './niftiHeader';
import { canonicalAffine, canonicalShape, closestCanonical, storedSteps, voxelSizes } from './orientation';
import { refuseForeign } from './refuse';
import type { Affine, Orientation, Shape3, Volume } from './volume';

export interface NamedBytes {
  name: string;
  bytes: ArrayBuffer;
}

export interface ReadOptions {
  /** The .img of a .hdr/.img pair. */
  image?: NamedBytes;
  /** Which volume of a 4-D file, from 0; dimensions 4 to 7 count as one. Default 0. */
  volume?: number;
}

/** What the command line prints of a file. */
export interface VolumeDescription {
  /** dim[1..dim[0]] as stored, and the same with the first three axes in canonical order. */
  shapeStored: number[];
  shapeCanonical: number[];
  /** mm per voxel along the canonical axes, then the file's own steps of further dimensions. */
  zooms: number[];
  affineStored: Affine;
  affine: Affine;
  /** Direction of each stored axis, e.g. "LPS". */
  axisCodes: string;
  /** As numpy prints it: "int16", or ">i2" for a big-endian file. */
  dtype: string;
}

/** 645 x 645 x 645: 1 GiB as float32. */
const MOST_VOXELS = 2 ** 28;

/** Bytes after the voxels that are still inflated, so that an ordinary file's checksum is verified. */
const MOST_TRAILING_BYTES = 2 ** 20;

/**
 * One volume of a scan, canonical (RAS+), float32, slope and intercept applied (in float64, then rounded once).
 * Never allocates on the header's word alone: memory grows with the bytes that are really there.
 *
 * @throws UnsupportedFile (another format, a data type without meaning here, too large), CorruptFile (cut short, damaged,
 * contradicts itself), BadRequest (no such volume)
 */
export async function readNifti(file: NamedBytes, options: ReadOptions = {}): Promise<Volume> {
  const index = options.volume ?? 0;
  const [volume] = await read(file, options.image, (count) => {
    if (!(Number.isInteger(index) && index >= 0 && index < count))
      throw new BadRequest(
        `${file.name}: volume must be 0 to ${count - 1}, got ${index}; choose one of them`,
      );
    return { first: index, count: 1 };
  });
  return volume;
}

/** Every volume of a 4-D file, in order; they share header, affine and shape. Throws as `readNifti`. */
export function readNiftiAll(file: NamedBytes, options: Pick<ReadOptions, 'image'> = {}): Promise<Volume[]> {
  return read(file, options.image, (count) => ({ first: 0, count }));
}

/** Shapes, spacing, orientation and type as nibabel would print them. */
export function describeVolume(volume: Volume): VolumeDescription {
  const { header, orientation } = volume;
  const { dims, otherZooms, littleEndian, type } = parseNiftiHeader(volume.name, header.bytes);
  const big = `>${type.name[0]}${type.bytes}`;
  return {
    shapeStored: dims,
    shapeCanonical: [...volume.shape, ...dims.slice(3)],
    zooms: [...volume.zooms, ...otherZooms],
    affineStored: header.affine,
    affine: volume.affine,
    axisCodes: orientation.codes,
    dtype: littleEndian || type.bytes === 1 ? type.name : big,
  };
}

/** Voxels of all volumes of a file, in C order of its `shapeCanonical`: [i, j, k, t, ...], the last axis fastest. */
export function toCOrder(volumes: readonly Volume[]): Float32Array {
  const [ni, nj, nk] = volumes[0].shape;
  const others = describeVolume(volumes[0]).shapeStored.slice(3);
  const out = new Float32Array(ni * nj * nk * volumes.length);
  volumes.forEach(({ voxels, volumeIndex }) => {
    let t = 0;
    let rest = volumeIndex;
    // Volumes are stored with the fourth axis fastest.
    for (const count of others) {
      t = t * count + (rest % count);
      rest = Math.floor(rest / count);
    }
    let from = 0;
    for (let k = 0; k < nk; k++)
      for (let j = 0; j < nj; j++)
        for (let i = 0; i < ni; i++) out[((i * nj + j) * nk + k) * volumes.length + t] = voxels[from++];
  });
  return out;
}

async function read(
  file: NamedBytes,
  image: NamedBytes | undefined,
  choose: (volumeCount: number) => { first: number; count: number },
): Promise<Volume[]> {
  const stream = new ByteStream(file);
  const imageStream = image && new ByteStream(image);
  try {
    return await readVolumes(file.name, stream, imageStream, choose);
  } finally {
    await Promise.all([stream.close(), imageStream?.close()]);
  }
}

async function readVolumes(
  name: string,
  stream: ByteStream,
  imageStream: ByteStream | undefined,
  choose: (volumeCount: number) => { first: number; count: number },
): Promise<Volume[]> {
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
  const { first, count } = choose(header.volumeCount);
  if (voxelsPerVolume * count > MOST_VOXELS)
    throw new UnsupportedFile(
      `${name}: may have up to ${MOST_VOXELS} voxels, got ${header.shape.join(' x ')} x ${count}; downsample or crop it`,
    );
  await voxels.skip(header.voxelOffset - voxels.position);
  await voxels.skip(first * bytesPerVolume);
  const stored = await voxels.take(count * bytesPerVolume);
  await voxels.skip((header.volumeCount - first - count) * bytesPerVolume);
  if (voxels.position < end) throw cutShort(voxels, header, end, voxels.position);
  await voxels.skip(MOST_TRAILING_BYTES);
  if (!header.littleEndian) reverseWords(stored, header.type.bytes);
  const numbers = header.type.read(stored.buffer);
  return Array.from({ length: count }, (_, n) =>
    toVolume(name, bytes, header, numbers, n * voxelsPerVolume, first + n),
  );
}

async function readHeaderBytes(name: string, stream: ByteStream): Promise<Uint8Array> {
  if (stream.isEmpty)
    throw new CorruptFile(
      `${name}: must have a NIfTI header, got an empty file; export or download it again`,
    );
  refuseForeign(name, stream.rawHead);
  const head = await stream.take(LAYOUT[1].size);
  refuseForeign(name, head);
  const version = niftiVersion(head);
  if (version === null) {
    const advice = /\.img(\.gz)?$/i.test(name)
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

function toVolume(
  name: string,
  bytes: Uint8Array,
  header: NiftiHeader,
  stored: ArrayLike<number>,
  offset: number,
  volumeIndex: number,
): Volume {
  const orientation = closestCanonical(header.affine);
  const affine = canonicalAffine(header.affine, header.shape, orientation);
  return {
    name,
    shape: canonicalShape(header.shape, orientation),
    zooms: voxelSizes(affine),
    affine,
    voxels: canonicalVoxels(header, orientation, stored, offset),
    orientation,
    header: {
      version: header.version,
      littleEndian: header.littleEndian,
      bytes,
      shape: header.shape,
      affine: header.affine,
      dtype: header.type.name,
    },
    volumeCount: header.volumeCount,
    volumeIndex,
  };
}

/** The volume that begins at stored[offset]. */
function canonicalVoxels(
  header: NiftiHeader,
  orientation: Orientation,
  stored: ArrayLike<number>,
  offset: number,
): Float32Array {
  const { slope, intercept } = header;
  const [ni, nj, nk]: Shape3 = canonicalShape(header.shape, orientation);
  const { start, step } = storedSteps(header.shape, orientation);
  const voxels = new Float32Array(ni * nj * nk);
  let to = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      let from = offset + start + k * step[2] + j * step[1];
      for (let i = 0; i < ni; i++, from += step[0]) voxels[to++] = slope * stored[from] + intercept;
    }
  }
  return voxels;
}

/** In place: the other byte order. Typed arrays are little-endian on every platform that runs this. */
function reverseWords(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) {
    for (let low = at, high = at + size - 1; low < high; low++, high--) {
      const kept = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = kept;
    }
  }
}

/** A file's bytes in order, inflated on the way if it is gzip. */
class ByteStream {
  readonly name: string;
  readonly isEmpty: boolean;
  /** The file's own first bytes, compressed or not. */
  readonly rawHead: Uint8Array;
  /** Named .gz without being gzip: web servers unpack such files on the way and keep the name, so this alone is no fault. */
  readonly misnamed: boolean;
  /** More than this many bytes cannot come out, whatever a header claims. */
  readonly mostBytes: number;
  /** Bytes passed so far. */
  position = 0;
  private readonly chunks: AsyncGenerator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(file: NamedBytes) {
    const bytes = new Uint8Array(file.bytes);
    const compressed = isGzip(bytes);
    this.name = file.name;
    this.isEmpty = bytes.length === 0;
    this.rawHead = bytes.subarray(0, 512);
    this.misnamed = /\.gz$/i.test(file.name) && !compressed;
    this.mostBytes = compressed ? bytes.length * LARGEST_DEFLATE_RATIO : bytes.length;
    this.chunks = compressed ? gunzip(bytes) : whole(bytes);
  }

  /** The next `count` bytes in a buffer of their own; fewer at the end. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const taken: Uint8Array[] = [];
    await this.advance(count, (piece) => taken.push(piece));
    return concat(taken);
  }

  /** Passes over up to `count` bytes. */
  skip(count: number): Promise<void> {
    return this.advance(count, () => undefined);
  }

  /** Stops inflating. */
  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }

  private async advance(count: number, use: (piece: Uint8Array) => void): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.rest.length === 0 && !(await this.fill())) return;
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      this.position += piece.length;
      left -= piece.length;
      use(piece);
    }
  }

  private async fill(): Promise<boolean> {
    try {
      const { done, value } = await this.chunks.next();
      if (!done) this.rest = value;
      return !done;
    } catch {
      throw new CorruptFile(
        `${this.name}: its gzip stream must be whole, in one part, and match its checksum, got one that is cut short, damaged or in several parts; unpack it yourself or export it again`,
      );
    }
  }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
