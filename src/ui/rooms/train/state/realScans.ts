/**
 * The fine-tune that one press fills in: two visits that come with the page (public/demo), of two patients of whom no model that
 * ships was trained. One is trained on, the other scored.
 */
import type { Role } from '../../../../workers/train/protocol';
import type { DemoFile } from '../../translate/state/demos';
import type { Intervals } from './types';

const CONTRASTS = { A: 'T1w', B: 'FLAIR' } as const;
const SUBJECTS = { train: 'sub-openmsl03s2', val: 'sub-openmsl12s1' } as const;

export interface RealScan {
  role: Role;
  scan: DemoFile;
}

/** In the order in which they pair. */
export const REAL_SCANS: readonly RealScan[] = (['train', 'val'] as const).flatMap((use) =>
  (['A', 'B'] as const).map((side) => {
    const name = `${SUBJECTS[use]}_${CONTRASTS[side]}.nii.gz`;
    return { role: `${use}${side}` as const, scan: { file: name, name } };
  }),
);

/** Contrasts of the shipped model that is tuned. */
export const REAL_CONTRASTS = { source: CONTRASTS.A, target: CONTRASTS.B };

/** A validation takes as long as some twenty iterations without a GPU: before, in the middle, after. */
export const REAL_EVERY = (iterations: number): Intervals => ({
  preview: Math.ceil(iterations / 6),
  validation: Math.ceil(iterations / 2),
  checkpoint: Math.ceil(iterations / 3),
});

/** Whether these are what was filled in, and nothing else. */
export function areRealScans(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => REAL_SCANS.some(({ scan }) => scan.name === name));
}
