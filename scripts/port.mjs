/** The port to serve at: read from what was asked, and looked at before anything long begins. Only Node's own modules here. */
import { once } from 'node:events';
import { createServer } from 'node:net';

export const FIRST_PORT = 5173;
const TRIES = 100;

/** Something was asked for that does not exist. */
export class BadOption extends Error {}

/** What was asked for cannot be had now. */
export class NotPossible extends Error {}

/**
 * "8080" -> 8080
 * @param {string} text
 * @throws BadOption
 */
export function readPort(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new BadOption(
    `port: a whole number from 1 to 65535, got ${text}; leave it out to get the first free one from ${FIRST_PORT}`,
  );
}

/**
 * Throws what is in the way of listening there.
 * @param {number} port
 * @param {string} host
 */
async function listenOnce(port, host) {
  const probe = createServer().listen({ port, host });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

/**
 * 'localhost' is free where no program listens on any address of this machine: browsers go to the first that answers.
 * @param {number} port
 * @param {string} host
 * @throws BadOption for a host that is none of this machine; NotPossible where the system refuses the port
 */
export async function isFree(port, host = 'localhost') {
  const anyOf = host === 'localhost';
  for (const address of anyOf ? ['127.0.0.1', '::1', '0.0.0.0', '::'] : [host]) {
    try {
      await listenOnce(port, address);
    } catch (error) {
      if (error.code === 'EADDRINUSE') return false;
      if (error.code === 'EACCES') {
        throw new NotPossible(
          `port: ${port} must be open to this user, got "permission denied"; choose one above 1023`,
        );
      }
      // A machine without IPv6, or without IPv4.
      if (anyOf && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code)) continue;
      throw new BadOption(`host: an address of this machine, got ${host}; leave it out for localhost`);
    }
  }
  return true;
}

/**
 * @param {number} first
 * @param {string} host
 * @returns {Promise<number>} the first free port from `first` on
 */
export async function freePort(first = FIRST_PORT, host = 'localhost') {
  for (let port = first; port < first + TRIES; port += 1) if (await isFree(port, host)) return port;
  throw new NotPossible(
    `port: one of ${first} to ${first + TRIES - 1} must be free, got all taken; name another with --port`,
  );
}

/**
 * The port asked for, or the first free one.
 * @param {string | undefined} asked as it was written
 * @param {string} host
 */
export async function choosePort(asked, host = 'localhost') {
  if (asked === undefined) return freePort(FIRST_PORT, host);
  const port = readPort(asked);
  if (await isFree(port, host)) return port;
  throw new NotPossible(
    `port: ${port} must be free, got one that another program uses; stop that program or choose another port`,
  );
}
