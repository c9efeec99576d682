import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gzipped, makeNifti } from '../../../test/makeNifti';
import { openBlob, openGiven, readGiven } from './files';
import { readChosen, readScan, scanPaths } from './scans';

const folder = mkdtempSync(join(tmpdir(), 'syndiff-scans-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

it('finds the half of a pair that belongs to the one that is named', async () => {
  const { file, image } = makeNifti({ dims: [2, 2, 2], values: [1, 2, 3, 4, 5, 6, 7, 8], pair: true });
  writeFileSync(at('a.hdr'), new Uint8Array(file));
  writeFileSync(at('a.img'), new Uint8Array(image));
  writeFileSync(at('a.img.gz'), new Uint8Array(gzipped(image)));
  writeFileSync(at('b.img'), '');
  expect(await scanPaths(at('a.hdr'))).toEqual([at('a.hdr'), at('a.img')]);
  expect(await scanPaths(at('a.img'))).toEqual([at('a.img'), at('a.hdr')]);
  expect(await scanPaths(at('a.img.gz'))).toEqual([at('a.img.gz'), at('a.hdr')]);
  expect(await scanPaths(at('none.nii'))).toEqual([at('none.nii')]);
  const scan = await readScan(at('a.img.gz'));
  expect([scan.name, scan.image.voxels.length]).toEqual(['a.hdr', 8]);
});

it('says why a file cannot be read, and reads a pipe, which has no size', async () => {
  mkdirSync(at('folder'));
  await expect(readScan(at('none.nii'))).rejects.toThrow(`${at('none.nii')}: no such file`);
  await expect(readScan(at('folder'))).rejects.toThrow(`${at('folder')}: is a folder, not a file`);
  execFileSync('mkfifo', [at('pipe')]);
  execFile('sh', ['-c', 'printf abc > "$0"', at('pipe')]);
  expect(await (await openGiven(at('pipe'))).text()).toBe('abc');
});

it.each([
  ['a pipe', () => at('pipe')],
  ['a device', () => '/dev/zero'],
])('reads %s where a scan of many is meant as no file', async (what, path) => {
  if (what === 'a pipe' && !existsSync(path())) execFileSync('mkfifo', [path()]);
  const sentence = `${path()}: must be a regular file, got ${what}; move it away, or name another file`;
  await expect(openBlob(path())).rejects.toThrow(sentence);
  await expect(readChosen({ path: path() })).rejects.toThrow(sentence);
  if (what === 'a device') await expect(openGiven(path())).rejects.toThrow(sentence);
});

it('reads no more of a pipe than it may hold', async () => {
  execFileSync('mkfifo', [at('long')]);
  execFile('sh', ['-c', 'head -c 300000 /dev/zero > "$0"', at('long')]);
  await expect(readGiven(at('long'), 200_000)).rejects.toThrow(
    `${at('long')}: must be up to 200000 bytes from a pipe, got more; write them`,
  );
});
