import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './folderLock';

let folder: string;
let said: string[];
const path = () => join(folder, 'lock.json');
const lock = () => lockFolder(folder, (sentence) => said.push(sentence));
const holder = (changes: object) => {
  const lines = {
    pid: process.pid,
    host: hostname(),
    started: '2026-01-01T00:00:00Z',
    began: null,
    ...changes,
  };
  writeFileSync(path(), JSON.stringify(lines));
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is held by one at a time, says by which, and is free again once given back', () => {
  const release = lock();
  expect(JSON.parse(readFileSync(path(), 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
  expect(lock).toThrow(
    new RegExp(
      `^${folder}: must be used by one process at a time, got process ${process.pid} since .*; choose another --out`,
    ),
  );
  release();
  expect(existsSync(path())).toBe(false);
  lock()();
  expect(said).toEqual([]);
});

it('leaves the lock of another alone when its own was deleted meanwhile', () => {
  const release = lock();
  holder({ host: 'another' });
  release();
  expect(existsSync(path())).toBe(true);
});

it('is taken over from a process that is gone, and that is said', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  holder({ pid: child.pid });
  lock()();
  expect(said).toEqual([
    expect.stringContaining(`process ${child.pid} since 2026-01-01T00:00:00Z, which is gone`),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'is taken over where the number is now that of another process',
  () => {
    holder({ began: 'a former boot 123' });
    lock()();
    expect(said).toHaveLength(1);
  },
);

it('is not taken from another host, whose processes cannot be asked after; says what to delete', () => {
  holder({ host: 'node-17', pid: 4 });
  expect(lock).toThrow(
    `got process 4 on node-17 since 2026-01-01T00:00:00Z; choose another --out, or delete ${path()}`,
  );
  expect(existsSync(path())).toBe(true);
});

it.each([
  ['', 4e9],
  ['{"pid":', 1],
])('of a lock that does not say whose it is takes over %j, whatever its time (%d)', (content, time) => {
  writeFileSync(path(), content);
  utimesSync(path(), time, time);
  lock()();
  expect(said).toEqual([expect.stringContaining('a process that was killed')]);
});

it('waits for what a lock that is just being made will say', async () => {
  writeFileSync(path(), '');
  const full = JSON.stringify({ pid: 4, host: 'node-17', started: '2026-01-01T00:00:00Z', began: null });
  const child = spawn('sh', ['-c', `sleep 0.3; printf %s '${full}' > ${path()}`]);
  const ended = once(child, 'exit');
  expect(lock).toThrow('got process 4 on node-17 since');
  await ended;
});

it('ends in a sentence where something that is no file has its name', () => {
  execFileSync('mkfifo', [path()]);
  expect(lock).toThrow(`${path()}: must be a file that can be read, got a pipe; delete it`);
  rmSync(path());
  symlinkSync(join(folder, 'nowhere'), path());
  expect(lock).toThrow(`${path()}: must be a file that can be read, got something else; delete it`);
  rmSync(path());
  mkdirSync(path());
  expect(lock).toThrow(`${path()}: must be a file that can be read, got a folder; delete it`);
});
