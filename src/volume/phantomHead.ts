/** What makes one phantom head different from another: sizes, folds, nuclei and lesions, drawn at random. */
import { TISSUE } from './signalEquations';

export type Vector = readonly [number, number, number];

/** A nucleus, ventricle or lesion; places are mm from the head's centre to the right, the front and the top. */
export interface Ellipsoid {
  tissue: number;
  centre: Vector;
  /** Half lengths, mm. */
  axes: Vector;
  /** mm to the right per mm to the front: nuclei and ventricles part towards the back. */
  lean: number;
  /** mm to the right at the front and the back end, as the ventricles' horns are. */
  bend: number;
}

/** A plane wave on the brain's surface; the zeros of the waves' sum are the sulci. */
export interface Wave {
  /** rad/mm. */
  k: Vector;
  /** rad. */
  phase: number;
}

/** Lengths in mm. Layers are measured along rays from the centre. */
export interface Head {
  /** Half lengths to the right, the front and the top. */
  axes: Vector;
  /** Share by which the front is narrower than the middle. */
  taper: number;
  scalp: number;
  skull: number;
  csf: number;
  cortex: number;
  sulcusDepth: number;
  /** Where sulci are deeper than that, and where shallower. */
  swell: Wave;
  /** Half of the gap of a sulcus or of the fissure between the hemispheres. */
  sulcusGap: number;
  fissureDepth: number;
  waves: Wave[];
  inner: Ellipsoid[];
  lesions: Ellipsoid[];
}

/** @param between a draw between two numbers */
export function drawHead(between: (low: number, high: number) => number): Head {
  const axes = [between(70, 77), between(88, 97), between(80, 88)] as const;
  const scale = axes[1] / 92;
  const wave = (length: number): Wave => {
    const up = between(-1, 1);
    const turn = between(0, 2 * Math.PI);
    const level = Math.sqrt(1 - up * up);
    const k = (2 * Math.PI) / length;
    return {
      k: [k * level * Math.cos(turn), k * level * Math.sin(turn), k * up],
      phase: between(0, 2 * Math.PI),
    };
  };
  const pair = (tissue: number, centre: Vector, half: Vector, lean: number, bend = 0): Ellipsoid[] => {
    const size = scale * between(0.9, 1.1);
    return [-1, 1].map((side) => {
      // The two sides of a head differ a little.
      const own = size * between(0.95, 1.05);
      return {
        tissue,
        centre: [side * scale * centre[0], scale * centre[1], scale * centre[2]],
        axes: [own * half[0], own * half[1], own * half[2]],
        lean: side * lean,
        bend: side * bend,
      };
    });
  };
  const width = between(0.7, 1.5);
  return {
    axes,
    taper: between(0.04, 0.12),
    scalp: between(4, 7),
    skull: between(5, 7.5),
    csf: between(1.5, 3),
    cortex: between(2.8, 3.6),
    sulcusDepth: between(13, 18),
    swell: wave(between(45, 70)),
    sulcusGap: between(0.4, 0.9),
    fissureDepth: between(34, 40),
    waves: Array.from({ length: 4 }, () => wave(between(21, 32))),
    inner: [
      ...pair(TISSUE.csf, [8 + 3 * width, 0, 9], [4.5 * width, 34, 8], -0.14, 4),
      ...pair(TISSUE.csf, [0, -3, -14], [1.6 * width, 12, 9], 0),
      ...pair(TISSUE.deepGrey, [17 + 3 * width, 21, 7], [5, 10, 9], -0.3),
      ...pair(TISSUE.deepGrey, [11, -10, -5], [8, 14, 8], -0.2),
      ...pair(TISSUE.deepGrey, [28, 5, -4], [6, 18, 11], -0.3),
    ],
    lesions: Array.from({ length: Math.floor(between(0, 4)) }, () => ({
      tissue: TISSUE.lesion,
      centre: [(between(0, 1) < 0.5 ? -1 : 1) * between(20, 36), between(-40, 36), between(8, 32)] as const,
      axes: [between(3, 6), between(3, 8), between(4, 7)] as const,
      lean: 0,
      bend: 0,
    })),
  };
}
