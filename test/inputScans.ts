/** Scans that a model for heads should and should not be given, made in code. */
import { uniformSource } from '../src/engine/random';
import type { Image3, Shape3 } from '../src/volume/image';
import { phantomAnatomy, phantomVolume } from '../src/volume/phantom';
import { SUBVOXELS } from '../src/volume/phantomAnatomy';
import { TISSUE } from '../src/volume/signalEquations';
import { makeImage } from './makeImage';

const draws = (subject: number, step: number) =>
  uniformSource({ seed: 9, sample: 0, slice: subject, step, stream: 'noise' });

/** Few slices: tests need many heads. */
const GRID = { shape: [96, 112, 12] as const, zooms: [2, 2, 12] as const };

/** A whole head of a made-up subject. */
export function contrastHead(contrast: string, subject = 0): Image3 {
  const anatomy = phantomAnatomy(draws(subject, 0), GRID);
  const how = { name: `phantom_${contrast}`, uniform: draws(subject, 1) };
  return phantomVolume(anatomy, contrast, how).image;
}

/** The same without scalp and skull; exactly 0 about it, as after a brain extraction. */
export function brainOnly(contrast: string, subject = 0): Image3 {
  const anatomy = phantomAnatomy(draws(subject, 0), GRID);
  const [ni, nj] = anatomy.shape;
  const { voxels, ...head } = contrastHead(contrast, subject);
  const outside = new Set<number>([TISSUE.air, TISSUE.fat, TISSUE.skull]);
  const brain = voxels.map((value, at) => {
    const i = (at % ni) * SUBVOXELS;
    const j = Math.floor(at / ni) % nj;
    const k = Math.floor(at / (ni * nj));
    const label = anatomy.labels[i + ni * SUBVOXELS * (j * SUBVOXELS + nj * SUBVOXELS * k)];
    return outside.has(label) ? 0 : value;
  });
  return { ...head, voxels: brain };
}

export const DISC_SHAPE: Shape3 = [128, 128, 12];
const ZOOMS: Shape3 = [3, 3, 5];

function shaped(value: (x: number, y: number, at: number) => number): Image3 {
  const [ni, nj, nk] = DISC_SHAPE;
  const voxels = Float32Array.from({ length: ni * nj * nk }, (_, at) => {
    const x = ((at % ni) - (ni - 1) / 2) * ZOOMS[0];
    const y = ((Math.floor(at / ni) % nj) - (nj - 1) / 2) * ZOOMS[1];
    return value(x, y, at);
  });
  return makeImage(DISC_SHAPE, voxels, { zooms: ZOOMS });
}

/** An even cylinder, elliptic across: half lengths in mm. A phantom of a scanner's service, or a bottle. */
export function disc(a: number, b: number): Image3 {
  return shaped((x, y) => ((x / a) ** 2 + (y / b) ** 2 <= 1 ? 800 : 0));
}

/** What an abdomen has: wider than deep, a rim of fat, a spine behind, organs. */
export function abdomen(): Image3 {
  const within = (x: number, y: number, a: number, b: number) => (x / a) ** 2 + (y / b) ** 2 <= 1;
  return shaped((x, y) => {
    if (!within(x, y, 175, 120)) return 0;
    if (!within(x, y, 155, 100)) return 900;
    if (within(x, y + 60, 22, 22)) return 250;
    if (within(x - 70, y - 10, 70, 55)) return 520;
    return 400 + 40 * Math.sin(x / 9) * Math.cos(y / 7);
  });
}

/** The magnitude of complex noise, all over the volume. */
export function noise(): Image3 {
  const uniform = draws(0, 2);
  return shaped(() => 100 * Math.sqrt(-2 * Math.log(1 - uniform())));
}
