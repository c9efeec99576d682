import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const START = fileURLToPath(new URL('start.mjs', import.meta.url));

/** Without PORT of the machine that runs this. */
function start(args, PORT) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, ...args], {
    env: { ...process.env, PORT },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

it('--help says all options', () => {
  const { status, stdout } = start(['--help']);
  expect(status).toBe(0);
  for (const option of ['--port', 'PORT=', '--host', '--no-build']) expect(stdout).toContain(option);
});

it.each([
  ['--port abc', ['--port', 'abc'], undefined, /^port: .*, got abc; [^\n]*\n$/],
  ['PORT=99999', [], '99999', /^port: .*, got 99999; [^\n]*\n$/],
  ['an unknown option', ['--prot', '80'], undefined, /^start: .*, got --prot 80; [^\n]*\n$/],
  ['a word too many', ['80'], undefined, /^start: .*, got 80; [^\n]*\n$/],
])('%s: one sentence, exit code 2, nothing built', (_, args, port, sentence) => {
  expect(start(args, port)).toEqual({ status: 2, stdout: '', stderr: expect.stringMatching(sentence) });
});

it.each(['--port', 'PORT='])(
  'a taken port asked for by %s: one sentence, exit code 1, nothing built',
  async (how) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = String(other.address().port);
    const result = how === 'PORT=' ? start([], port) : start(['--port', port], '1');
    other.close();
    expect(result).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(new RegExp(`^port: ${port} must be free, [^\\n]*\\n$`)),
    });
  },
);
