import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CellFile } from './cellFile';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-cells-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = '{"syndiff":"cells of a bench","version":1}\n';

/** A file of this text as it is opened, and what is told. */
async function opened(text: string | null) {
  const path = join(folder, `${Math.random()}.jsonl`);
  if (text !== null) writeFileSync(path, text);
  const told: string[] = [];
  const file = await CellFile.open(path, (sentence) => told.push(sentence));
  return { file, told, text: () => readFileSync(path, 'utf8') };
}

it('begins with a line that says what it is, and keeps values but no failures', async () => {
  const { file, told, text } = await opened(null);
  await file.put('a', { value: { psnr: 20 } });
  await file.put('b', { failed: 'no memory is left' });
  expect(text()).toMatch(
    /^{"syndiff":"cells of a bench","version":1}\n{"key":"a","value":{"psnr":20},"sum":"\w+"}\n$/,
  );
  expect([file.get('a'), file.get('b'), told]).toEqual([{ value: { psnr: 20 } }, null, []]);
});

it.each([
  ['cut short', `${HEAD}{"key":"a","value":{}}\n{"key":"b","val`, 0],
  ['cut before its end', `${HEAD}{"key":"a","value":{}}\n{"key":"b","value":{}}`, 0],
  ['damaged among others', `${HEAD}{"key":"b","value\n[]\n{"key":"a","value":{}}\n`, 2],
])('leaves out a line that is %s, and goes on behind the others', async (_, text, damaged) => {
  const { file, told, text: now } = await opened(text);
  expect(file.get('a')).toEqual({ value: {} });
  expect(file.get('b')).toBeNull();
  expect(told).toEqual(damaged ? [expect.stringContaining('2 lines are damaged; left out')] : []);
  await file.put('b', { value: { n: 1 } });
  expect(now()).toMatch(/\n{"key":"b","value":{"n":1},"sum":"\w+"}\n$/);
  expect(now().startsWith(`${HEAD}{`)).toBe(true);
});

it('leaves out a line of which a letter is another, wherever it is', async () => {
  const { file, text } = await opened(null);
  await file.put('a', { value: { psnr: 20, ssim: 0.5, missing: null } });
  const line = text().slice(HEAD.length);
  for (let at = 0; at < line.length - 1; at++) {
    const letter = line[at] === '1' ? '2' : '1';
    const { file: read, told } = await opened(`${HEAD}${line.slice(0, at)}${letter}${line.slice(at + 1)}`);
    expect([read.get('a'), told.length], line.slice(0, at)).toEqual([null, 1]);
  }
  expect((await opened(text())).file.get('a')).toEqual({ value: { psnr: 20, ssim: 0.5, missing: null } });
});

it('begins anew where no more than a part of its head was written', async () => {
  for (const start of ['', HEAD.slice(0, 20), HEAD]) expect((await opened(start)).text()).toBe(HEAD);
});

it('refuses a later version', async () => {
  await expect(opened(HEAD.replace('1}', '2}'))).rejects.toThrow('must be of version 1, got 2');
});

it('says that its folder is gone, and what that means', async () => {
  const place = mkdtempSync(join(folder, 'gone-'));
  const file = await CellFile.open(join(place, 'cells.jsonl'), () => {});
  rmSync(place, { recursive: true });
  await expect(file.put('a', { value: {} })).rejects.toThrow(
    `${place}: must stay where it is while a bench runs, got no such folder; what was kept in it is gone with it`,
  );
});
