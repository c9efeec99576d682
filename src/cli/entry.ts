import type { Io } from './kit/io';
import { main } from './main';

const controller = new AbortController();
// A scheduler that ends a job and a terminal that is closed ask as Ctrl-C does: a run writes a checkpoint first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
process.once('SIGINT', () => {
  // A second Ctrl-C does not wait for the running step.
  process.once('SIGINT', () => process.exit(130));
});

// A reader that closes early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`stdout: the result could not be written, got ${error.message}; free some space\n`);
  process.exit(1);
});
// Nobody hears any more, as after a closed terminal.
process.stderr.on('error', () => controller.abort());

// stdout holds results only, whatever a library prints.
console.log = console.error;
console.info = console.error;

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY === true,
  debug: Boolean(process.env.DEBUG),
  signal: controller.signal,
};

const code = await main(process.argv.slice(2), io);
// A GPU device keeps Node running; leave once the output has been taken.
process.stdout.write('', () => process.exit(code));
