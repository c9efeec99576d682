import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DiskRun } from './diskRun';

const folder = mkdtempSync(join(tmpdir(), 'run-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('appends after the bytes that are kept, and drops what lay beyond', async () => {
  const run = new DiskRun(folder, () => true);
  const text = (value: string) => new TextEncoder().encode(value);
  const stored = () => readFileSync(join(folder, 'history'), 'utf8');
  await run.append('history', 0, text('one, '));
  await run.append('history', 5, text('two, and half of th'));
  expect(stored()).toBe('one, two, and half of th');
  await run.append('history', 10, text('three'));
  expect(stored()).toBe('one, two, three');
  await run.append('history', 5, text(''));
  expect(stored()).toBe('one, ');
});
