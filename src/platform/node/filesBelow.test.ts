import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesBelow } from './filesBelow';

const folder = mkdtempSync(join(tmpdir(), 'below-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('enters each folder once, whatever links lead to it, and ends where they lead in circles', async () => {
  const at = (...names: string[]) => join(folder, ...names);
  for (const path of ['set/sub-02/anat', 'elsewhere/deep']) mkdirSync(at(path), { recursive: true });
  for (const path of ['set/one', 'set/sub-02/anat/two', 'elsewhere/deep/three']) writeFileSync(at(path), '');
  for (const [to, link] of [
    ['.', 'set/a'],
    ['.', 'set/b'],
    ['..', 'set/up'],
    ['../..', 'set/sub-02/up'],
    ['sub-02', 'set/again'],
    ['../elsewhere', 'set/other'],
    ['../elsewhere', 'set/other2'],
    ['../../set', 'elsewhere/deep/back'],
    ['one', 'set/file'],
    ['gone', 'set/nothing'],
    ['circle', 'set/circle'],
  ])
    symlinkSync(to, at(link));
  const found = (await filesBelow(at('set'))).sort();
  expect(found).toEqual(['circle', 'file', 'nothing', 'one', 'other/deep/three', 'sub-02/anat/two']);
  await expect(filesBelow(at('none'))).rejects.toThrow(`${at('none')}: no such folder; correct the name`);
});
