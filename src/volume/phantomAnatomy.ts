/**
 * The anatomy of a made-up head, of which no two are alike: tilted ellipsoids for scalp, skull and brain, a cortex that is
 * folded about sulci, ventricles, deep grey nuclei and some white matter lesions. A schema, not an atlas: no face, no
 * cerebellum.
 */
import type { Shape3 } from './image';
import { drawHead, type Ellipsoid, type Head, type Vector, type Wave } from './phantomHead';
import { TISSUE } from './signalEquations';

export interface PhantomAnatomy {
  readonly shape: Shape3;
  /** mm. */
  readonly zooms: Shape3;
  /** Numbers of `TISSUE`, i fastest, for each quarter of a voxel: 2 ni x 2 nj x nk. Voxels at edges thus hold several. */
  readonly labels: Uint8Array;
}

/** Labels per voxel along i and along j. */
export const SUBVOXELS = 2;

/** The surface on which the waves run, mm from the head's centre. */
const FOLDED_AT = 70;

/** Share by which sulci are deeper or shallower than the head's mean. */
const SWELL = 0.5;

/** Nothing of `inner` lies nearer to the brain's surface, mm. */
const INNER_DEPTH = 12;

/**
 * The anatomy of one made-up subject; the crown lies just below the grid's top.
 * @param uniform the draws, in [0, 1)
 * @param options shape in voxels and zooms in mm
 */
export function phantomAnatomy(
  uniform: () => number,
  { shape = [96, 112, 24], zooms = [2, 2, 5] }: { shape?: Shape3; zooms?: Shape3 } = {},
): PhantomAnatomy {
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const head = drawHead(between);
  const [right, front, top] = rotation(between(-0.06, 0.06), between(-0.05, 0.05), between(-0.12, 0.12));
  const centre = [
    between(-4, 4),
    between(-4, 4),
    (shape[2] * zooms[2]) / 2 - between(3, 8) - head.axes[2],
  ] as const;
  const [ni, nj, nk] = [shape[0] * SUBVOXELS, shape[1] * SUBVOXELS, shape[2]];
  const [di, dj, dk] = [zooms[0] / SUBVOXELS, zooms[1] / SUBVOXELS, zooms[2]];
  const labels = new Uint8Array(ni * nj * nk);
  for (let k = 0, at = 0; k < nk; k++) {
    const z = (k - (nk - 1) / 2) * dk - centre[2];
    for (let j = 0; j < nj; j++) {
      const y = (j - (nj - 1) / 2) * dj - centre[1];
      for (let i = 0; i < ni; i++) {
        const x = (i - (ni - 1) / 2) * di - centre[0];
        labels[at++] = tissueAt(head, along(right, x, y, z), along(front, x, y, z), along(top, x, y, z));
      }
    }
  }
  return { shape, zooms, labels };
}

/** The tissue at a place in the head, mm from its centre to the right, the front and the top. */
function tissueAt(head: Head, x: number, y: number, z: number): number {
  const [right, front, top] = head.axes;
  const narrow = x / (right * (1 - (head.taper * y) / front));
  const radius = Math.sqrt(narrow * narrow + (y * y) / (front * front) + (z * z) / (top * top));
  if (radius >= 1) return TISSUE.air;
  const distance = Math.sqrt(x * x + y * y + z * z);
  // To the surface along the ray from the centre, mm.
  let depth = radius > 0 ? distance / radius - distance : Number.POSITIVE_INFINITY;
  if (depth < head.scalp) return TISSUE.fat;
  depth -= head.scalp;
  if (depth < head.skull) return TISSUE.skull;
  depth -= head.skull;
  if (depth < head.csf) return TISSUE.csf;
  depth -= head.csf;
  if (depth > INNER_DEPTH) {
    for (const organ of head.inner) if (contains(organ, x, y, z)) return organ.tissue;
  }
  const fissure = sheetDistance(Math.abs(x), depth - head.fissureDepth);
  let sulcus = Number.POSITIVE_INFINITY;
  const below = depth - head.sulcusDepth * (1 + SWELL * Math.sin(angleOf(head.swell, x, y, z)));
  if (below < head.cortex + head.sulcusGap)
    sulcus = sheetDistance(foldDistance(head.waves, x, y, z, distance), below);
  const groove = Math.min(fissure, sulcus) - head.sulcusGap;
  if (groove < 0) return TISSUE.csf;
  if (Math.min(depth, groove) < head.cortex) return TISSUE.greyMatter;
  for (const lesion of head.lesions) if (contains(lesion, x, y, z)) return TISSUE.lesion;
  return TISSUE.whiteMatter;
}

/** mm to a groove that ends at a depth: `beside` its plane, `below` its end. */
function sheetDistance(beside: number, below: number): number {
  return below > 0 ? Math.sqrt(beside * beside + below * below) : beside;
}

/** mm to the nearest zero of the waves' sum on the sphere through the place, to first order: |f| / |tangential gradient|. */
function foldDistance(waves: readonly Wave[], x: number, y: number, z: number, distance: number): number {
  const nx = x / distance;
  const ny = y / distance;
  const nz = z / distance;
  let f = 0;
  let gx = 0;
  let gy = 0;
  let gz = 0;
  for (const wave of waves) {
    const { k } = wave;
    const angle = angleOf(wave, FOLDED_AT * nx, FOLDED_AT * ny, FOLDED_AT * nz);
    const slope = Math.cos(angle);
    f += Math.sin(angle);
    gx += k[0] * slope;
    gy += k[1] * slope;
    gz += k[2] * slope;
  }
  const radial = gx * nx + gy * ny + gz * nz;
  const tangential = Math.sqrt(Math.max(gx * gx + gy * gy + gz * gz - radial * radial, 1e-6));
  return ((Math.abs(f) / tangential) * distance) / FOLDED_AT;
}

function angleOf({ k, phase }: Wave, x: number, y: number, z: number): number {
  return along(k, x, y, z) + phase;
}

function contains({ centre, axes, lean, bend }: Ellipsoid, x: number, y: number, z: number): boolean {
  const w = (z - centre[2]) / axes[2];
  const v = (y - centre[1]) / axes[1];
  if (v * v + w * w > 1) return false;
  const u = (x - centre[0] - lean * (y - centre[1]) - bend * v * v) / axes[0];
  return u * u + v * v + w * w < 1;
}

function along(axis: Vector, x: number, y: number, z: number): number {
  return axis[0] * x + axis[1] * y + axis[2] * z;
}

/** The head's axes after turns about right (nod), front (tilt) and top (turn), rad. */
function rotation(nod: number, tilt: number, turn: number): [Vector, Vector, Vector] {
  const [a, b, c] = [Math.cos(nod), Math.cos(tilt), Math.cos(turn)];
  const [p, q, r] = [Math.sin(nod), Math.sin(tilt), Math.sin(turn)];
  return [
    [b * c, b * r, -q],
    [p * q * c - a * r, p * q * r + a * c, p * b],
    [a * q * c + p * r, a * q * r - p * c, a * b],
  ];
}
