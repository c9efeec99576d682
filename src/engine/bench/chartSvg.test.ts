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

  it.each<[string, Chart]>([
    ['nothing', { ...BARS, series: [] }],
    ['one value', { ...BARS, kind: 'curves', series: [{ name: 'a', points: [{ x: 0, y: 5, std: null }] }] }],
    ['zeros', { ...BARS, series: [{ name: 'a', points: [{ x: 'b', y: 0, std: 0 }] }] }],
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
