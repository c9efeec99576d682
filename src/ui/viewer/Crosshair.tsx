import type { Point, Size } from './placement';

/** Half of the gap around the pixel that is looked at, CSS pixels. */
const GAP = 8;

/** Four lines towards a point, open in the middle so that the pixel itself stays visible. */
export function Crosshair({ at, pane }: { at: Point; pane: Size }) {
  const { x, y } = at;
  return (
    <svg className="slice-view-cross" width={pane.width} height={pane.height} aria-hidden="true">
      <path
        d={`M0 ${y}H${x - GAP}M${x + GAP} ${y}H${pane.width}M${x} 0V${y - GAP}M${x} ${y + GAP}V${pane.height}`}
      />
    </svg>
  );
}
