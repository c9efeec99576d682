import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inWords, unreadable, unwritable, whyOf } from './fileErrors';

const failing = (code: string) =>
  Object.assign(new Error(`${code}: raw words, open '/x'`), { code, syscall: 'open', path: '/x' });
const CODES =
  'EACCES EROFS ENOSPC EDQUOT EMFILE ENFILE ENAMETOOLONG ELOOP EBUSY EIO EPERM EISDIR ENOTDIR EEXIST ENOENT EFBIG ESTALE'.split(
    ' ',
  );

it.each(CODES)('%s is a sentence without a code, read or written', (code) => {
  for (const error of [unreadable('/x', failing(code)), unwritable('/x', failing(code))]) {
    expect(error.message).toMatch(/^\/x: [a-z][a-z ,;-]+( \(ulimit -[a-z]\))?$/);
    expect(error.message).not.toContain('raw');
  }
});

it('says what to do where nothing is there, and tells a link to nothing from it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errors-'));
  const [none, link] = [join(folder, 'none'), join(folder, 'link')];
  symlinkSync('none', link);
  expect(unreadable(none, failing('ENOENT')).message).toBe(`${none}: no such file; correct the name`);
  expect(unreadable(link, failing('ENOENT')).message).toBe(
    `${link}: is a link to nothing; get the file that it leads to, or name another`,
  );
  rmSync(folder, { recursive: true });
});

it('tells of other codes what the system says, and of them alone', () => {
  expect(whyOf(failing('EILSEQ'))).toBe('raw words');
  const told = (() => {
    try {
      readFileSync('/');
    } catch (error) {
      return inWords(error);
    }
  })();
  expect(told).toMatchObject({
    name: 'BadRequest',
    message: expect.stringMatching(/: is a folder, not a file; choose a file$/),
  });
  const other = new Error('EVERYTHING: is fine');
  expect(inWords(other)).toBe(other);
});
