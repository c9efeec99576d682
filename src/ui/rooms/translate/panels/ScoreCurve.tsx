import { largestOf, smallestOf } from '../../../../volume/extremes';
import type { ScorePair } from '../../../../workers/translate/protocol';
import type { ScoreRegion } from '../../../components/RegionChoice';
import { useApp } from '../../../state/StoreContext';

const WIDTH = 240;
const HEIGHT = 64;

/** PSNR over the slices: one dot a slice, the current one marked. The ribbon and the slider go there. */
export function ScoreCurve({
  scores,
  region,
  count,
}: {
  scores: ReadonlyMap<number, ScorePair>;
  region: ScoreRegion;
  count: number;
}) {
  const current = useApp((s) => s.view.slice);
  const points = [...scores]
    .map(([k, pair]) => ({ k, psnr: pair.synthetic[region]?.psnr ?? null }))
    .filter((p): p is { k: number; psnr: number } => p.psnr !== null)
    .sort((a, b) => a.k - b.k);
  if (points.length === 0) return null;
  const low = Math.floor(smallestOf(points.map((p) => p.psnr)));
  const high = Math.max(low + 1, Math.ceil(largestOf(points.map((p) => p.psnr))));
  const x = (k: number) => (WIDTH * (k + 0.5)) / count;
  const y = (psnr: number) => HEIGHT - 4 - ((HEIGHT - 8) * (psnr - low)) / (high - low);
  return (
    <figure className="curve">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`PSNR over slices, ${low} to ${high} dB`}
      >
        <line className="curve-now" x1={x(current)} x2={x(current)} y1={0} y2={HEIGHT} />
        <polyline className="curve-line" points={points.map((p) => `${x(p.k)},${y(p.psnr)}`).join(' ')} />
        {points.map((p) => (
          <circle
            key={p.k}
            className="curve-dot"
            data-current={p.k === current}
            cx={x(p.k)}
            cy={y(p.psnr)}
            r={p.k === current ? 3.5 : 2}
          >
            <title>{`slice ${p.k}: ${p.psnr.toFixed(2)} dB`}</title>
          </circle>
        ))}
      </svg>
      <figcaption className="num dim">
        <span>PSNR over slices</span>
        <span>
          {low} – {high} dB
        </span>
      </figcaption>
    </figure>
  );
}
