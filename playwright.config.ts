import { defineConfig } from '@playwright/test';
import { freePort } from './scripts/port.mjs';

// Found once: the processes that run the tests read this file again, with the first one's environment.
process.env.SYNDIFF_TEST_PORT ??= String(await freePort(4173));
const PORT = Number(process.env.SYNDIFF_TEST_PORT);

const LONG = /(train|webgpu)\.spec\.ts/;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/browser',
  fullyParallel: true,
  // A page computes on one thread, and much of a test is waiting: two cores are busy with two browsers.
  workers: 2,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--enable-unsafe-webgpu',
        // A software GPU: right, slow, and the same on every machine.
        '--use-webgpu-adapter=swiftshader',
      ],
    },
  },
  // Begun last, one of the tests of a minute would keep one core busy and leave the other idle.
  projects: [
    { name: 'long', testMatch: LONG },
    { name: 'rest', testIgnore: LONG },
  ],
  webServer: {
    command: `node scripts/start.mjs --no-build --port ${PORT}`,
    port: PORT,
    reuseExistingServer: false,
  },
});
