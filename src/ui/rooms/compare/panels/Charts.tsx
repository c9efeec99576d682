import { useMemo } from 'react';
import { chartSvg } from '../../../../workers/translate/bench';
import type { Chart } from '../../../../workers/translate/protocol';

/** Charts of a report that have something in them; the tables beside them say the same in numbers. */
export function Charts({ charts }: { charts: readonly Chart[] }) {
  const pictures = useMemo(
    () =>
      charts
        .filter(({ series }) => series.some(({ points }) => points.length > 1))
        .map((chart) => ({
          ...{ id: chart.id, title: chart.title },
          url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(chartSvg(chart))}`,
        })),
    [charts],
  );
  if (pictures.length === 0) return null;
  return (
    <div className="compare-charts">
      {pictures.map(({ id, title, url }) => (
        <img key={id} src={url} alt={`Chart: ${title}`} />
      ))}
    </div>
  );
}
