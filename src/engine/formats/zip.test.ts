import { describe, expect, it } from 'vitest';
import { zip } from '../../../test/checkpointFixtures';
import { CorruptFile, UnsupportedFile } from '../../errors';
import { crc32 } from '../../volume/crc32';
import { listZip, readZipEntry } from './zip';

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const files = { 'a/one': text('hello '.repeat(50)), 'a/two': text('') };

async function readAll(bytes: Uint8Array): Promise<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const [name, entry] of listZip(bytes)) {
    out[name] = new TextDecoder().decode(await readZipEntry(bytes, entry));
  }
  return out;
}

describe('zip', () => {
  it.each([{ deflate: false }, { deflate: true }])('reads entries, %o', async (options) => {
    const bytes = await zip(files, options);
    expect(await readAll(bytes)).toEqual({ 'a/one': 'hello '.repeat(50), 'a/two': '' });
  });

  it('finds the directory before a comment', async () => {
    const bytes = await zip(files);
    const commented = new Uint8Array(bytes.length + 300);
    commented.set(bytes);
    expect(Object.keys(await readAll(commented))).toEqual(['a/one', 'a/two']);
  });

  it('refuses entries that share their bytes', async () => {
    const bytes = await zip({ 'a/one': text('hello '), 'a/two': text('there ') });
    const view = new DataView(bytes.buffer);
    // The directory's second entry says where the first one lies.
    const second = bytes.length - 22 - 46 - 'a/two'.length;
    expect(view.getUint32(second, true)).toBe(0x02014b50);
    view.setUint32(second + 42, 0, true);
    expect(() => listZip(bytes)).toThrow(CorruptFile);
    expect(() => listZip(bytes)).toThrow('must have bytes of its own');
  });

  it('computes the checksum of the standard test text', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
  });

  it('refuses an archive that is cut short anywhere', async () => {
    const bytes = await zip(files);
    for (let length = 0; length < bytes.length; length += 13) {
      await expect(readAll(bytes.subarray(0, length))).rejects.toThrow(CorruptFile);
    }
  });

  it.each([{ deflate: false }, { deflate: true }])('refuses damaged content, %o', async (options) => {
    const bytes = await zip(files, options);
    bytes[45] ^= 0x10;
    await expect(readAll(bytes)).rejects.toThrow(CorruptFile);
    await expect(readAll(bytes)).rejects.toThrow(/"a\/one"/);
  });

  it('stops unpacking at the size that the directory tells', async () => {
    const bytes = await zip({ zeros: new Uint8Array(1000) }, { deflate: true });
    const entry = listZip(bytes).get('zeros');
    await expect(readZipEntry(bytes, { ...entry!, size: 100 })).rejects.toThrow(
      /"zeros" must unpack to 100 bytes, got more/,
    );
  });

  it('refuses a small archive that would unpack to much more, before anything is unpacked', async () => {
    const bytes = await zip({ a: new Uint8Array(50_000), b: new Uint8Array(50_000) }, { deflate: true });
    expect(bytes.length).toBeLessThan(1000);
    expect(() => listZip(bytes)).toThrow(UnsupportedFile);
    expect(() => listZip(bytes)).toThrow(
      /may unpack to 20 times its \d+ bytes, got 100000; the file is made to do harm or packed otherwise/,
    );
  });

  it('refuses encryption and other methods', async () => {
    const bytes = await zip(files);
    const directory = listZip(bytes).get('a/two')!.headerOffset + 30 + 4 + 5;
    const encrypted = bytes.slice();
    encrypted[directory + 8] |= 1;
    expect(() => listZip(encrypted)).toThrow(UnsupportedFile);
    const other = bytes.slice();
    other[directory + 10] = 14;
    await expect(readAll(other)).rejects.toThrow(/stored or deflated, got method 14 in "a\/one"/);
  });
});
