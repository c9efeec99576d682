import { expect, it } from 'vitest';
import type { Context } from '../../../state/context';
import { createReading } from './reading';

it('overtakes what is read of the same kind, and no other', () => {
  const state = { opening: null as string | null };
  const reading = createReading({
    get: () => state,
    set: (patch: Partial<typeof state>) => void Object.assign(state, patch),
  } as unknown as Context);
  const [first, reference, second] = (['source', 'reference', 'source'] as const).map(reading.begin);
  expect([first, reference, second].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
  expect(state.opening).toBe('source');
  reading.end(first);
  expect(state.opening).toBe('source');
  reading.end(second);
  expect(state.opening).toBe('reference');
  reading.cancel();
  expect(reference.signal.aborted).toBe(true);
  expect(state.opening).toBeNull();
});
