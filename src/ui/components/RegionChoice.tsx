/** Of the image, in which scores are taken. */
export type ScoreRegion = 'whole' | 'foreground';

const REGIONS = [
  { region: 'foreground', label: 'Foreground' },
  { region: 'whole', label: 'Whole' },
] as const;

export function RegionChoice({
  value,
  onChange,
}: {
  value: ScoreRegion;
  onChange: (region: ScoreRegion) => void;
}) {
  return (
    <div className="segments tiny">
      {REGIONS.map(({ region, label }) => (
        <button key={region} type="button" aria-pressed={region === value} onClick={() => onChange(region)}>
          {label}
        </button>
      ))}
    </div>
  );
}
