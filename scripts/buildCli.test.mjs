import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { builtCli } from './buildCli.mjs';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-build-'));
afterAll(() => rmSync(folder, { recursive: true }));

let root;
let said;
let builds;
beforeEach(() => {
  root = mkdtempSync(join(folder, 'checkout-'));
  for (const name of ['src', 'bin', 'scripts', 'node_modules', 'public']) mkdirSync(join(root, name));
  for (const name of [
    'src/a.ts',
    'bin/syndiff.mjs',
    'scripts/buildCli.mjs',
    'package-lock.json',
    'package.json',
  ])
    writeFileSync(join(root, name), name);
  said = [];
  builds = 0;
});

const whole = (n) => `build ${n} `.repeat(1000);
async function bundle(_, into) {
  builds += 1;
  const text = whole(builds);
  await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(join(into, 'syndiff.mjs'), text);
}
const build = (given = {}) => builtCli(root, { bundle, say: (text) => said.push(text), ...given });
const built = () => join(root, 'dist/cli/syndiff.mjs');

/** A disk that takes nothing below the checkout. */
async function bundleElsewhere(from, into) {
  if (into.startsWith(root))
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  await bundle(from, into);
}

it('builds once, and again after a change, also of what changed while it was building', async () => {
  expect(await build()).toBe(built());
  expect(await build()).toBe(built());
  expect([builds, said]).toEqual([1, ['building the command line, once']]);
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(root, 'src/a.ts'), later, later);
  await build();
  await build();
  expect(builds).toBe(2);
  const change = async (...args) => {
    utimesSync(join(root, 'src/a.ts'), later, new Date(later.getTime() + 1000));
    await bundle(...args);
  };
  rmSync(built());
  await build({ bundle: change });
  await build();
  expect(builds).toBe(4);
});

it('builds at the same time in two processes without harm', async () => {
  await Promise.all([build(), build(), build()]);
  expect(whole(1) + whole(2) + whole(3)).toContain(readFileSync(built(), 'utf8'));
  expect(readdirSync(join(root, 'dist'))).toEqual(['cli']);
});

it('builds outside of a checkout that cannot be written, with its packages and models above', async () => {
  const file = await build({ bundle: bundleElsewhere, temporary: folder });
  expect(file.startsWith(root)).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe(whole(1));
  for (const name of ['package.json', 'node_modules', 'public'])
    expect(existsSync(join(file, '../../..', name)), name).toBe(true);
  expect(said.slice(1)).toEqual([
    `building the command line for this call alone: ${join(root, 'dist')} cannot be written`,
  ]);
});

it('runs what is built, saying so, where nothing at all can be written', async () => {
  const nowhere = { bundle: bundleElsewhere, temporary: join(folder, 'none') };
  await expect(build(nowhere)).rejects.toThrow(
    `dist or ${join(folder, 'none')} must be writable, got neither`,
  );
  await build();
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(root, 'src/a.ts'), later, later);
  expect(await build(nowhere)).toBe(built());
  expect(said.at(-1)).toMatch(/^older than its sources, and run so: neither /);
});

it('hands on what is wrong with the sources', async () => {
  const broken = () => Promise.reject(new Error('Unexpected token'));
  await expect(build({ bundle: broken })).rejects.toThrow('Unexpected token');
  expect(readdirSync(join(root, 'dist'))).toEqual(['cli']);
});
