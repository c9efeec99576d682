import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listModels, modelFile, modelFileOrId } from './models';

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

describe('modelFile', () => {
  const run = join(folder, 'run');
  const [forth, back] = ['a-to-b', 'b-to-a'].map((name) => join(run, name));

  it('takes the card of a folder, and what is no folder as it is', async () => {
    mkdirSync(forth, { recursive: true });
    writeFileSync(join(forth, 'card.json'), '{}');
    expect(await modelFile(forth)).toBe(join(forth, 'card.json'));
    const files = [join(forth, 'card.json'), join(run, 'none.pth')];
    expect(await Promise.all(files.map(modelFile))).toEqual(files);
  });

  it('takes the id of a model that comes with the program where there is no such file', async () => {
    expect(await modelFileOrId('a-to-b', run)).toBe(join(forth, 'card.json'));
    expect(await modelFileOrId('b-to-c', run)).toBe('b-to-c');
    expect(await modelFileOrId(forth, run)).toBe(join(forth, 'card.json'));
  });

  it('names the models below a folder that is none itself', async () => {
    mkdirSync(back, { recursive: true });
    await expect(modelFile(back)).rejects.toThrow(
      `${back}: must hold a card.json with its weights, got none; choose another folder`,
    );
    writeFileSync(join(back, 'card.json'), '{}');
    await expect(modelFile(run)).rejects.toThrow(
      `${run}: must hold a card.json with its weights, got 2 models below it; choose ${forth} or ${back}`,
    );
  });
});
