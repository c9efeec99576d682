import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { presetSettings, withMethod } from '../training/settings';
import { METHODS, type MethodId, trainingOf } from '.';

const overview = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');

/** Of the overview's table. */
const rows = [...overview.matchAll(/^\| \[`([^`]+)`\]\(([^)]+)\) \|.*\| (\d+) \| ([^|]+) \|$/gm)];

it('has a row a method, which leads to its page and says the passes of a slice', () => {
  expect(rows.map(([, id]) => id).sort()).toEqual(Object.keys(METHODS).sort());
  for (const [, id, page, passes] of rows) {
    expect(existsSync(join(import.meta.dirname, page)), page).toBe(true);
    const settings = withMethod(presetSettings('paper', { a: 'T1w', b: 'T2w' }), id as MethodId);
    expect([id, trainingOf(settings).diffusion(settings).steps]).toEqual([id, Number(passes)]);
  }
});
