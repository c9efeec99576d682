import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openScan } from './formats';
import { readBlob } from './namedBlob';

it('says in one sentence that a file has gone since it was chosen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'syndiff-blob-'));
  const path = join(folder, 'a.nii');
  writeFileSync(path, 'abc');
  const part = { name: 'a.nii', blob: await openAsBlob(path) };
  expect((await readBlob(part)).bytes.byteLength).toBe(3);
  rmSync(folder, { recursive: true });
  const refusal = {
    name: 'BadRequest',
    message: expect.stringMatching(/^a\.nii: must be readable, got "[^"]+"; choose the file again$/),
  };
  await expect(readBlob(part)).rejects.toMatchObject(refusal);
  await expect(openScan([part])).rejects.toMatchObject(refusal);
});
