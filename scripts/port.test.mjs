import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { BadOption, choosePort, freePort, isFree, NotPossible, readPort } from './port.mjs';

const servers = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A program at a port, on one address; resolves with the port. */
async function taken(host, port = 0) {
  const server = createServer().listen({ port, host });
  servers.push(server);
  await once(server, 'listening');
  return server.address().port;
}

describe('readPort', () => {
  it.each(['1', '5173', '65535'])('%s', (text) => expect(readPort(text)).toBe(Number(text)));

  it.each(['0', '65536', '-1', '80.5', '1e3', '0x50', 'abc', '', ' 80'])('refuses "%s"', (text) => {
    expect(() => readPort(text)).toThrow(BadOption);
    expect(() => readPort(text)).toThrow(/^port: a whole number from 1 to 65535, got [^;]*; leave it out/);
  });
});

describe('a taken port', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('is seen when a program listens on %s', async (host) => {
    const port = await taken(host);
    expect(await isFree(port)).toBe(false);
    const next = await freePort(port);
    expect(next).toBeGreaterThan(port);
    expect(await isFree(next)).toBe(true);
  });

  it('is refused where it was asked for by number', async () => {
    const port = await taken('127.0.0.1');
    const refused = choosePort(String(port));
    await expect(refused).rejects.toThrow(NotPossible);
    await expect(refused).rejects.toThrow(`port: ${port} must be free, got one that another program uses;`);
  });

  it('is free again when its program has gone', async () => {
    const port = await taken('127.0.0.1');
    servers.pop().close();
    expect(await choosePort(String(port))).toBe(port);
  });
});

it('a host that is not of this machine is named', async () => {
  // An address of the block for documentation: nobody's.
  await expect(isFree(await freePort(), '192.0.2.7')).rejects.toThrow(
    /^host: an address of this machine, got 192\.0\.2\.7; /,
  );
});
