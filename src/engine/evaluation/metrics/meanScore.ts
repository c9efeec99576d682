import type { Score } from './scoreSlice';

/** Mean of each measure over the slices that have it; null where none has a score. */
export function meanScore(scores: readonly (Score | null)[]): Score | null {
  const found = scores.filter((score) => score !== null);
  if (found.length === 0) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const psnrs = found.map(({ psnr }) => psnr).filter((psnr) => psnr !== null);
  return {
    psnr: psnrs.length > 0 ? mean(psnrs) : null,
    ssim: mean(found.map(({ ssim }) => ssim)),
    mae: mean(found.map(({ mae }) => mae)),
  };
}
