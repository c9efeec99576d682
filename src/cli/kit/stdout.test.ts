import { expect, it } from 'vitest';
import { ReaderGone, writeAll } from './stdout';

/** Takes what `steps` say, call after call: so many bytes, or an error of this code. */
function stream(steps: (number | string)[]) {
  const taken: number[] = [];
  const write = (bytes: Uint8Array, from: number) => {
    const step = steps.shift() ?? bytes.length - from;
    if (typeof step === 'string') throw Object.assign(new Error(`${step}: no`), { code: step });
    taken.push(...bytes.subarray(from, from + step));
    return step;
  };
  return { write, text: () => new TextDecoder().decode(Uint8Array.from(taken)) };
}

it('goes on where a part was taken, also within a letter, and waits for a slow reader', () => {
  const { write, text } = stream([3, 'EAGAIN', 1, 2]);
  writeAll('größer als gedacht\n', write);
  expect(text()).toBe('größer als gedacht\n');
});

it.each([
  ['ENOSPC', 'stdout: must take the whole result, got no space left on the disk; write elsewhere'],
  [
    'EFBIG',
    'stdout: must take the whole result, got no larger file is allowed here (ulimit -f); write elsewhere',
  ],
  ['EIO', 'stdout: must take the whole result, got the disk failed; write elsewhere'],
])('%s after a part is an error', (code, sentence) => {
  expect(() => writeAll('some text', stream([3, code]).write)).toThrow(sentence);
});

it('knows a reader that has gone', () => {
  expect(() => writeAll('some text', stream([3, 'EPIPE']).write)).toThrow(ReaderGone);
});
