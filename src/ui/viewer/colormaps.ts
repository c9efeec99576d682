/** Window and colour map to screen colours: exact bytes for colour panes and for exported pictures. */
import type { Colormap, SliceImage, WindowLevel } from './types';

type Rgb = readonly [number, number, number];

/** Colours at equal steps over the window, lowest first. Blue to orange, and dark to light, are told apart by colour-blind eyes. */
const STOPS: Record<Colormap, readonly Rgb[]> = {
  gray: [
    [0, 0, 0],
    [255, 255, 255],
  ],
  diverging: [
    [150, 210, 255],
    [40, 110, 200],
    [56, 56, 56],
    [205, 95, 30],
    [255, 205, 130],
  ],
  heat: [
    [0, 0, 0],
    [90, 20, 90],
    [200, 50, 60],
    [250, 150, 30],
    [255, 250, 200],
  ],
};

/** Colour at `t` in 0..1 (clipped) of a colour map, each channel 0..255, not rounded. NaN gives the lowest colour. */
export function colorAt(colormap: Colormap, t: number): Rgb {
  const stops = STOPS[colormap];
  const at = t > 0 ? Math.min(t, 1) * (stops.length - 1) : 0;
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [from, to] = [stops[low], stops[low + 1]];
  const mix = (c: 0 | 1 | 2): number => from[c] + (to[c] - from[c]) * (at - low);
  return [mix(0), mix(1), mix(2)];
}

/** The same colours as a CSS image, lowest on the left. */
export function gradientOf(colormap: Colormap): string {
  return `linear-gradient(to right, ${STOPS[colormap].map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;
}

/**
 * RGBA bytes of a slice, width*height*4, opaque, row 0 = top of the screen (the slice's last row).
 * The window's lower edge takes the first colour, its upper edge the last; grey is
 * round((v - center) / width * 255 + 127.5), clipped to 0..255.
 */
export function colorize(image: SliceImage, window: WindowLevel, colormap: Colormap): Uint8ClampedArray {
  const { pixels, width, height } = image;
  // 255 levels between two stops: every grey exactly once, and the middle colour of five exactly in the middle.
  const top = 255 * (STOPS[colormap].length - 1);
  const table = new Uint8ClampedArray(4 * (top + 1)).fill(255);
  for (let level = 0; level <= top; level++) table.set(colorAt(colormap, level / top), 4 * level);
  const bytes = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = (height - 1 - row) * width;
    for (let i = 0; i < width; i++) {
      const level = Math.round(((pixels[from + i] - window.center) / window.width + 0.5) * top);
      // NaN fails the comparison and takes the first colour.
      const from4 = level > 0 ? 4 * Math.min(level, top) : 0;
      const at = (row * width + i) * 4;
      bytes[at] = table[from4];
      bytes[at + 1] = table[from4 + 1];
      bytes[at + 2] = table[from4 + 2];
      bytes[at + 3] = 255;
    }
  }
  return bytes;
}
