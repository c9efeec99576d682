/** The archive is held against the system's own tar. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { MemoryFiles } from '../../../test/memoryFiles';
import { archiveRun } from './runArchive';

const folder = mkdtempSync(join(tmpdir(), 'archive-'));
afterAll(() => rmSync(folder, { recursive: true }));
const today = new Date('2026-01-01T00:00:00Z');

it('holds every file as it is in a folder of the run', async () => {
  const files = new MemoryFiles();
  const contents = {
    'checkpoint.json': '{"format":',
    'history.jsonl': '',
    'data.safetensors': 'x'.repeat(512),
    '000000020.g.a.safetensors': '\u0000\u0001'.repeat(999),
  };
  for (const [name, text] of Object.entries(contents))
    await files.write(name, new TextEncoder().encode(text));
  const archive = await archiveRun('run-1', files, today);
  expect(archive.type).toBe('application/x-tar');
  writeFileSync(join(folder, 'run.tar'), new Uint8Array(await archive.arrayBuffer()));
  execFileSync('tar', ['-xf', 'run.tar'], { cwd: folder });
  const unpacked = readdirSync(join(folder, 'run-1'));
  expect(unpacked.sort()).toEqual(Object.keys(contents).sort());
  for (const name of unpacked)
    expect(readFileSync(join(folder, 'run-1', name), 'utf8')).toBe(contents[name as keyof typeof contents]);
});

it('leaves no file out without a word', async () => {
  const files = new MemoryFiles();
  files.list = async () => ['gone'];
  await expect(archiveRun('run-1', files, today)).rejects.toThrow(
    'run-1/gone: must stay while the run is read, got no such file; try again',
  );
  await files.write('n'.repeat(101), new Uint8Array());
  files.list = async () => [...files.files.keys()];
  await expect(archiveRun('run-1', files, today)).rejects.toThrow(
    'name must be of at most 100 bytes in a tar',
  );
});
