import { spread } from './evaluateSlices';

/** Of each pixel of a mask the standard deviation over two images or more. */
export function pixelSpread(images: readonly Float32Array[], mask: Uint8Array): number[] {
  const found: number[] = [];
  for (let p = 0; p < mask.length; p++) if (mask[p]) found.push(spread(images.map((image) => image[p])).std!);
  return found;
}
