import { useMemo } from 'react';
import { chartSvg } from '../../../../workers/translate/bench';
import type { Chart } from '../../../../workers/translate/protocol';

/** In pixels of their own, not far from those they are shown in, so that their letters can be read. */
const [WIDE, NARROW] = [640, 520];

const urlOf = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** Charts of a report that have something in them; the tables beside them say the same in numbers. */
export function Charts({ charts }: { charts: readonly Chart[] }) {
  const pictures = useMemo(
    () =>
      charts
        .filter(({ series }) => series.some(({ points }) => points.length > 1))
        .map((chart) => ({
          ...{ id: chart.id, title: chart.title },
          wide: urlOf(chartSvg(chart, WIDE)),
          narrow: urlOf(chartSvg(chart, NARROW)),
        })),
    [charts],
  );
  if (pictures.length === 0) return null;
  return (
    <div className="compare-charts">
      {pictures.map(({ id, title, wide, narrow }) => (
        <picture key={id}>
          <source media="(max-width: 900px)" srcSet={narrow} />
          <img src={wide} alt={`Chart: ${title}`} />
        </picture>
      ))}
    </div>
  );
}
