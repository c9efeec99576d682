import { useEffect, useId, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './lineChart.css';

/** Muted colours of theme.css; a curve has one by its index. */
const COLOURS = 5;

export interface Curve {
  name: string;
  /** 0..4. */
  colour: number;
  values: (number | null)[];
  /** Drawn faintly under the curve: what it is the smoothed form of. */
  raw?: (number | null)[];
  /** Drawn dashed in the same colour: what the curve is to be compared with. */
  baseline?: (number | null)[];
}

/**
 * Curves over one axis, linear. The legend is a list of names and last values; the picture says them too. Drawn by uPlot,
 * at most once a frame.
 */
export function LineChart({
  title,
  x,
  curves,
  height,
  digits,
  baselineName,
}: {
  title: string;
  x: number[];
  curves: readonly Curve[];
  height: number;
  /** Of the last values. */
  digits: number;
  /** What the dashed lines are. */
  baselineName?: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const titleId = useId();
  const shape = curves.map(({ name, raw, baseline }) => [name, !!raw, !!baseline].join()).join('|');
  const latest = useRef({ x, curves });
  latest.current = { x, curves };

  // Made anew when the set of curves changes; new values of the same curves are only given to it below.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new uPlot(
      optionsOf(latest.current.curves, element.clientWidth, height),
      dataOf(latest.current.x, latest.current.curves),
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, height]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => plot.current?.setData(dataOf(x, curves)));
    return () => cancelAnimationFrame(frame);
  }, [x, curves]);

  const said = curves.map(({ name, values }) => `${name} ${lastOf(values, digits)}`).join(', ');
  return (
    <figure className="line-chart" aria-labelledby={titleId}>
      <figcaption>
        <h3 id={titleId}>{title}</h3>
        <ul className="num">
          {curves.map(({ name, colour, values }) => (
            <li key={name} data-colour={colour % COLOURS}>
              {name} <span>{lastOf(values, digits)}</span>
            </li>
          ))}
          {baselineName && curves.length > 0 && <li data-colour="dashed">{baselineName}</li>}
        </ul>
      </figcaption>
      <div ref={box} role="img" aria-label={`${title}: ${said}`} />
    </figure>
  );
}

function lastOf(values: readonly (number | null)[], digits: number): string {
  return values.findLast((value) => value !== null)?.toFixed(digits) ?? '–';
}

function dataOf(x: number[], curves: readonly Curve[]): uPlot.AlignedData {
  return [
    x,
    ...curves.flatMap(({ values, raw, baseline }) => [
      ...(raw ? [raw] : []),
      ...(baseline ? [baseline] : []),
      values,
    ]),
  ];
}

function optionsOf(curves: readonly Curve[], width: number, height: number): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const series = curves.flatMap(({ name, colour, raw, baseline }): uPlot.Series[] => {
    const stroke = token(`--chart-${colour % COLOURS}`);
    const line = { stroke, spanGaps: true, points: { show: false } };
    return [
      // The scale is that of the smoothed curve: single peaks would flatten it.
      ...(raw ? [{ ...line, label: `${name}, raw`, auto: false, alpha: 0.28, width: 1 }] : []),
      ...(baseline ? [{ ...line, label: `${name}, baseline`, dash: [5, 4], width: 1 }] : []),
      { ...line, label: name, width: 1.75, points: { show: !raw, size: 5, fill: stroke } },
    ];
  });
  const axis: uPlot.Axis = {
    stroke: token('--text-dim'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--line'), width: 1, size: 4 },
  };
  return {
    width,
    height,
    series: [{}, ...series],
    scales: { x: { time: false }, y: { range: padded } },
    axes: [
      { ...axis, size: 26, gap: 3, space: 60 },
      { ...axis, size: 46, gap: 4, space: 32 },
    ],
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 18, 0, 0],
  };
}

/** A little room above and below; a flat curve gets a scale, too. */
function padded(_plot: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}
