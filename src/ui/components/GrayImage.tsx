import { useLayoutEffect, useRef } from 'react';
import type { ScreenImage } from '../../volume/modelImage';
import { PLANE_EDGES } from '../../volume/planes';
import './grayImage.css';

/** A small square picture. `letters`: which side of the head is where, as in the panes. Without a label it is decoration. */
export function GrayImage({
  image: { size, pixels },
  label,
  letters = false,
}: {
  image: ScreenImage;
  label?: string;
  letters?: boolean;
}) {
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
  const role = label === undefined ? {} : ({ role: 'img', 'aria-label': label } as const);
  return (
    <span className="gray-image">
      <canvas ref={canvas} width={size} height={size} {...role} />
      {letters &&
        Object.entries(PLANE_EDGES.axial).map(([edge, letter]) => (
          <span key={edge} className="gray-image-edge" data-edge={edge} aria-hidden="true">
            {letter}
          </span>
        ))}
    </span>
  );
}
