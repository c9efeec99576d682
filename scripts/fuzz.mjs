/**
 * Fuzzes the readers of files, each in a process of its own with little memory, watched for cases that do not end:
 *   npm run test:fuzz -- [--cases N] [--seconds N] [--seed N] [--reader NAME] [--case N]
 * The same seed gives the same cases. A fault is told with the command that repeats it alone.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { ROOT } from './install.mjs';

const READERS = ['nifti', 'safetensors', 'pth-zip', 'pth-legacy', 'cards', 'sidecars', 'tsv', 'lists'];
/** Of JavaScript's own memory; run.ts looks at all of it. */
const HEAP_MB = 200;
/** Without a new case: far beyond what a case may take, for a machine that is busy. */
const HANGS_MS = 30_000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    reader: { type: 'string' },
    case: { type: 'string' },
  },
});
const first = Number(values.case ?? 0);
const cases = values.case === undefined ? Number(values.cases) : 1;
const BUILT = join(ROOT, 'dist/fuzz');

await build({
  root: ROOT,
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: join(ROOT, 'test/fuzz/run.ts'),
    target: 'node20',
    outDir: BUILT,
    minify: false,
    rollupOptions: { output: { entryFileNames: 'run.mjs', codeSplitting: false } },
  },
});

/** Resolves to whether all was as it must be. */
function fuzz(reader) {
  const again = (n) => `npm run test:fuzz -- --reader ${reader} --seed ${values.seed} --case ${n}`;
  const args = [reader, values.seed, first, cases, values.seconds].map(String);
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, join(BUILT, 'run.mjs'), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    },
  );
  let last = first;
  let report = '';
  let hangs = false;
  const begin = performance.now();
  const kill = () => {
    hangs = true;
    child.kill('SIGKILL');
  };
  let watchdog = setTimeout(kill, HANGS_MS);
  child.stdio[3].on('data', (text) => {
    last = Number(String(text).trimEnd().split('\n').at(-1));
    clearTimeout(watchdog);
    watchdog = setTimeout(kill, HANGS_MS);
  });
  child.stdout.on('data', (text) => {
    report += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(watchdog);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      if (report === '') {
        const why = hangs ? `no end after ${HANGS_MS / 1000} s` : `ended by ${signal ?? `code ${code}`}`;
        console.log(`${reader}: case ${last}: ${why}; ${again(last)}`);
        resolve(false);
        return;
      }
      const { done, counts, faults } = JSON.parse(report);
      const told = Object.entries(counts).sort(([, a], [, b]) => b - a);
      console.log(
        `${reader}: ${done} cases in ${seconds} s: ${told.map(([kind, n]) => `${kind} ${n}`).join(', ')}; ${faults.length} faults`,
      );
      for (const { case: n, what } of faults) console.log(`  case ${n}: ${what}\n  ${again(n)}`);
      resolve(code === 0);
    });
  });
}

const waiting = values.reader ? [values.reader] : [...READERS];
const results = [];
async function work() {
  for (let reader = waiting.shift(); reader; reader = waiting.shift()) results.push(await fuzz(reader));
}
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
process.exit(results.every(Boolean) ? 0 : 1);
