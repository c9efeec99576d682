import { describe, expect, it } from 'vitest';
import type { Table } from './suiteReport';
import { reportMarkdown, tableCsv, tableMarkdown, tablesCsv, valueText } from './tableText';

const measured = (mean: number, std: number | null = 0.5) => ({ mean, std, n: 3 });

const TABLE: Table = {
  id: 't',
  title: 'T1w → FLAIR',
  rowsAre: 'method',
  columns: [
    { id: 'psnr', label: 'PSNR (dB)', digits: 2, better: 'higher' },
    { id: 'mae', label: 'MAE', digits: 1, better: 'lower' },
    { id: 'p', label: 'p', digits: 4, better: null },
  ],
  rows: [
    { name: 'a|b', values: { psnr: measured(20.006), mae: 1, p: null }, failed: null },
    { name: 'c, "d"', values: { psnr: measured(20.014, null), mae: 2, p: 'few' }, failed: null },
    { name: 'e', values: {}, failed: 'sub-01: no such file' },
  ],
  notes: ['Mean ± standard deviation.'],
};

describe('tableMarkdown', () => {
  it('has the best of each column bold, to the digits that are shown, and says why a row is empty', () => {
    const lines = tableMarkdown(TABLE).split('\n');
    expect(lines.slice(0, 2)).toEqual(['## T1w → FLAIR', '']);
    const cells = lines.slice(2, 7).map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    expect(cells.map((row) => row.slice(1, -1))).toEqual([
      ['method', 'PSNR (dB)', 'MAE', 'p'],
      ['---', '--:', '--:', '--:'],
      // 20.006 and 20.014 are both 20.01.
      ['a\\|b', '20.01 ± 0.50', '**1.0**', '–'],
      ['c, "d"', '20.01', '2.0', 'few'],
      ['e', '–', '–', '–'],
    ]);
    expect(lines.slice(7)).toEqual(['', '- e: sub-01: no such file', '- Mean ± standard deviation.', '']);
  });

  it('of a report names its charts only where they lie beside it', () => {
    const chart = { id: 'psnr', title: 'PSNR', kind: 'bars', xLabel: '', yLabel: '', series: [] } as const;
    const report = { suite: 's', title: 'Quality', tables: [TABLE], charts: [chart] };
    expect(reportMarkdown(report)).toMatch(/^# Quality\n\n## T1w/);
    expect(reportMarkdown(report, { head: ['Data a|b.', 'c.'] })).toMatch(
      /^# Quality\n\n- Data a\\\|b\.\n- c\.\n\n## T1w/,
    );
    expect(reportMarkdown(report)).not.toContain('![');
    expect(reportMarkdown(report, { pictureOf: (id) => `s-${id}.svg` })).toContain('\n![PSNR](s-psnr.svg)\n');
  });
});

it('has a p that is not 0 in words, and the number in CSV', () => {
  const p = { id: 'p', label: 'p', digits: 4, better: null, isP: true } as const;
  const rows = [3.2e-9, 0.03125].map((value) => ({ name: 'a', values: { p: value }, failed: null }));
  const table = { ...TABLE, columns: [p], rows };
  expect(tableMarkdown(table)).toMatch(/\| *<0\.0001 \|\n.*\| *0\.0313 \|\n/);
  expect(tableCsv(table)).toContain('a,3.2e-9,\r\na,0.03125,\r\n');
});

it('has no sign of a value that is shown as 0', () => {
  const texts = [-0.004, -0.005001, measured(-0.001, 0)].map((value) => valueText(value, { digits: 2 }));
  expect(texts).toEqual(['0.00', '-0.01', '0.00 ± 0.00']);
});

it('holds no picture, link or formula that a name brings', () => {
  const rows = ['![x](http://a.b/c)', '=1+1', ' @a', '-0.5', '-x'].map((name) => ({
    name,
    values: {},
    failed: null,
  }));
  const table = { ...TABLE, title: '[t](u)', columns: [], rows };
  expect(tableMarkdown({ ...table, columns: TABLE.columns })).toMatch(
    /^## \[t\\\]\(u\)\n.*\n\| !\[x\\\]\(http/s,
  );
  expect(tableCsv(table).split('\r\n').slice(1, -1)).toEqual([
    '![x](http://a.b/c),',
    "'=1+1,",
    "' @a,",
    '-0.5,',
    "'-x,",
  ]);
});

it('writes CSV with all digits, of means three columns', () => {
  expect(tableCsv(TABLE).split('\r\n')).toEqual([
    'method,PSNR (dB),"PSNR (dB), standard deviation","PSNR (dB), n",MAE,p,missing',
    'a|b,20.006,0.5,3,1,,',
    '"c, ""d""",20.014,,3,2,few,',
    'e,,,,,,sub-01: no such file',
    '',
  ]);
});

it('writes several tables each under its title, quoted where it has commas', () => {
  const second = { ...TABLE, title: 'Wilcoxon, p' };
  expect(tablesCsv([TABLE])).toBe(tableCsv(TABLE));
  expect(tablesCsv([{ ...TABLE, title: 'Scores' }, second])).toBe(
    `Scores\r\n${tableCsv(TABLE)}\r\n"Wilcoxon, p"\r\n${tableCsv(TABLE)}`,
  );
});
