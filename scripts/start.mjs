/** npm start: installs if needed, builds the page and serves it. What was asked for and the port are looked at first. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installPackages, ROOT, run } from './install.mjs';
import { BadOption, choosePort, FIRST_PORT, NotPossible } from './port.mjs';

const HELP = `npm start [-- options]: builds the page and serves it on this machine

  --port N       port, also as PORT=N; without it the first free one from ${FIRST_PORT}
  --host H       address to listen on, 0.0.0.0 for all of this machine's; without it localhost
  --no-build     serves what was built last
  --help         this
`;

const PAGE = join(ROOT, 'dist/app');

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        host: { type: 'string', default: 'localhost' },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch {
    const got = process.argv.slice(2).join(' ');
    throw new BadOption(
      `start: takes --port N, --host H, --no-build and --help, got ${got}; npm start -- --help says more`,
    );
  }
}

async function start() {
  const { port: asked, host, 'no-build': built, help } = readOptions();
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const port = await choosePort(asked ?? (process.env.PORT || undefined), host);
  installPackages();
  if (!built) {
    console.log('Building the page...');
    // Its warnings are TensorFlow.js naming Node's modules in branches that no browser takes.
    if (run('npx', ['vite', 'build', '--logLevel', 'error']) !== 0) {
      throw new NotPossible('start: the page could not be built; see above');
    }
  } else if (!existsSync(join(PAGE, 'index.html'))) {
    throw new NotPossible('start: dist/app must hold a built page, got none; leave --no-build out');
  }

  const { pageServer } = await import('./serve.mjs');
  const server = pageServer(PAGE);
  server.on('error', (error) => fail(new NotPossible(`port: ${error.message}; start again`)));
  server.listen(port, host, () => {
    if (!asked && !process.env.PORT && port !== FIRST_PORT) {
      console.log(`Port ${FIRST_PORT} is taken by another program, so this is ${port}.`);
    }
    console.log(`\n  http://${host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${port}/\n`);
    console.log('  Open it in Chrome or Edge (WebGPU), press "T1w → T2w". Ctrl-C stops the server.');
  });
}

function fail(error) {
  console.error(error.message);
  process.exit(error instanceof BadOption ? 2 : 1);
}

await start().catch(fail);
