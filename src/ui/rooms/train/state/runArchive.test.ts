import { expect, it } from 'vitest';
import { listZip, readZipEntry } from '../../../../engine/formats/zip';
import { archiveOf } from './runArchive';

it('holds every file as it is in a folder of the run', async () => {
  const contents = {
    'checkpoint.json': '{"format":',
    'history.jsonl': '',
    'data.safetensors': 'x'.repeat(512),
    '000000020.g.a.safetensors': '\u0000\u0001'.repeat(999),
  };
  const files = Object.entries(contents).map(([name, text]) => ({ name, blob: new Blob([text]) }));
  const archive = await archiveOf('run-1', files, new Date('2026-01-01T00:00:00Z'));
  expect(archive.type).toBe('application/zip');
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const entries = listZip(bytes);
  expect([...entries.keys()]).toEqual(Object.keys(contents).map((name) => `run-1/${name}`));
  for (const [name, text] of Object.entries(contents)) {
    // Held against its checksum, too.
    const unpacked = await readZipEntry(bytes, entries.get(`run-1/${name}`)!);
    expect(new TextDecoder().decode(unpacked)).toBe(text);
  }
});
