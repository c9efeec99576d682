import { ProgressBar } from 'react-aria-components';
import './meter.css';

/** A progress bar with its words. `value` 0..1, or null while the end is unknown. */
export function Meter({ label, value, detail }: { label: string; value: number | null; detail?: string }) {
  return (
    <ProgressBar
      className="meter"
      aria-label={label}
      isIndeterminate={value === null}
      value={value ?? undefined}
      minValue={0}
      maxValue={1}
      valueLabel={detail}
    >
      <div className="meter-words">
        <span>{label}</span>
        <span className="num">{detail}</span>
      </div>
      {/* An SVG, because its width is an attribute: no inline style is needed. */}
      <svg className="meter-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="meter-track" width="100" height="4" />
        <rect className="meter-fill" width={100 * (value ?? 0.25)} height="4" data-unknown={value === null} />
      </svg>
    </ProgressBar>
  );
}
