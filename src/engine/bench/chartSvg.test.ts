import { describe, expect, it } from 'vitest';
import { chartSvg } from './chartSvg';
import type { Chart } from './suiteReport';

const BARS: Chart = {
  id: 'psnr',
  title: 'PSNR <of> all',
  kind: 'bars',
  xLabel: 'method',
  yLabel: 'PSNR (dB)',
  series: [
    {
      name: 'T1w → FLAIR',
      points: [
        { x: 'SynDiff', y: 20, std: 2 },
        { x: 'cGAN', y: 10, std: null },
      ],
    },
    { name: 'FLAIR → T1w', points: [{ x: 'SynDiff', y: 15, std: 1 }] },
  ],
};

const attributes = (svg: string, element: string, name: string) =>
  [...svg.matchAll(new RegExp(`<${element}[^>]* ${name}="([^"]*)"`, 'g'))].map(([, value]) => value);

describe('chartSvg', () => {
  it('has a bar a point from 0 on, as high as its value, and names as text', () => {
    const svg = chartSvg(BARS);
    const heights = attributes(svg, 'rect', 'height').map(Number);
    expect(heights).toHaveLength(3);
    expect(heights[1] / heights[0]).toBeCloseTo(0.5, 2);
    expect(heights[2] / heights[0]).toBeCloseTo(0.75, 2);
    expect(svg).toContain('PSNR &lt;of&gt; all');
    expect(svg.match(/class="error"/g)).toHaveLength(2);
    for (const name of ['SynDiff', 'cGAN', 'T1w → FLAIR', 'FLAIR → T1w']) expect(svg).toContain(`>${name}<`);
    // 0 to the end of an error bar, 22.
    expect(svg).toMatch(/>0<.*>5<.*>10<.*>15<.*>20<.*>25</s);
  });

  it('tells values above bars where nothing else is there', () => {
    const points = [
      { x: 'a', y: 3692.03, std: null },
      { x: 'b', y: 75.249, std: null },
    ];
    const one = chartSvg({ ...BARS, series: [{ name: 'a', points }] });
    expect(one).toContain('>3692</text>');
    expect(one).toContain('>75.2</text>');
    expect(chartSvg(BARS)).not.toContain('>20</text><');
    expect(chartSvg(BARS).match(/text-anchor="middle">\d/g)).toBeNull();
  });

  it('breaks names evenly, well apart from their neighbours', () => {
    const names = [
      'TensorFlow.js wasm',
      ...[1, 2].map((n) => `onnxruntime-web wasm, ${n} threads`),
      'a',
      'b',
    ];
    const points = names.map((x) => ({ x, y: 1, std: null }));
    const svg = chartSvg({ ...BARS, series: [{ name: 'a', points }] });
    expect(svg).toMatch(/>onnxruntime-<\/tspan>|>onnxruntime-web<\/tspan>/);
    expect(svg).not.toContain('rotate(-35)');
  });

  it('may be narrow, its letters as large, all within it', () => {
    const title = 'Standard deviation of PSNR over samples, mean over slices';
    const [wide, narrow] = [undefined, 520].map((width) => chartSvg({ ...BARS, title }, width));
    expect(attributes(narrow, 'svg', 'width')).toEqual(['520']);
    const [left, shifted] = [wide, narrow].map((svg) =>
      Number(attributes(svg, 'text class="title"', 'x')[0]),
    );
    expect(shifted).toBeLessThan(left);
    expect(shifted).toBeGreaterThan(0);
    for (const x of attributes(narrow, 'rect', 'x').map(Number)) expect(x).toBeLessThan(500);
    expect(narrow).toContain('font-size: 13px');
    const series = ['a', 'b', 'c'].map((name) => ({ ...BARS.series[0], name: `${name} `.repeat(10) }));
    expect(Number(attributes(chartSvg({ ...BARS, series }, 400), 'svg', 'height')[0])).toBeGreaterThan(
      Number(attributes(chartSvg(BARS, 400), 'svg', 'height')[0]),
    );
  });

  it('has a line and a band a curve', () => {
    const points = [0, 0.1, 0.2].map((x, n) => ({ x, y: 20 - n, std: 1 }));
    const svg = chartSvg({ ...BARS, kind: 'curves', series: [{ name: 'a', points }] });
    expect(attributes(svg, 'circle', 'cy').map(Number)).toEqual(
      [...attributes(svg, 'circle', 'cy').map(Number)].sort((a, b) => a - b),
    );
    expect(svg.match(/fill-opacity="\.1"/g)).toHaveLength(1);
    expect(svg).toMatch(/>0<.*>0\.1<.*>0\.2</s);
  });

  /** Texts of the axis on the left, from below. */
  const leftTicks = (svg: string) =>
    [...svg.matchAll(/<text class="soft" x="60"[^>]*>([^<]*)</g)].map(([, text]) => text);

  it('has powers of ten where values are many times others, and a bar of the least', () => {
    const points = [
      { x: 'cGAN', y: 0.01, std: null },
      { x: 'SynDiff', y: 0.1, std: null },
      { x: 'DDPM', y: 30, std: null },
      { x: 'none', y: 0, std: null },
    ];
    const svg = chartSvg({ ...BARS, isLog: true, series: [{ name: 'a', points }] });
    expect(leftTicks(svg)).toEqual(['0.001', '0.01', '0.1', '1', '10', '100']);
    const heights = attributes(svg, 'rect', 'height').map(Number);
    // One, two and 4.48 powers above the foot; 0 has none.
    expect(heights).toHaveLength(3);
    expect(heights[1] / heights[0]).toBeCloseTo(2, 1);
    expect(heights[2] / heights[0]).toBeCloseTo(4.477, 1);
  });

  it('ends error bars at 0 where nothing can be below', () => {
    const points = [{ x: 'a', y: 1, std: 3 }];
    const chart: Chart = { ...BARS, series: [{ name: 'a', points }] };
    expect(leftTicks(chartSvg(chart))[0]).toBe('-2');
    const svg = chartSvg({ ...chart, isPositive: true });
    expect(leftTicks(svg)[0]).toBe('0');
    const foot = Number(/class="axis"[^>]* d="M68 \d+V(\d+)H/.exec(svg)![1]);
    expect(svg).toMatch(new RegExp(`class="error" d="M[\\d.]+ ${foot}V`));
  });

  it('breaks long names, and lets them take no more height than their longest word wants', () => {
    const heightOf = (svg: string) => Number(/ height="(\d+(\.\d+)?)" role/.exec(svg)![1]);
    const chartOf = (...names: string[]) =>
      chartSvg({ ...BARS, series: [{ name: 'a', points: names.map((x) => ({ x, y: 1, std: null })) }] });
    const few = chartOf('R alone (SynDiff without diffusion)', 'b', 'c', 'd', 'e');
    expect(few).toContain('>R alone (SynDiff</tspan>');
    expect(few).not.toContain('rotate(-35)');
    const many = chartOf('histogram-matched source', 'R alone (SynDiff without diffusion)', ...'cdefghijkl');
    expect(many).toContain('rotate(-35)');
    expect(many).toMatch(/>histogram-<\/tspan>|>histogram-matched<\/tspan>/);
    // In one line 35 letters would take 146 more.
    expect(heightOf(many) - heightOf(chartOf(...'abcdefghijkl'))).toBeLessThan(110);
  });

  it.each<[string, Chart]>([
    ['nothing', { ...BARS, series: [] }],
    ['one value', { ...BARS, kind: 'curves', series: [{ name: 'a', points: [{ x: 0, y: 5, std: null }] }] }],
    ['zeros', { ...BARS, series: [{ name: 'a', points: [{ x: 'b', y: 0, std: 0 }] }] }],
    [
      'nothing above 0 by powers of ten',
      { ...BARS, isLog: true, series: [{ name: 'a', points: [{ x: 'b', y: 0, std: 0 }] }] },
    ],
    ['below 0', { ...BARS, series: [{ name: 'a', points: [{ x: 'b', y: -3, std: 1 }] }] }],
    [
      'many series',
      {
        ...BARS,
        series: Array.from({ length: 30 }, (_, n) => ({ name: `s${n}`, points: BARS.series[0].points })),
      },
    ],
  ])('is a picture of %s', (_, chart) => {
    const svg = chartSvg(chart);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(attributes(svg, 'rect', 'height').every((height) => Number(height) >= 0)).toBe(true);
  });
});
