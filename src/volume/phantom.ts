/**
 * Scans of a digital head phantom: what a scanner would give of a made-up anatomy (phantomAnatomy.ts) in a contrast
 * (signalEquations.ts). A training set that needs no download and is nobody's head; "phantom" in its name says so.
 */
import { BadRequest } from '../errors';
import type { Affine, NamedImage } from './image';
import { type PhantomAnatomy, SUBVOXELS } from './phantomAnatomy';
import { phantomContrast, TISSUE, tissueSignals } from './signalEquations';

export { type PhantomAnatomy, phantomAnatomy } from './phantomAnatomy';
export { PHANTOM_CONTRASTS, type PhantomContrast } from './signalEquations';

/** Each of the three axes' part in the shading of the receive coil, of 1. */
const SHADING = 0.03;

/** Standard deviation of the noise of each of the two channels, of white matter's signal. */
const NOISE = [0.01, 0.02] as const;

/** The scanner's arbitrary units per unit of signal. */
const GAIN = [500, 4000] as const;

/**
 * The scan of an anatomy in a contrast: its signal by the spin-echo equations, averaged over each voxel's tissues, with a
 * smooth shading, Rician noise and an arbitrary gain. Voxels are >= 0, axial, RAS+, the grid's centre at 0 mm.
 * @param contrast one of PHANTOM_CONTRASTS, or "PD"
 * @param name must hold "phantom", e.g. "phantom-03_T1w"
 * @param uniform the draws, in [0, 1), of shading, noise and gain
 * @throws BadRequest for an unknown contrast or another name
 */
export function phantomVolume(
  anatomy: PhantomAnatomy,
  contrast: string,
  { name, uniform }: { name: string; uniform: () => number },
): NamedImage {
  const signals = tissueSignals(phantomContrast(contrast));
  if (!name.includes('phantom')) {
    throw new BadRequest(`phantom: name must say that it is a phantom, got ${name}; call it phantom-${name}`);
  }
  const { shape, zooms } = anatomy;
  const [ni, nj, nk] = shape;
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * uniform();
  const gain = between(GAIN);
  const noise = between(NOISE) * signals[TISSUE.whiteMatter];
  const [shadeI, shadeJ, shadeK] = shape.map((count) => shading(count, 2 * Math.PI * uniform()));
  const voxels = meanSignal(anatomy, signals);
  for (let k = 0, at = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, at++) {
        const signal = voxels[at] * (1 + shadeI[i] + shadeJ[j] + shadeK[k]);
        // Box and Muller: one pair of normal draws, for the real and the imaginary channel.
        const size = noise * Math.sqrt(-2 * Math.log(1 - uniform()));
        const angle = 2 * Math.PI * uniform();
        const real = signal + size * Math.cos(angle);
        const imaginary = size * Math.sin(angle);
        voxels[at] = gain * Math.sqrt(real * real + imaginary * imaginary);
      }
    }
  }
  return { name, image: { shape, zooms, affine: centredAffine(anatomy), voxels } };
}

/** The mean of the signals of a voxel's labels: partial volume, in plane. */
function meanSignal({ shape, labels }: PhantomAnatomy, signals: Float64Array): Float32Array {
  const [ni, nj, nk] = shape;
  const row = ni * SUBVOXELS;
  const shares = signals.map((signal) => signal / SUBVOXELS ** 2);
  const voxels = new Float32Array(ni * nj * nk);
  for (let from = 0, jk = 0; from < labels.length; jk += ni) {
    // The rows of labels that make one row of voxels.
    for (let sub = 0; sub < SUBVOXELS; sub++, from += row) {
      for (let i = 0; i < row; i++) voxels[jk + Math.trunc(i / SUBVOXELS)] += shares[labels[from + i]];
    }
  }
  return voxels;
}

/** Half a wave over the grid. */
function shading(count: number, phase: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => SHADING * Math.cos((Math.PI * at) / count + phase));
}

function centredAffine({ shape, zooms }: PhantomAnatomy): Affine {
  const [x, y, z] = shape.map((count, axis) => (-(count - 1) / 2) * zooms[axis]);
  return [
    [zooms[0], 0, 0, x],
    [0, zooms[1], 0, y],
    [0, 0, zooms[2], z],
    [0, 0, 0, 1],
  ];
}
