import { describe, expect, it } from 'vitest';
import { tableText } from '../../engine/textTable';
import { fakeIo } from './fakeIo';
import { startProgress } from './progress';
import { counted, factsText, jsonText } from './report';

describe('jsonText', () => {
  it('keeps what JSON can hold and spells out what it cannot', () => {
    const text = jsonText({ a: [1, 0.1, Number.NaN], b: Number.POSITIVE_INFINITY, c: null, d: 'x' });
    expect(JSON.parse(text)).toEqual({ a: [1, 0.1, null], b: 'Infinity', c: null, d: 'x' });
    expect(text).toContain('"a": [1, 0.1, null],');
    expect(Number(JSON.parse(text).b)).toBe(Number.POSITIVE_INFINITY);
  });

  it('leaves strings as they are', () => {
    const value = { 'a [1,\n  2]': ['[\n 1 ]', 'b  c', []], nested: [[1, 2], [{ d: [3] }]] };
    expect(JSON.parse(jsonText(value))).toEqual(value);
  });
});

it('takes any number of rows, facts and values', () => {
  const many = Array.from({ length: 200_000 }, (_, n) => n);
  const rows = many.map((n) => [`${n}`, 'x'] as [string, string]);
  expect(tableText(rows).length).toBe(200_000 * 10);
  expect(factsText(rows).length).toBe(200_000 * 10);
  expect(jsonText(many).startsWith('[0, 1, 2,')).toBe(true);
});

it('counts in words', () => {
  expect([counted(1, 'slice'), counted(2, 'slice'), counted(2, 'copy', 'copies')]).toEqual([
    '1 slice',
    '2 slices',
    '2 copies',
  ]);
});

describe('startProgress', () => {
  it('rewrites one line on a terminal', () => {
    const io = fakeIo({ terminal: true });
    const progress = startProgress(io);
    progress.show('one');
    progress.show('two');
    progress.end();
    progress.end();
    expect(io.stderr).toBe('\r\x1b[Kone\r\x1b[Ktwo\n');
    expect(io.stdout).toBe('');
  });

  it('stays on one line of a narrow terminal', () => {
    const io = fakeIo({ terminal: true, columns: () => 10 });
    startProgress(io).show('iteration 3');
    expect(io.stderr).toBe('\r\x1b[Kiteratio…');
  });

  it('is sparse elsewhere', () => {
    const io = fakeIo();
    let clock = 0;
    const progress = startProgress(io, () => clock);
    for (; clock <= 25_000; clock += 1000) progress.show(`${clock}`);
    progress.end();
    expect(io.stderr).toBe('0\n10000\n20000\n');
  });
});

it('writes names of files and tensors as text, however they were meant', () => {
  const name = `\x1b[2J${'n'.repeat(200)}\nb`;
  const table = tableText([['tensor'], [name]]);
  expect(table.split('\n')).toHaveLength(3);
  expect(table).toMatch(/\n\ufffd\[2Jn+…n+ b\n$/);
  expect(factsText([['card', name]])).toMatch(/^card {2}\ufffd\[2Jn/);
  const json = jsonText({ name: 'a\u202e\x9b\x7f' });
  expect(json).toContain('"a\\u202e\\u009b\\u007f"');
  expect(JSON.parse(json)).toEqual({ name: 'a\u202e\x9b\x7f' });
});
