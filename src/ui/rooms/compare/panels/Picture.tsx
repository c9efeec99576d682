import { useLayoutEffect, useRef } from 'react';
import { colorize } from '../../../viewer/colormaps';
import type { SliceImage } from '../../../viewer/types';
import type { GridPane } from '../state/pictureGrid';

/** Width / height as CSS has it, pixels in their real proportions. */
export const shapeOf = ({ width, height, spacing }: SliceImage): string =>
  `${width * spacing[0]} / ${height * spacing[1]}`;

/** One image with the sides of the head, pixels in their real proportions. */
export function Picture({
  pane: { image, window, colormap, title, badge, edges },
  letters,
}: {
  pane: GridPane;
  letters: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = image;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const data = new ImageData(width, height);
    data.data.set(colorize(image, window, colormap));
    context.putImageData(data, 0, 0);
  }, [image, window, colormap, width, height]);
  return (
    <span className="gray-image compare-picture">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        style={{ aspectRatio: shapeOf(image) }}
        role="img"
        aria-label={badge ? `${title} (${badge})` : title}
      />
      {letters &&
        Object.entries(edges).map(([edge, letter]) => (
          <span key={edge} className="gray-image-edge" data-edge={edge} aria-hidden="true">
            {letter}
          </span>
        ))}
    </span>
  );
}
