import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeModel, writeTinyModel } from '../../../test/phantomSet';
import { tinyConfig } from '../../../test/tinyModel';
import { hashWeights } from '../../engine/hash';
import { encodeWeights } from '../../engine/models/convertWeights';
import { ncsnppTable } from '../../engine/networks/ncsnpp/table';
import { lockFolder } from '../../platform/node/folderLock';
import { runJson, runMain } from '../runMain';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-sample-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  await writeTinyModel(folder);
  const config = { ...tinyConfig(32), num_channels: 1 };
  const state = hashWeights(1, ncsnppTable(config));
  await writeModel(folder, 'free', { method: 'syndiff', ...config }, encodeWeights({ state, config }, 'f32'));
});

const sample = (model: string, out: string, ...more: string[]) => [
  ...['sample', '--model', at(model), '--output', at(out), '--backend', 'wasm', ...more],
];

it('writes images that depend on seed and number alone', async () => {
  await runJson(...sample('free.json', 'all', '--count', '2', '--seed', '3'));
  await runJson(...sample('free.json', 'one', '--count', '1', '--seed', '3', '--first', '1'));
  expect(readdirSync(at('all')).sort()).toEqual(['3-000000.png', '3-000001.png']);
  const [first, second] = ['3-000000.png', '3-000001.png'].map((name) => readFileSync(join(at('all'), name)));
  expect(readFileSync(join(at('one'), '3-000001.png'))).toEqual(second);
  expect(second).not.toEqual(first);
});

it.each([
  ['tiny.json', [], 'tiny: must be an unconditional model, got one that needs a source'],
  ['free.json', ['--count', '0'], '--count: must be a whole number from 1'],
  ['free.json', ['--seed', '3'], 'must not be there yet'],
])('refuses %s %s', async (model, more, sentence) => {
  const { code, stderr } = await runMain(sample(model, 'all', ...more));
  expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
});

it('leaves a folder to the process that draws into it, and gives it back', async () => {
  const release = lockFolder(at('all'), () => undefined, '--output');
  const before = readdirSync(at('all'));
  const { code, stderr } = await runMain(sample('free.json', 'all', '--first', '5', '--count', '1'));
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(
      /all: must be used by one process at a time, got process \d+ since .*; choose another --output/,
    ),
  ]);
  expect(readdirSync(at('all'))).toEqual(before);
  release();
  await runJson(...sample('free.json', 'all', '--first', '5', '--count', '1'));
  expect(readdirSync(at('all'))).not.toContain('lock.json');
});

it('is the only use of such a model', async () => {
  const wanted = 'free: must be a model that translates, got an unconditional one';
  const scans = ['--data', folder, '--split', 'test'];
  const { stderr } = await runMain(['evaluate', '--models', at('free.json'), ...scans]);
  expect(stderr).toContain(wanted);
});
