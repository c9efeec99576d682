import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { listModels } from './models';

const folder = mkdtempSync(join(tmpdir(), 'models-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['{', 'index.json: must be JSON, got text that is not'],
  ['{"models":"a"}', 'index.json: models must be a list, got "a"'],
  ['{"models":["../up"]}', 'index.json: models[0] must be lower case letters'],
])('says what is wrong with an index of %s', async (text, sentence) => {
  writeFileSync(join(folder, 'index.json'), text);
  await expect(listModels(folder)).rejects.toMatchObject({
    name: 'CorruptFile',
    message: expect.stringContaining(sentence),
  });
});
