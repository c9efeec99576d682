import { GrayImage } from '../components/GrayImage';
import type { StepStripProps } from './types';
import './viewer.css';

/** Small pictures of the reverse chain, x_T first; a click or Enter enlarges one. */
export function StepStrip({ label, frames, labels, selected, onSelect }: StepStripProps) {
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
          <GrayImage image={frame} />
          <span className="step-strip-label">{labels[index]}</span>
        </button>
      ))}
    </fieldset>
  );
}
