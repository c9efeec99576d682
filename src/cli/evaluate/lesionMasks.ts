import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countNotFinite } from '../../engine/evaluation/metrics/missing';
import { BadRequest } from '../../errors';
import { readScan } from '../../platform/node/scans';
import type { NamedImage } from '../../volume/image';
import { readName } from '../../volume/names';
import { askedVolume } from '../../volume/oneVolume';
import { needSameGrid } from '../../volume/resample';
import { counted } from '../kit/report';

/**
 * The outline of a scan's lesions in its BIDS data set: ROOT/derivatives/lesions/sub-01/[ses-1/]anat/sub-01_[ses-1_]label-lesion_mask.nii.gz
 * for a scan below ROOT/sub-01. Null where there is none.
 */
export function outlinePath(scan: string): string | null {
  const folders = dirname(scan).split(/[\\/]/);
  const at = folders.findLastIndex((folder) => folder.startsWith('sub-'));
  if (at < 0) return null;
  const { sub, ses } = readName(scan).entities;
  const entities = [`sub-${sub}`, ...(ses === undefined ? [] : [`ses-${ses}`])].join('_');
  const root = folders.slice(0, at).join('/') || '.';
  const path = join(
    root,
    'derivatives/lesions',
    ...folders.slice(at),
    `${entities}_label-lesion_mask.nii.gz`,
  );
  return sub !== undefined && existsSync(path) ? path : null;
}

/**
 * A mask on the grid of a scan: one byte a voxel, 1 where the file is above 0.
 * @throws BadRequest on another grid, several volumes, or what is not a number
 */
export async function readMask(path: string, { name, image }: NamedImage): Promise<Uint8Array> {
  const { image: mask } = await readScan(path, askedVolume(path, undefined, 'give a mask of one of them'));
  needSameGrid({ name: path, ...mask }, { name, ...image });
  const wrong = countNotFinite(mask.voxels);
  if (wrong > 0)
    throw new BadRequest(
      `${path}: a mask must hold numbers, got NaN or infinity in ${counted(wrong, 'voxel')}; write 0 there`,
    );
  return Uint8Array.from(mask.voxels, (value) => (value > 0 ? 1 : 0));
}
