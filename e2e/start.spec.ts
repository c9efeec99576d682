/** npm start beside another program at its usual port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@playwright/test';
import { FIRST_PORT, isFree } from '../scripts/port.mjs';

/** Runs it without a build; resolves with all that it says until it serves. */
async function untilServing(child: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of child.stdout!) {
    said += chunk;
    if (said.includes('Ctrl-C')) return said;
  }
  throw new Error(`npm start ended: ${said}`);
}

test('takes the next free port and says which', async () => {
  const other = createServer();
  if (await isFree(FIRST_PORT)) await once(other.listen(FIRST_PORT, '127.0.0.1'), 'listening');
  const child = spawn(process.execPath, ['scripts/start.mjs', '--no-build'], {
    env: { ...process.env, PORT: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const said = await untilServing(child);
    const [, port] = /http:\/\/localhost:(\d+)\//.exec(said)!;
    expect(Number(port)).toBeGreaterThan(FIRST_PORT);
    expect(said).toContain(`Port ${FIRST_PORT} is taken by another program, so this is ${port}.`);
    const page = await fetch(`http://localhost:${port}/`);
    expect(await page.text()).toContain('<title>SynDiff Web');
  } finally {
    child.kill();
    other.close();
  }
});
