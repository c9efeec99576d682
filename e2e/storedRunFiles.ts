/** Runs as they lie in the browser's storage. */
import type { Page } from '@playwright/test';

export async function writeRun(page: Page, runId: string, files: Record<string, string>): Promise<void> {
  await page.evaluate(
    async ([name, contents]) => {
      const root = await navigator.storage.getDirectory();
      const runs = await root.getDirectoryHandle('training', { create: true });
      const folder = await runs.getDirectoryHandle(name, { create: true });
      for (const [file, text] of Object.entries(contents)) {
        const writable = await (await folder.getFileHandle(file, { create: true })).createWritable();
        await writable.write(text);
        await writable.close();
      }
    },
    [runId, files] as const,
  );
}
