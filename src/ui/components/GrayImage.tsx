import { useLayoutEffect, useRef } from 'react';

/** A small square picture of one byte a pixel, row-major, the top row first. */
export function GrayImage({ pixels, size, label }: { pixels: Uint8Array; size: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = new ImageData(size, size);
    const rgba = new Uint32Array(image.data.buffer);
    // Opaque grey; the channel order does not matter, as three of the four are alike and alpha is the last byte.
    for (let n = 0; n < rgba.length; n++) rgba[n] = 0xff000000 | (pixels[n] * 0x010101);
    context.putImageData(image, 0, 0);
  }, [pixels, size]);
  return (
    <canvas className="gray-image" ref={canvas} width={size} height={size} role="img" aria-label={label} />
  );
}
