import './meter.css';

/** A progress bar with its words. `value` 0..1, or null while the end is unknown. */
export function Meter({ label, value, detail }: { label: string; value: number | null; detail?: string }) {
  return (
    <div className="meter">
      <div className="meter-words">
        <span>{label}</span>
        <span className="num">{detail}</span>
      </div>
      <progress aria-label={label} value={value ?? undefined} max={1} />
    </div>
  );
}
