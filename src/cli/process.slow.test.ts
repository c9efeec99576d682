/** The program as it is started: its streams, from outside. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../platform/node/packageRoot';

const LAUNCHER = join(PACKAGE_ROOT, 'bin/syndiff.mjs');
const GOLDEN = 'block_resnet_biggan.safetensors';
const folder = mkdtempSync(join(tmpdir(), 'syndiff-process-'));
// The first start may build.
beforeAll(() => {
  copyFileSync(join(PACKAGE_ROOT, 'test/golden', GOLDEN), join(folder, GOLDEN));
  spawnSync(process.execPath, [LAUNCHER, '--version']);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (line: string) =>
  spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8', env: { ...process.env, DEBUG: '' } });
const SYNDIFF = `"${process.execPath}" "${LAUNCHER}"`;

it('says what it computes on and how far it is, and no driver or library says anything', () => {
  const { status, stderr } = shell(`${SYNDIFF} parity . --json`);
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^backend \w+[:,] [^\n]*\noperations: [^\n]*\n1\/1 block_resnet_biggan.safetensors\n$/,
  );
});

it.skipIf(!existsSync('/dev/full'))('fails where its result is not taken', () => {
  const { status, stderr } = shell(`${SYNDIFF} models --json > /dev/full`);
  expect(status).toBe(1);
  expect(stderr).toBe('stdout: must take the whole result, got no space left on the disk; write elsewhere\n');
});

it('ends without a word where nobody reads on', () => {
  const { stdout, stderr } = shell(`${SYNDIFF} models --json | true; echo "\${PIPESTATUS[0]}"`);
  expect({ stdout, stderr }).toEqual({ stdout: '141\n', stderr: '' });
});
