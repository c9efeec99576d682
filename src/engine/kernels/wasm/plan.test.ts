import { expect, it } from 'vitest';
import { type Buffer, Plan } from './plan';

it('never gives two buffers the same place, and makes one gap of all when they are given back', () => {
  const plan = new Plan();
  const held: Buffer[] = [];
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let i = 0; i < 300; i++) {
    if (held.length > 0 && random(2)) plan.give(held.splice(random(held.length), 1)[0]);
    else held.push(plan.take(1 + random(500)));
    const sorted = [...held].sort((a, b) => a.offset - b.offset);
    sorted.slice(1).forEach((buffer, n) => {
      expect(buffer.offset).toBeGreaterThanOrEqual(sorted[n].offset + sorted[n].bytes);
    });
    expect(sorted.every(({ offset, bytes }) => offset % 64 === 0 && offset + bytes <= plan.bytes)).toBe(true);
  }
  for (const buffer of held) plan.give(buffer);
  const all = plan.bytes;
  expect(plan.take(all / 4).offset).toBe(0);
  expect(plan.bytes).toBe(all);
});

it('keeps a buffer until all who hold it have given it back', () => {
  const plan = new Plan();
  const buffer = plan.take(16);
  buffer.holders++;
  plan.give(buffer);
  expect(plan.take(16).offset).toBe(64);
  plan.give(buffer);
  expect(plan.take(16).offset).toBe(0);
});
