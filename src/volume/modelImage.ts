/**
 * The two orders in which a model's square images lie, each with a type, and the one way from one to the other.
 *
 * Both are row-major with the front of the head in row 0. A model's image begins with the patient's right (slices.ts), as its
 * training slices did; the screen shows the patient's right at the right, as the panes show axial slices (planes.ts).
 */

declare const ORDER: unique symbol;

/** Square, in the model's range [-1, 1] but for noise. */
export type ModelPixels = Float32Array & { readonly [ORDER]: 'rows A-P, columns R-L' };

/** Says of pixels that come from a network, a set of slices or a plan that they lie in the model's order. */
export const modelPixels = (pixels: Float32Array): ModelPixels => pixels as ModelPixels;

/** A square image to be looked at: one byte a pixel, 0..255. */
export interface ScreenImage {
  readonly order: 'rows A-P, columns L-R';
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Turned for the screen; [-1, 1] becomes 0..255, and what lies outside is clipped. */
export function screenImage(image: ModelPixels): ScreenImage {
  const size = Math.sqrt(image.length);
  const pixels = new Uint8Array(image.length);
  for (let row = 0; row < image.length; row += size)
    for (let column = 0; column < size; column++) {
      const value = (image[row + size - 1 - column] + 1) / 2;
      pixels[row + column] = Math.round(Math.min(Math.max(value, 0), 1) * 255);
    }
  return { order: 'rows A-P, columns L-R', size, pixels };
}
