import type { Io } from './kit/io';
import { writeAll } from './kit/stdout';
import { main } from './main';

const controller = new AbortController();
let isGuarded = false;
/** Without listeners the system ends the program, even one that computes without a pause. */
function guard(): void {
  if (isGuarded) return;
  isGuarded = true;
  // A scheduler that ends a job and a terminal that is closed ask as Ctrl-C does: a run writes a checkpoint first.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => controller.abort());
  process.once('SIGINT', () => {
    // A second Ctrl-C does not wait for the running step.
    process.once('SIGINT', () => process.exit(130));
  });
}

// Nobody hears any more, as after a closed terminal.
process.stderr.on('error', () => controller.abort());

// Where files have a largest size (ulimit -f), the write that exceeds it fails and is told, rather than end the program.
process.on('SIGXFSZ', () => {});

// stdout holds results only, whatever a library prints.
console.log = console.error;
console.info = console.error;

const io: Io = {
  out: writeAll,
  err: (text) => process.stderr.write(text),
  rewrite: (text) => process.stderr.write(`\r\x1b[K${text}`),
  terminal: process.stderr.isTTY === true,
  columns: () => process.stdout.columns || process.stderr.columns || 100,
  debug: Boolean(process.env.DEBUG),
  signal: controller.signal,
  guard,
};

const code = await main(process.argv.slice(2), io);
// A GPU device keeps Node running; leave once all that was said has been taken.
process.stderr.write('', () => process.exit(code));
