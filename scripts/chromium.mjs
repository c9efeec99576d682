/** Finds a Chromium for the browser tests, and installs one where there is none. */
import { existsSync, readFileSync } from 'node:fs';
import { run } from './install.mjs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of an executable, or null. CHROMIUM_PATH goes first; Playwright's own is taken where it has been downloaded. */
export async function findChromium() {
  const { chromium } = await import('@playwright/test');
  const candidates = [process.env.CHROMIUM_PATH, ...PLACES, chromium.executablePath()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

export async function ensureChromium() {
  const found = await findChromium();
  if (found) return found;
  console.log('Installing a Chromium for the browser tests (once)...');
  const debian =
    existsSync('/etc/debian_version') && !/ubuntu/i.test(readFileSync('/etc/os-release', 'utf8'));
  // Ubuntu's chromium package is a snap, which headless tests cannot use: there Playwright brings its own.
  if (debian) {
    const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
    const apt = (...args) => {
      const [command, ...rest] = [...sudo, 'apt-get', ...args];
      return run(command, rest);
    };
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium', 'libvulkan1');
  } else {
    run('npx', ['playwright', 'install', '--with-deps', '--no-shell', 'chromium']);
  }
  const installed = await findChromium();
  if (!installed)
    throw new Error('no Chromium was found or could be installed; install one and set CHROMIUM_PATH');
  return installed;
}
