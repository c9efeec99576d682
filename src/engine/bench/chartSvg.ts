/** A chart of a report as a picture that stands by itself, readable on light and dark pages. */
import { plainLine } from '../../plainText';
import type { Chart, ChartPoint } from './suiteReport';

/** Told apart on white and on black, also by those who see no red and green. */
const COLOURS = ['#3a86d0', '#e08a1e', '#2a9d76', '#c45ba6', '#d2524a', '#7d6fd6', '#93902b', '#4f95a8'];
const DASHES = ['', '7 4', '2 4', '10 3 2 3'];

const WIDTH = 900;
/** Of the plot itself: this, and of a narrow chart so much of its width. */
const PLOT_HEIGHT = { most: 320, share: 0.4 };
const [LEFT, RIGHT, GAP] = [68, 20, 12];
const FONT = 13;
/** Of a letter, on the mean. */
const LETTER = 0.56 * FONT;
const TITLE_LETTER = 8.65;
const LINE = 20;
const TICKS = 6;

const STYLE = `
  svg { background: #fff; color: #1c2026; font-family: system-ui, sans-serif; font-size: ${FONT}px }
  text { fill: currentColor } .title { font-weight: 600; font-size: 15px } .grid { stroke: #8884 } .axis { stroke: #888 }
  .error { stroke: currentColor; stroke-width: 1.2 } .soft { fill-opacity: .75 }
  @media (prefers-color-scheme: dark) { svg { background: #15181d; color: #e6e8eb } }`;

/** @param width in its own pixels: letters are as large in all, so that a narrow one can still be read where there is little room */
export function chartSvg(chart: Chart, width = WIDTH): string {
  const plot = Math.min(PLOT_HEIGHT.most, PLOT_HEIGHT.share * width);
  const series = chart.series
    .map(({ name, points }) => ({ name, points: chart.isLog ? points.filter(({ y }) => y > 0) : points }))
    .filter(({ points }) => points.length > 0);
  const legend = legendOf(
    series.map(({ name }) => name),
    width,
  );
  // A long one begins before the axis.
  const titleLeft = Math.max(GAP, Math.min(LEFT, width - GAP - chart.title.length * TITLE_LETTER));
  const top = 34 + legend.height + GAP;
  const points = series.flatMap((one) => one.points);
  const names = chart.kind === 'bars' ? [...new Set(points.map(({ x }) => String(x)))] : [];
  const room = (width - LEFT - RIGHT) / Math.max(1, names.length);
  const labels = labelsOf(names, room);
  const height = top + plot + labels.height + LINE + GAP;
  const { ends, y, ticks } = axisOf(chart, points, [top + plot, top]);
  const parts = [
    `<text class="title" x="${at(titleLeft)}" y="24">${escaped(chart.title)}</text>`,
    legend.svg,
    ...ticks.map(
      ({ value, text }) =>
        `<path class="grid" d="M${LEFT} ${at(y(value))}H${width - RIGHT}"/><text class="soft" x="${LEFT - 8}" y="${at(y(value) + 4)}" text-anchor="end">${text}</text>`,
    ),
    `<text transform="translate(16 ${top + plot / 2}) rotate(-90)" text-anchor="middle">${escaped(chart.yLabel)}</text>`,
    `<text x="${LEFT + (width - LEFT - RIGHT) / 2}" y="${at(height - GAP)}" text-anchor="middle">${escaped(chart.xLabel)}</text>`,
    ...(chart.kind === 'bars'
      ? bars(series, names, { y, from: chart.isLog ? ends[0] : 0, room, labels, base: top + plot })
      : curves(series, { y, width, base: top + plot })),
    `<path class="axis" fill="none" d="M${LEFT} ${top}V${top + plot}H${width - RIGHT}"/>`,
    ...(points.length === 0
      ? [`<text x="${width / 2}" y="${top + plot / 2}" text-anchor="middle">nothing to show</text>`]
      : []),
  ];
  // The first slanted name may reach beyond the axis.
  const left = labels.isSlanted
    ? Math.max(0, widest(labels.lines[0]) * LETTER * Math.cos(SLANT) - LEFT - room / 2)
    : 0;
  const size = `viewBox="${at(-left)} 0 ${at(width + left)} ${at(height)}" width="${at(width + left)}" height="${at(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(chart.title)}</title><style>${STYLE}</style>\n${parts.join('\n')}\n</svg>\n`;
}

/** Names below bars, broken into lines: level where all fit, else slanted in as few letters as their neighbours leave room for. */
interface Labels {
  lines: readonly (readonly string[])[];
  isSlanted: boolean;
  height: number;
}

const LABEL_LINE = 15;
const MOST_LEVEL_LINES = 3;

/** Between neighbours: letters of some fonts are wider than the mean. */
const BETWEEN = 16;

function labelsOf(names: readonly string[], room: number): Labels {
  const broken = (most: number) => names.map((name) => linesOf(shown(name), most));
  const rows = (lines: readonly (readonly string[])[]) => Math.max(1, ...lines.map(({ length }) => length));
  const most = Math.floor((room - BETWEEN) / LETTER);
  const level = names.map((name) => evenLines(shown(name), most));
  if (rows(level) <= MOST_LEVEL_LINES && level.every((lines) => widest(lines) <= most))
    return { lines: level, isSlanted: false, height: LINE + (rows(level) - 1) * LABEL_LINE };
  const mostRows = Math.max(1, Math.floor((room * Math.sin(SLANT)) / LABEL_LINE));
  let letters = 8;
  while (rows(broken(letters)) > mostRows && letters < LONGEST) letters++;
  const lines = broken(letters);
  const longest = Math.max(0, ...lines.map(widest)) * LETTER;
  const height = 14 + longest * Math.sin(SLANT) + (rows(lines) - 1) * LABEL_LINE * Math.cos(SLANT);
  return { lines, isSlanted: true, height };
}

const widest = (lines: readonly string[]): number => Math.max(0, ...lines.map(({ length }) => length));

/** Broken at spaces and behind hyphens into lines of at most so many letters, but for longer words. */
function linesOf(name: string, most: number): string[] {
  const lines: string[] = [];
  for (const piece of name.match(/[^\s-]*-|\s*[^\s-]+|\s+/g) ?? [name]) {
    const last = lines.at(-1);
    if (last !== undefined && (last + piece).trimEnd().length <= most) lines[lines.length - 1] += piece;
    else lines.push(piece.trimStart());
  }
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}

/** In no more lines than `linesOf`, and those as even as may be. */
function evenLines(name: string, most: number): string[] {
  const { length } = linesOf(name, most);
  let least = most;
  while (least > 1 && linesOf(name, least - 1).length === length) least--;
  return linesOf(name, least);
}

type Series = Chart['series'];
type Scale = (value: number) => number;
type Ends = readonly [low: number, high: number];

const SLANT = (35 * Math.PI) / 180;

function bars(
  series: Series,
  names: readonly string[],
  {
    y,
    from: foot,
    room,
    labels,
    base,
  }: { y: Scale; from: number; room: number; labels: Labels; base: number },
): string[] {
  const width = Math.min(40, (room * 0.76) / Math.max(1, series.length));
  const middle = (name: number) => LEFT + (name + 0.5) * room;
  // Where nothing else is drawn above them.
  const areTold =
    series.length === 1 && series[0].points.every(({ y: value, std }) => std === null && value >= 0);
  const drawn = series.flatMap(({ points }, n) =>
    points.map((point) => {
      const x = middle(names.indexOf(String(point.x))) + (n - (series.length - 1) / 2) * width;
      const [from, to] = [y(foot), y(point.y)].sort((a, b) => a - b);
      const bar = `<rect x="${at(x - width * 0.45)}" y="${at(from)}" width="${at(width * 0.9)}" height="${at(to - from)}" fill="${colourOf(n)}"/>`;
      const value = areTold
        ? `<text x="${at(x)}" y="${at(from - 5)}" text-anchor="middle">${valueText(point.y)}</text>`
        : '';
      return bar + errorBar(x, point, y, width) + value;
    }),
  );
  const texts = labels.lines.map((lines, n) => {
    const spans = lines.map(
      (line, row) => `<tspan x="0" dy="${row === 0 ? 0 : LABEL_LINE}">${escaped(line)}</tspan>`,
    );
    const place = labels.isSlanted
      ? `transform="translate(${at(middle(n) + 5)} ${base + 14}) rotate(-35)" text-anchor="end"`
      : `transform="translate(${at(middle(n))} ${base + 18})" text-anchor="middle"`;
    return `<text ${place}>${lines.length === 1 ? escaped(lines[0]) : spans.join('')}</text>`;
  });
  return [...drawn, ...texts];
}

/** Three digits that count, all of a whole number. */
const valueText = (value: number): string =>
  String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));

function errorBar(x: number, { y: value, std }: ChartPoint, y: Scale, width: number): string {
  if (std === null) return '';
  const [low, high] = [at(y(value - std)), at(y(value + std))];
  const cap = Math.min(5, width / 4);
  return `<path class="error" d="M${at(x)} ${low}V${high}M${at(x - cap)} ${low}h${at(2 * cap)}M${at(x - cap)} ${high}h${at(2 * cap)}"/>`;
}

function curves(series: Series, { y, width, base }: { y: Scale; width: number; base: number }): string[] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => Number(x))))].sort(
    (a, b) => a - b,
  );
  if (xs.length === 0) return [];
  const ends: Ends = xs.length > 1 ? [xs[0], xs[xs.length - 1]] : [xs[0] - 1, xs[0] + 1];
  const x = scale(ends, [LEFT + 14, width - RIGHT - 14]);
  const place = (point: ChartPoint, value: number) => `${at(x(Number(point.x)))} ${at(y(value))}`;
  const bands = series.map(({ points }, n) => {
    const known = points.filter(({ std }) => std !== null);
    if (known.length < 2) return '';
    const upper = known.map((point) => place(point, point.y + point.std!));
    const lower = known.map((point) => place(point, point.y - point.std!)).reverse();
    return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${colourOf(n)}" fill-opacity=".1"/>`;
  });
  const lines = series.map(({ points }, n) => {
    const dots = points.map(
      (point) =>
        `<circle cx="${at(x(Number(point.x)))}" cy="${at(y(point.y))}" r="3" fill="${colourOf(n)}"/>`,
    );
    const line = points.map((point) => place(point, point.y)).join('L');
    return `<path d="M${line}" fill="none" stroke-width="2" ${strokeOf(n)}/>${dots.join('')}`;
  });
  const ticks = xs.length <= 12 ? xs : ticksOf(ends);
  const labels = ticks.map(
    (tick) =>
      `<text class="soft" x="${at(x(tick))}" y="${base + 18}" text-anchor="middle">${Number(tick.toPrecision(4))}</text>`,
  );
  return [...bands, ...lines, ...labels];
}

function legendOf(names: readonly string[], width: number): { svg: string; height: number } {
  let [x, row] = [LEFT, 0];
  const items = names.map((name, n) => {
    const room = 28 + shown(name).length * LETTER + 16;
    if (x > LEFT && x + room > width - RIGHT) [x, row] = [LEFT, row + 1];
    const y = 46 + row * LINE;
    const item = `<path d="M${at(x)} ${y}h18" stroke-width="${names.length > COLOURS.length ? 3 : 8}" ${strokeOf(n)}/><text x="${at(x + 24)}" y="${y + 4}">${escaped(shown(name))}</text>`;
    x += room;
    return item;
  });
  return { svg: items.join(''), height: names.length > 0 ? (row + 1) * LINE : 0 };
}

const colourOf = (n: number): string => COLOURS[n % COLOURS.length];

function strokeOf(n: number): string {
  const dash = DASHES[Math.floor(n / COLOURS.length) % DASHES.length];
  return `stroke="${colourOf(n)}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
}

interface Axis {
  ends: Ends;
  y: Scale;
  ticks: { value: number; text: string }[];
}

/** @param place of its ends on the picture */
function axisOf(chart: Chart, points: readonly ChartPoint[], place: readonly [number, number]): Axis {
  if (chart.isLog && points.length > 0) return logAxis(points, place);
  const ends = endsOf(points, chart);
  const linear = scale(ends, place);
  const y: Scale = chart.isPositive ? (value) => linear(Math.max(0, value)) : linear;
  return { ends, y, ticks: ticksOf(ends).map((value) => ({ value, text: tickText(value, ends) })) };
}

/** From a power of ten well below the least value, so that it has a bar, to one above all. */
function logAxis(points: readonly ChartPoint[], place: readonly [number, number]): Axis {
  const values = points.map(({ y }) => y);
  const first = Math.floor(Math.log10(Math.min(...values) / 1.5));
  const last = Math.ceil(Math.log10(Math.max(...points.map(({ y, std }) => y + (std ?? 0)))) - 1e-9);
  const linear = scale([first, last], place);
  const powers = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  return {
    ends: [10 ** first, 10 ** last],
    y: (value) => linear(Math.log10(Math.max(value, 10 ** first))),
    ticks: powers.map((power) => ({
      value: 10 ** power,
      text: String(Number((10 ** power).toPrecision(1))),
    })),
  };
}

/** Bars begin at 0; the ends of curves' axis are its ticks. */
function endsOf(
  points: readonly ChartPoint[],
  { kind, isPositive }: Pick<Chart, 'kind' | 'isPositive'>,
): Ends {
  const fromZero = kind === 'bars';
  const least0 = (value: number) => (isPositive ? Math.max(0, value) : value);
  const values = points.flatMap(({ y, std }) => [least0(y - (std ?? 0)), y + (std ?? 0)]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0) return [0, 1];
  const low = fromZero ? Math.min(0, ...points.map(({ y }) => y), least < 0 ? least : 0) : least;
  const high = fromZero ? Math.max(0, most) : most;
  if (low === high) return [low - 1, high + 1];
  const step = stepOf(low, high);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

function ticksOf([low, high]: Ends): number[] {
  const step = stepOf(low, high);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, n) => (first + n) * step);
}

/** 1, 2 or 5 times a power of ten. */
function stepOf(low: number, high: number): number {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((one) => one * power).find((step) => step >= rough * 0.999)!;
}

function tickText(tick: number, [low, high]: Ends): string {
  const digits = Math.max(0, -Math.floor(Math.log10(stepOf(low, high)) + 1e-9));
  return (Math.abs(tick) < 1e-12 ? 0 : tick).toFixed(Math.min(digits, 12));
}

function scale([low, high]: Ends, [from, to]: readonly [number, number]): Scale {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

const at = (value: number): string => String(Math.round(value * 10) / 10);

const LONGEST = 40;
const shown = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => plainLine(text).replace(/[&<>"]/g, (one) => ENTITIES[one]);
