import { describe, expect, it } from 'vitest';
import { markdownTable, tableText } from './textTable';

describe('tableText', () => {
  it('aligns columns', () => {
    expect(
      tableText([
        ['name', 'value'],
        ['a', '1.5'],
      ]),
    ).toBe('name  value\na       1.5\n');
  });
});

describe('markdownTable', () => {
  it('is a table of Markdown in columns of equal width', () => {
    const text = markdownTable([
      ['name', 'value'],
      ['a', '1.5'],
    ]);
    expect(text).toBe('| name  |  value |\n| ---   |    --: |\n| a     |    1.5 |\n');
  });
});

it('puts the columns of a table that is too wide into several, and cuts nothing', () => {
  const rows = [
    ['of', 'one', 'another', 'third'],
    ['model', '1', '2', '3'],
  ];
  expect(markdownTable(rows, 40)).toBe(markdownTable(rows));
  expect(markdownTable(rows, 30)).toBe(
    `${markdownTable(rows.map((row) => row.slice(0, 3)))}\n${markdownTable(rows.map((row) => [row[0], row[3]]))}`,
  );
  // One column is the least.
  expect(markdownTable(rows, 1).match(/model/g)).toHaveLength(3);
});
