import { useLayoutEffect, useRef } from 'react';
import type { StepStripProps } from './types';
import './viewer.css';

/** Small pictures of the reverse chain, x_T first; a click or Enter enlarges one. */
export function StepStrip({ label, size, frames, labels, selected, onSelect }: StepStripProps) {
  return (
    <fieldset className="step-strip" aria-label={label}>
      {frames.map((frame, index) => (
        <button
          key={index}
          type="button"
          aria-pressed={index === selected}
          title={labels[index]}
          onClick={() => onSelect(index)}
        >
          <Frame pixels={frame} size={size} />
          <span>{labels[index]}</span>
        </button>
      ))}
    </fieldset>
  );
}

function Frame({ pixels, size }: { pixels: Uint8Array; size: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const data = new ImageData(size, size);
    for (let row = 0; row < size; row++) {
      // Row 0 of the frame is the bottom one.
      const from = (size - 1 - row) * size;
      for (let i = 0; i < size; i++) {
        const value = pixels[from + i];
        data.data.set([value, value, value, 255], (row * size + i) * 4);
      }
    }
    context.putImageData(data, 0, 0);
  }, [pixels, size]);
  return <canvas ref={canvas} width={size} height={size} />;
}
