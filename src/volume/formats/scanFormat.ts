/** What a file format of scans is to the rest: what a row of `formats/names.ts` loads. */
import type { Affine, NamedImage } from '../image';
import type { NamedBlob } from '../namedBlob';
import type { ScanNames } from './names';
import type { OddNumbers } from './storedVoxels';

/** A volume of a file, from 0; or what tells it when the file's number of volumes is known, before voxels are read. */
export type VolumeChoice = number | ((count: number) => number);

export interface ScanFormat extends ScanNames {
  /**
   * The chosen volume of a scan, or all of them in order.
   * @param parts all files of one scan, in any order; at least one
   * @throws UnsupportedFile (not this format after all, files that do not belong together, too large), CorruptFile (cut short,
   * damaged, contradicts itself), BadRequest (no such volume, unreadable) and what the choice of a volume throws, each in one sentence that begins with the file's name
   */
  read(parts: readonly NamedBlob[], options: ReadOptions): Promise<ScanFile[]>;
}

export interface ReadOptions {
  /** From 0; dimensions beyond the third count as one. */
  readonly volume: VolumeChoice | 'all';
  /** Called between pieces of some megabytes with the share of the voxels that are there, 0..1; what it throws ends the reading. */
  readonly pause?: (share: number) => Promise<void>;
  /** Where voxels are put, zeros to begin with; an ArrayBuffer where absent. */
  readonly memory?: (bytes: number) => ArrayBufferLike;
  /**
   * Inflates a large gzip file on another thread, while voxels are put in their places; here where absent. Not begun before its first
   * bytes are asked for, and ended with the iteration; what it throws has the file inflated here.
   */
  readonly inflate?: (file: Blob) => AsyncIterable<Uint8Array>;
}

/** One 3-D volume of a scan, and what of its file is needed to write another image in its place. */
export interface ScanFile extends NamedImage {
  /** Number of volumes in the file (1 for 3-D) and which one this is. */
  readonly volumeCount: number;
  readonly volumeIndex: number;
  /** Sentences on what is wrong with the file though it could be read: the gravest first, empty for an ordinary one. */
  readonly remarks: readonly string[];
  /** Of its voxels, which the remarks tell; absent where there are none. */
  readonly odd?: OddNumbers;
  /** How the name of what `write` makes ends: ".nii.gz". */
  readonly ending: string;
  describe(): VolumeDescription;
  /**
   * A file of this format that opens in the same place in any viewer, piece by piece: no more of it is held than a few megabytes.
   * @param voxels as `image.voxels`; several make a file of as many volumes
   * @throws BadRequest for another number of voxels
   */
  chunks(
    voxels: Float32Array | readonly Float32Array[],
    options: WriteOptions,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  /** The same at once. */
  write(voxels: Float32Array | readonly Float32Array[], options: WriteOptions): Promise<Uint8Array>;
}

/** What the command line prints of a file. */
export interface VolumeDescription {
  /** Every dimension as stored, and the same with the first three axes in canonical order. */
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

export interface WriteOptions {
  /**
   * float32 keeps every bit; int16 is scaled by the largest magnitude, so 0 stays exactly 0 and the error is half a step. HU
   * are whole numbers by custom: int16 of slope 1. NaN becomes 0 in int16, and infinities the ends of the range.
   */
  dtype: 'float32' | 'int16';
  units: 'arbitrary' | 'HU';
  /** What the image is, for the header: at most 79 ASCII characters, the rest is cut. */
  descrip: string;
  /** Called after each piece with the share of the voxels that are written, 0..1. */
  pause?: (share: number) => Promise<void>;
}
