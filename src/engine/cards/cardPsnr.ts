/** On a card, which knows no infinity: the PSNR of images that are identical in every slice. */
const IDENTICAL = 200;

/** dB. @param psnr null for identical images */
export function cardPsnr(psnr: number | null): number {
  return Math.min(psnr ?? IDENTICAL, IDENTICAL);
}

/** For the card's note. @param psnrs of all that stands on it */
export function identicalNote(psnrs: readonly (number | null | undefined)[]): string {
  return psnrs.includes(null) ? ` ${IDENTICAL} dB stands for images that are identical to the real one.` : '';
}
