/** Scans that a model for heads should and should not be given, made in code. */
import { uniformSource } from '../src/engine/random';
import { type PhantomVolume, phantomAnatomy, phantomVolume } from '../src/volume/phantom';
import { SUBVOXELS } from '../src/volume/phantomAnatomy';
import { TISSUE } from '../src/volume/signalEquations';
import type { Shape3 } from '../src/volume/volume';

const draws = (subject: number, step: number) =>
  uniformSource({ seed: 9, sample: 0, slice: subject, step, stream: 'noise' });

/** Few slices: tests need many heads. */
const GRID = { shape: [96, 112, 12] as const, zooms: [2, 2, 12] as const };

/** A whole head of a made-up subject. */
export function contrastHead(contrast: string, subject = 0): PhantomVolume {
  const anatomy = phantomAnatomy(draws(subject, 0), GRID);
  return phantomVolume(anatomy, contrast, { name: `phantom_${contrast}`, uniform: draws(subject, 1) });
}

/** The same without scalp and skull; exactly 0 about it, as after a brain extraction. */
export function brainOnly(contrast: string, subject = 0): PhantomVolume {
  const anatomy = phantomAnatomy(draws(subject, 0), GRID);
  const [ni, nj] = anatomy.shape;
  const { voxels, ...head } = phantomVolume(anatomy, contrast, {
    name: `phantom_${contrast}`,
    uniform: draws(subject, 1),
  });
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

function shaped(name: string, value: (x: number, y: number, at: number) => number): PhantomVolume {
  const [ni, nj, nk] = DISC_SHAPE;
  const voxels = Float32Array.from({ length: ni * nj * nk }, (_, at) => {
    const x = ((at % ni) - (ni - 1) / 2) * ZOOMS[0];
    const y = ((Math.floor(at / ni) % nj) - (nj - 1) / 2) * ZOOMS[1];
    return value(x, y, at);
  });
  const affine: PhantomVolume['affine'] = [
    [ZOOMS[0], 0, 0, 0],
    [0, ZOOMS[1], 0, 0],
    [0, 0, ZOOMS[2], 0],
    [0, 0, 0, 1],
  ];
  return { name, shape: DISC_SHAPE, zooms: ZOOMS, affine, voxels };
}

/** An even cylinder, elliptic across: half lengths in mm. A phantom of a scanner's service, or a bottle. */
export function disc(a: number, b: number): PhantomVolume {
  return shaped('cylinder', (x, y) => ((x / a) ** 2 + (y / b) ** 2 <= 1 ? 800 : 0));
}

/** What an abdomen has: wider than deep, a rim of fat, a spine behind, organs. */
export function abdomen(): PhantomVolume {
  const within = (x: number, y: number, a: number, b: number) => (x / a) ** 2 + (y / b) ** 2 <= 1;
  return shaped('abdomen', (x, y) => {
    if (!within(x, y, 175, 120)) return 0;
    if (!within(x, y, 155, 100)) return 900;
    if (within(x, y + 60, 22, 22)) return 250;
    if (within(x - 70, y - 10, 70, 55)) return 520;
    return 400 + 40 * Math.sin(x / 9) * Math.cos(y / 7);
  });
}

/** The magnitude of complex noise, all over the volume. */
export function noise(): PhantomVolume {
  const uniform = draws(0, 2);
  return shaped('noise', () => 100 * Math.sqrt(-2 * Math.log(1 - uniform())));
}
