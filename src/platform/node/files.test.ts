import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { isUnwritten } from './fileErrors';
import { makeFolder, readText, removeUnfinished, writeBehind, writeBytes } from './files';

vi.mock('node:fs/promises', { spy: true });
const folder = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const failing = (code: string) => Object.assign(new Error(`${code}: raw`), { code });
const thrownBy = (writing: Promise<void>) =>
  writing.then(
    () => null,
    (error) => error as Error,
  );

/** The next file that is opened cannot be written to. */
async function full(code: string): Promise<void> {
  const { open } = await vi.importActual<typeof promises>('node:fs/promises');
  vi.mocked(promises.open).mockImplementationOnce(async (...how) => {
    const file = await open(...how);
    file.writeFile = file.write = async () => Promise.reject(failing(code));
    return file;
  });
}

it.each([
  ['ENOSPC', 'no space left on the disk', 'Error'],
  ['EDQUOT', 'the quota of the disk is used up', 'Error'],
  ['EROFS', 'the disk is read-only', 'BadRequest'],
  ['EACCES', 'not allowed to read or write here', 'BadRequest'],
])(
  'says that there is no room (%s), keeps what was there, and leaves nothing aside',
  async (code, why, name) => {
    const path = join(folder, 'made.nii');
    writeFileSync(path, 'before');
    await full(code);
    const error = await thrownBy(writeBytes(path, 'after'));
    expect(error).toMatchObject({ name, message: `${path}: ${why}` });
    expect(isUnwritten(error)).toBe(true);
    expect(readdirSync(folder)).toEqual(['made.nii']);
    expect(readFileSync(path, 'utf8')).toBe('before');
    await full(code);
    expect(await thrownBy(writeBehind(path, 6, new Uint8Array(3)))).toMatchObject({
      message: `${path}: ${why}`,
    });
    await writeBytes(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
    rmSync(path);
  },
);

it('makes a folder step by step, and says in which step it cannot be', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await makeFolder(join(folder, 'a/b/c'));
  await makeFolder(join(folder, 'a/b/c'));
  expect(statSync(join(folder, 'a/b/c')).isDirectory()).toBe(true);
  for (const path of [file, join(file, 'a/b')])
    await expect(makeFolder(path)).rejects.toThrow(
      `${file}: must be a folder, got a file; choose another name`,
    );
  symlinkSync('circle', join(folder, 'circle'));
  await expect(makeFolder(join(folder, 'circle/a'))).rejects.toThrow(': its links lead in a circle');
  rmSync(join(folder, 'a'), { recursive: true });
  rmSync(join(folder, 'circle'));
  rmSync(file);
});

it.runIf(existsSync('/proc/self'))('ends where the system lets no folder be made', async () => {
  await expect(makeFolder('/proc/syndiff/run')).rejects.toThrow('/proc/syndiff: no folder can be made here');
});

it('writes all of what a nearly full disk takes in parts', async () => {
  const path = join(folder, 'history.jsonl');
  const { open } = await vi.importActual<typeof promises>('node:fs/promises');
  vi.mocked(promises.open).mockImplementationOnce(async (...how) => {
    const file = await open(...how);
    const write = file.write.bind(file) as (
      b: Uint8Array,
      o: number,
      l: number,
      p: number,
    ) => Promise<unknown>;
    file.write = ((bytes: Uint8Array, offset: number, length: number, at: number) =>
      write(bytes, offset, Math.min(length, 2), at)) as typeof file.write;
    return file;
  });
  await writeBehind(path, 0, new TextEncoder().encode('seven!!'));
  expect(readFileSync(path, 'utf8')).toBe('seven!!');
  rmSync(path);
});

it("removes what a killed process left, and of a folder that is also the user's only the own", async () => {
  const theirs = ['card.json', 'film.mkv.part', 'log.jsonl.old.part', 'my.0a1b2c3d.part'];
  for (const name of ['log.jsonl.0a1b2c3d.part', ...theirs]) writeFileSync(join(folder, name), '');
  await removeUnfinished(folder, (name) => name === 'log.jsonl');
  expect(readdirSync(folder).sort()).toEqual(theirs);
  for (const name of theirs.slice(1)) rmSync(join(folder, name));
  await removeUnfinished(join(folder, 'none'), () => true);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

it('reads no text as long as no list is, before it is in memory', async () => {
  const path = join(folder, 'long.txt');
  writeFileSync(path, 'a.nii\n');
  expect(await readText(path)).toBe('a.nii\n');
  truncateSync(path, 50_000_001);
  await expect(readText(path, 'a list')).rejects.toThrow(
    `${path}: must be a list, got 50000001 bytes, more than 50000000; choose another file`,
  );
});
