/** npm start: installs if needed, builds the page and serves it at http://localhost:5173. */
import { installPackages, ROOT, run } from './install.mjs';

try {
  installPackages();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// Its warnings are TensorFlow.js naming Node's modules in branches that no browser takes.
if (run('npx', ['vite', 'build', '--logLevel', 'error']) !== 0) process.exit(1);
const { preview } = await import('vite');
const server = await preview({ root: ROOT }).catch((error) => {
  console.error(`${error.message}; stop what uses it (perhaps another npm start) and start again`);
  process.exit(1);
});
server.printUrls();
console.log('  Open it in Chrome or Edge (WebGPU), press "T1w → T2w". Ctrl-C stops the server.');
