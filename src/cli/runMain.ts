import { expect } from 'vitest';
import { fakeIo } from './kit/fakeIo';
import type { Io } from './kit/io';
import { main } from './main';

/** The program with these arguments, and what it wrote; for tests. */
export async function runMain(argv: readonly string[], changes: Partial<Io> = {}) {
  const io = fakeIo(changes);
  const code = await main(argv, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

/** What it reports with `--json`; fails where it fails. */
export async function runJson(...argv: string[]) {
  const { code, stdout, stderr } = await runMain([...argv, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}
