/** Runs of former days: what cannot be opened is told with the reason, can be kept as files, and goes when the user says so. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { listZip, readZipEntry } from '../src/engine/formats/zip';
import { engineReady, expect, notices, openPage, test } from './helpers';
import { writeRun } from './storedRunFiles';

const RUN = 'run-2026-01-31T09-30-00-000Z';
const FILES = { 'checkpoint.json': '{"format":2,"settings":{"si', 'data.safetensors': 'slices' };

async function storedRuns(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const runs = await root.getDirectoryHandle('training', { create: true });
    const names: string[] = [];
    for await (const name of runs.keys()) names.push(name);
    return names;
  });
}

test('a run with a damaged index is listed with the reason, downloaded as it is, and deleted', async ({
  page,
}) => {
  await openPage(page);
  await writeRun(page, RUN, FILES);
  await page.reload();
  await engineReady(page);
  await page.getByRole('link', { name: 'Train' }).click();
  const row = page.getByTestId('train-run-unreadable');
  const button = (word: string) => row.getByRole('button', { name: new RegExp(`^${word} ?: ${RUN}$`) });
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(RUN);
  await expect(row).toContainText('33 B');
  await expect(row).toContainText('checkpoint.json: must be JSON, got text that is not');
  await expect(row.getByRole('button', { name: /Open|Resume/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Resume run of/ })).toHaveCount(0);
  expect(await storedRuns(page)).toEqual([RUN]);

  const download = page.waitForEvent('download');
  await button('Download').click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe(`${RUN}.zip`);
  const zip = new Uint8Array(await readFile(await saved.path()));
  const entries = listZip(zip);
  expect(entries.size).toBe(Object.keys(FILES).length);
  for (const [name, text] of Object.entries(FILES))
    expect(new TextDecoder().decode(await readZipEntry(zip, entries.get(`${RUN}/${name}`)!))).toBe(text);

  await button('Delete…').click();
  await expect(button('Keep')).toBeFocused();
  await button('Keep').click();
  expect(await storedRuns(page)).toEqual([RUN]);

  // Another tab writes to it.
  const other = await page.context().newPage();
  await other.goto(new URL('weights/index.json', page.url()).href);
  await other.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        const hold = () => {
          resolve();
          return new Promise(() => {});
        };
        void navigator.locks.request(name, hold);
      }),
    `syndiff-run-${RUN}`,
  );
  await button('Delete…').click();
  await button('Delete').click();
  await expect(notices(page).filter({ hasText: 'must be written to by one tab' })).toHaveCount(1);
  expect(await storedRuns(page)).toEqual([RUN]);
  await other.close();
  await button('Delete…').click();
  await button('Delete').click();
  await expect(row).toHaveCount(0);
  expect(await storedRuns(page)).toEqual([]);
});
