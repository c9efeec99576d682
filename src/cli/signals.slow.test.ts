/** The program as it is started: what ends it from outside. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePhantomSet, writeTinyModel } from '../../test/phantomSet';
import { PACKAGE_ROOT } from '../platform/node/packageRoot';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-signals-'));
beforeAll(async () => {
  writePhantomSet(join(folder, 'bids'), { 'sub-01': 'train', 'sub-02': 'train' });
  await writeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

// Both at once: most of it is the start of a process, on one core.
it.concurrent.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s writes a checkpoint first, as Ctrl-C does',
  async (signal) => {
    const out = join(folder, signal);
    const scans = ['--a', `${folder}/bids:T1w`, '--b', `${folder}/bids:FLAIR`];
    const how = ['--start', join(folder, 'tiny.json'), '--paired', '--no-adversarial', '--steps', '100000'];
    const child = spawn(
      process.execPath,
      [join(PACKAGE_ROOT, 'bin/syndiff.mjs'), 'train', ...scans, ...how, '--out', out, '--backend', 'cpu'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (text) => {
      const isFirst = !/iteration \d/.test(said);
      said += text;
      if (isFirst && /iteration \d/.test(said)) child.kill(signal);
    });
    const [code] = await once(child, 'exit');
    expect(said).toMatch(/training: stopped after iteration \d+ of 100000; go on with/);
    expect(code).toBe(130);
    expect(existsSync(join(out, 'run/checkpoint.json'))).toBe(true);
    const left = readdirSync(join(out, 'run'));
    expect(left.filter((name) => name.endsWith('.part') || name === 'lock.json')).toEqual([]);
  },
);

it.concurrent.each([
  ['weights', ['weights', 'inspect']],
  ['a scan', ['volume']],
  ['a list', ['train', '--out', join(folder, 'none'), '--b', 'x', '--a']],
])('one Ctrl-C ends the program while it reads %s', async (_, command) => {
  // A pipe into which nobody writes: reading it never ends.
  const pipe = join(folder, `${command[0]}.pipe`);
  execFileSync('mkfifo', [pipe]);
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin/syndiff.mjs'), ...command, pipe], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  // Opens when the other end is read.
  const writer = await open(pipe, 'w');
  child.kill('SIGINT');
  expect(await ended).toEqual([null, 'SIGINT']);
  await writer.close();
});
