/** A translated slice as bytes: length of a header, the header (JSON), pixels, spread, and the frames of its strip. */
import { takeSlice } from '../../../volume/planes';
import type { MadeSlice, MadeVolume } from '../types';

interface Header extends Omit<MadeSlice, 'strip'> {
  labels: string[];
  /** Sides of the frames, pixels. */
  sizes: number[];
  pixels: number;
  hasSpread: boolean;
}

export interface UnpackedSlice {
  slice: MadeSlice;
  image: Float32Array;
  spread: Float32Array | null;
}

const LENGTH = 4;

export function packSlice({ view, voxels, spread }: MadeVolume, slice: MadeSlice): Uint8Array {
  const { index, ms, backend, strip } = slice;
  const image = takeSlice(voxels, view, index);
  const header: Header = {
    index,
    ms,
    backend,
    labels: strip.labels,
    sizes: strip.frames.map(({ size }) => size),
    pixels: image.length,
    hasSpread: spread !== null,
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const parts = [
    new Uint8Array(Uint32Array.of(json.length).buffer),
    json,
    ...[image, ...(spread ? [takeSlice(spread, view, index)] : [])].map(bytesOf),
    ...strip.frames.map(({ pixels }) => pixels),
  ];
  const packed = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

/** Of bytes that `packSlice` made. */
export function unpackSlice(packed: Uint8Array): UnpackedSlice {
  let at = 0;
  // Copies, so that numbers of four bytes begin where they must.
  const take = (length: number) => {
    at += length;
    return packed.slice(at - length, at);
  };
  const numbers = (count: number) => new Float32Array(take(4 * count).buffer);
  const [length] = new Uint32Array(take(LENGTH).buffer);
  const { labels, sizes, pixels, hasSpread, ...rest }: Header = JSON.parse(
    new TextDecoder().decode(take(length)),
  );
  const image = numbers(pixels);
  const spread = hasSpread ? numbers(pixels) : null;
  const frames = sizes.map((size) => ({
    order: 'rows A-P, columns L-R' as const,
    size,
    pixels: take(size * size),
  }));
  return { slice: { ...rest, strip: { frames, labels } }, image, spread };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
