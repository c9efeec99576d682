/**
 * npm test: installs if needed (a Chromium too), then types, lint, unit tests, fuzzed readers, build and browser tests.
 * The last line says how many checks passed and failed over all runners.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, ROOT, run } from './install.mjs';

const REPORTS = join(ROOT, 'test-results');
const total = { passed: 0, failed: 0, skipped: 0 };

function add({ passed, failed, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** A runner without a count of its own is one check. */
function check(title, command, args) {
  console.log(`\n== ${title}`);
  const ok = run(command, args) === 0;
  add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
}

/** A runner that writes a JSON report; without a report, or with a bad exit code and no failed test, it counts as failed. */
function suite(title, command, args, reportFile, count, env = {}) {
  console.log(`\n== ${title}`);
  const status = run(command, args, { env: { ...process.env, ...env } });
  let counted = { passed: 0, failed: 1 };
  try {
    counted = count(JSON.parse(readFileSync(reportFile, 'utf8')));
  } catch (error) {
    console.error(`${title}: no report (${error.message})`);
  }
  if (status !== 0 && counted.failed === 0) counted.failed = 1;
  add(counted);
}

try {
  installPackages();
  const { ensureChromium } = await import('./chromium.mjs');
  process.env.CHROMIUM_PATH = await ensureChromium();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const unitReport = join(REPORTS, 'unit.json');
  const browserReport = join(REPORTS, 'browser.json');

  check('types', 'npx', ['tsc', '-b']);
  check('lint and format', 'npx', ['biome', 'check', '--error-on-warnings', '.']);
  suite(
    'unit tests',
    'npx',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
    unitReport,
    (r) => ({
      passed: r.numPassedTests,
      // A file that cannot even be loaded is a failed suite without a failed test.
      failed: r.numFailedTests || r.numFailedTestSuites,
      skipped: r.numPendingTests,
    }),
  );
  // A few seconds a reader; npm run test:fuzz is the long one.
  check('fuzz', 'node', ['scripts/fuzz.mjs', '--cases', '2000', '--seconds', '3']);
  check('build', 'npx', ['vite', 'build', '--logLevel', 'error']);
  suite(
    'browser tests',
    'npx',
    ['playwright', 'test', '--reporter=list,json'],
    browserReport,
    ({ stats }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
    }),
    { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
  );
} catch (error) {
  console.error(error.message);
  add({ passed: 0, failed: 1 });
}
console.log(`\n${total.skipped} skipped (each says why above)`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
