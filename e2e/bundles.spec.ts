/** What a first visit has to load before anything can compute. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const ASSETS = 'dist/app/assets';

// They take 301 and 313 kB; all of TensorFlow.js would be 468 and 478.
for (const worker of ['translate.worker', 'train.worker']) {
  test(`${worker} is at most 330 kB compressed`, () => {
    const files = readdirSync(ASSETS).filter((name) => name.startsWith(`${worker}-`) && name.endsWith('.js'));
    expect(files).toHaveLength(1);
    expect(gzipSync(readFileSync(`${ASSETS}/${files[0]}`)).length).toBeLessThanOrEqual(330_000);
  });
}
