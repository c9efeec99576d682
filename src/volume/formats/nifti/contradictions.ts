/** What a NIfTI header says twice and not alike, a sentence each that says which is used. */
import type { Affine, Shape3 } from '../../image';
import { applyAffine, isUsableAffine, voxelSizes } from '../../orientation';

/** What a header says of where voxels lie. */
export interface Placement {
  shape: Shape3;
  /** pixdim[1..3] as stored. */
  pixdim: readonly number[];
  /** pixdim[0], the side of the qform's third axis. */
  qfac: number;
  xyztUnits: number;
  codes: { sform: number; qform: number };
  sform: Affine;
  /** Null where its quaternion is none. */
  qform: Affine | null;
  /** The form that is read. */
  used: 'sform' | 'qform' | 'pixdim';
}

/** Codes of nifti1.h that say what world a form leads to. */
export const isCoded = (code: number): boolean => code >= 1 && code <= 5;

/** Parts of a voxel's size. */
const SIZE_MARGIN = 0.05;
/** Degrees between an axis of one form and of the other: a registration to a template turns a head by less. */
const TURNED = 45;
/** Degrees from perpendicular: registrations shear by less. */
const SHEARED = 5;
/** Voxels by which two forms into the same world may lie apart. */
const APART = 2;

export function contradictions(placement: Placement): string[] {
  return [unitText, formText, sizeText, shearText, sideText].flatMap((check) => check(placement) ?? []);
}

/** NIFTI_UNITS_METER and NIFTI_UNITS_MICRON; nibabel and most software take every length as mm. */
const UNITS: Record<number, string> = { 1: 'metres', 3: 'micrometres' };

function unitText({ xyztUnits }: Placement): string | null {
  const unit = UNITS[xyztUnits & 7];
  return unit === undefined
    ? null
    : `The header says lengths are in ${unit}; they are taken as mm, as most software takes them: check the voxel size.`;
}

function formText({ codes, sform, qform, used, shape }: Placement): string | null {
  if (used === 'pixdim')
    return 'The header does not say how the scan lies (sform_code and qform_code tell of no form): the first axis is taken from the right to the left, the third from the feet to the head; check left and right.';
  if (used === 'qform')
    return isCoded(codes.sform)
      ? "The header's sform does not span three dimensions; its qform is used."
      : null;
  if (!isCoded(codes.qform)) return null;
  if (!qform || !isUsableAffine(qform))
    return "The header's qform is none that can be read; its sform is used.";
  const turned = Math.max(...[0, 1, 2].map((axis) => angleOf(column(sform, axis), column(qform, axis))));
  if (turned > TURNED)
    return `The header's sform and qform turn the scan differently, by up to ${turned.toFixed(0)} degrees; the sform is used: check left and right.`;
  const apart = distanceOf(sform, qform, shape);
  if (codes.sform !== codes.qform || apart <= APART * Math.max(...voxelSizes(sform))) return null;
  return `The header's sform and qform claim the same space but lie up to ${length(apart)} mm apart; the sform is used.`;
}

function sizeText({ pixdim, sform, used }: Placement): string | null {
  if (used !== 'sform') {
    const sizes = pixdim.map(readSize);
    return sizes.every((size, axis) => size === pixdim[axis])
      ? null
      : `The header says a voxel is ${pixdim.join(' x ')} mm; it is read as ${sizes.join(' x ')} mm: check it.`;
  }
  const sizes = voxelSizes(sform);
  const differs = sizes.some((size, axis) => !(Math.abs(pixdim[axis] - size) <= SIZE_MARGIN * size));
  return differs
    ? `The header says a voxel is ${pixdim.map(length).join(' x ')} mm, its sform ${sizes.map(length).join(' x ')} mm; the sform is used.`
    : null;
}

function shearText({ sform, used }: Placement): string | null {
  if (used !== 'sform') return null;
  const angles = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([a, b]) => Math.abs(90 - angleOf(column(sform, a), column(sform, b))));
  const most = Math.max(...angles);
  return most > SHEARED
    ? `The sform's axes are not perpendicular, by up to ${most.toFixed(0)} degrees (a tilted gantry, or sheared): slices are read as if they were.`
    : null;
}

/** nifti1.h reads 0 as 1. */
function sideText({ qfac, used }: Placement): string | null {
  return used !== 'qform' || Math.abs(qfac) === 1
    ? null
    : `The header's pixdim[0] is ${qfac} and must be 1 or -1; it is read as 1: check that the slices are in order from feet to head.`;
}

/** nibabel's header check: made positive, zero becomes 1. */
export const readSize = (size: number): number => Math.abs(size) || 1;

const column = (affine: Affine, axis: number) => [0, 1, 2].map((row) => affine[row][axis]);

/** Degrees between two directions. */
function angleOf(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, at) => sum + value * b[at], 0);
  const cosine = dot / (Math.hypot(...a) * Math.hypot(...b));
  return (180 / Math.PI) * Math.acos(Math.min(Math.max(cosine, -1), 1));
}

/** How far a corner voxel lies from itself at the most, mm. */
function distanceOf(a: Affine, b: Affine, shape: Shape3): number {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n): [number, number, number] => [
    n & 1 ? shape[0] - 1 : 0,
    n & 2 ? shape[1] - 1 : 0,
    n & 4 ? shape[2] - 1 : 0,
  ]);
  const distances = corners.map((corner) => {
    const [p, q] = [applyAffine(a, corner), applyAffine(b, corner)];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  });
  return Math.max(...distances);
}

const length = (value: number) => String(Number(value.toPrecision(3)));
