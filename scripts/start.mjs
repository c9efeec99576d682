/** npm start: installs if needed, builds the page and serves it at http://localhost:5173. */
import { join } from 'node:path';
import { installPackages, ROOT, run } from './install.mjs';

try {
  installPackages();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// Its warnings are TensorFlow.js naming Node's modules in branches that no browser takes.
if (run('npx', ['vite', 'build', '--logLevel', 'error']) !== 0) process.exit(1);
const { pageServer } = await import('./serve.mjs');
const server = pageServer(join(ROOT, 'dist/app'));
server.on('error', (error) => {
  console.error(`${error.message}; stop what uses it (perhaps another npm start) and start again`);
  process.exit(1);
});
server.listen(5173, 'localhost', () => {
  console.log('  http://localhost:5173');
  console.log('  Open it in Chrome or Edge (WebGPU), press "T1w → T2w". Ctrl-C stops the server.');
});
