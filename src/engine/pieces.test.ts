import { expect, it } from 'vitest';
import { atOnce, inPieces, type Pieces } from './pieces';

/** Each piece takes 20 ms of a clock. */
function* ten(clock: { at: number }): Pieces<number> {
  for (let n = 0; n < 10; n++) {
    clock.at += 20;
    yield;
  }
  return 7;
}

it('pauses where 50 ms have passed, and comes to the same', async () => {
  const clock = { at: 0 };
  const pauses: number[] = [];
  const pause = async () => void pauses.push(clock.at);
  expect(await inPieces(ten(clock), { pause }, () => clock.at)).toBe(7);
  expect(pauses).toEqual([60, 120, 180]);
  expect(atOnce(ten(clock))).toBe(7);
});

it('stops at the first pause after a cancel, and lets the work end', async () => {
  const clock = { at: 0 };
  let isEnded = false;
  const controller = new AbortController();
  const pause = async () => controller.abort();
  function* ended() {
    try {
      return yield* ten(clock);
    } finally {
      isEnded = true;
    }
  }
  const work = inPieces(ended(), { pause, signal: controller.signal }, () => clock.at);
  await expect(work).rejects.toMatchObject({ name: 'Aborted' });
  expect(clock.at).toBe(60);
  expect(isEnded).toBe(true);
});
