/** Threads that walk through the same stages: each task once, none before its stage, rooms of their own; again and again. */
import { expect, it } from 'vitest';
import { bytesOfStages, type StageTask, stageWalker, writeStages } from './stages';

const [ADDRESS, ROOMS, ROOM_BYTES] = [128, 4096, 32];

/** Two threads in one: the second walks in the middle of the first one's first task, until it would have to wait. */
function twoWalkers(stages: readonly StageTask[][], within: 'first' | 'never' = 'first') {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  expect(bytesOfStages(stages)).toBeLessThan(ROOMS - ADDRESS);
  writeStages(memory, ADDRESS, stages);
  const done: string[] = [];
  let isOther = within === 'never';
  let run = 0;
  const second = stageWalker(memory, [(...args) => done.push(`1: ${args}`)], 1);
  const walk = (walker: typeof second, mostMs: number) =>
    walker(ADDRESS, 7, run, 2, ROOMS, ROOM_BYTES, mostMs);
  const first = stageWalker(
    memory,
    [
      (...args) => {
        if (!isOther) {
          isOther = true;
          expect(() => walk(second, 0)).toThrow('a thread has failed');
        }
        done.push(`0: ${args}`);
      },
      () => {
        throw new Error('unreachable');
      },
    ],
    0,
  );
  return () => {
    run++;
    isOther = within === 'never';
    walk(first, 100);
    walk(second, 0);
    return done.splice(0);
  };
}

const stage = (...names: number[]): StageTask[] =>
  names.map((name) => ({ kernel: 0, args: [name, 100], room: 1 }));

it('makes each task once, stage after stage, however often', () => {
  const round = twoWalkers([stage(1, 2, 3, 4), stage(5), stage(6, 7)]);
  for (let i = 0; i < 20; i++)
    // The second begins at its half and goes on from the end of the first one's; its room is another.
    expect(round()).toEqual([
      ...['1: 3,4096', '1: 4,4096', '1: 2,4096', '0: 1,100'],
      ...['0: 5,100', '0: 6,100', '0: 7,100'],
    ]);
});

it('is done by one where no other comes', () => {
  const round = twoWalkers([stage(1, 2), stage(3, 4)], 'never');
  for (let i = 0; i < 3; i++) expect(round()).toEqual(['0: 1,100', '0: 2,100', '0: 3,100', '0: 4,100']);
});

it('ends for all where a kernel fails', () => {
  const round = twoWalkers([[{ kernel: 1, args: [], room: -1 }], stage(1)], 'never');
  expect(round).toThrow('unreachable');
});
