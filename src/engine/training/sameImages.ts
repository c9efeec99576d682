/** One image given twice, under whatever names and in whatever files: as another patient's, as the other contrast's, or as validation. */
import { crc32 } from '../../volume/crc32';
import type { CutScan } from './dataset';
import type { Side } from './sides';

/** What an image is given for. */
export interface GivenImage {
  use: 'train' | 'val';
  side: Side;
  /** For people to read. */
  name: string;
  /** Of `imagePrint`; of an image that is not known yet it is empty, and like no other. */
  print: string;
}

/** Equal for scans of which the same slices are cut. */
export function imagePrint({ slices, shape, images }: CutScan): string {
  let sum = 0;
  for (let at = 0; at < images.length; at++) sum += images[at] * (1 + (at & 15));
  const bytes = new Uint8Array(images.buffer, images.byteOffset, images.byteLength);
  return [shape.join('x'), slices.length, crc32(bytes), sum].join(' ');
}

/** Whether both are for the same: then one of them is enough. */
export const isRepeated = (one: GivenImage, other: GivenImage): boolean =>
  one.use === other.use && one.side === other.side;

/** What is said of the second one. */
export const repeatedText = (before: string): string => `the same image as ${before}; taken once`;

/** Why an image cannot be trained with that is given for something else already. */
export function conflictText(one: GivenImage, other: GivenImage): string {
  const [what, why] =
    one.use === other.use
      ? ['the other contrast', 'two contrasts are never alike']
      : ['whom the model is trained on or scored by', 'a model is not judged by what it was trained on'];
  return `${one.name}: must be another image than ${other.name} of ${what}, got the same: ${why}; leave out one of them`;
}

/** The first two of a list that are one image but given for different things; null where there are none. */
export function conflictOf(images: readonly GivenImage[]): [GivenImage, GivenImage] | null {
  const firsts = new Map<string, GivenImage>();
  for (const image of images) {
    const before = firsts.get(image.print);
    if (image.print !== '' && before && !isRepeated(image, before)) return [image, before];
    if (!before) firsts.set(image.print, image);
  }
  return null;
}
