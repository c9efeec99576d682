import { beforeEach, describe, expect, it } from 'vitest';
import { abandoned, leaveTab, lockName, ownTabId } from './tabId';

let items: Map<string, string>;
let held: Set<string>;
let count: number;

const session = {
  getItem: (key: string) => items.get(key) ?? null,
  setItem: (key: string, value: string) => void items.set(key, value),
  removeItem: (key: string) => void items.delete(key),
};
const hold = async (id: string) => {
  if (held.has(id)) return false;
  held.add(id);
  return true;
};
const own = (now = 0) => ownTabId({ session, hold, newId: () => `id-${++count}`, now: () => now });

beforeEach(() => {
  items = new Map();
  held = new Set();
  count = 0;
});

describe("a tab's id", () => {
  it('survives a reload, whose page holds no lock any more', async () => {
    expect(await own()).toBe('id-1');
    held.clear();
    leaveTab(session, 1000);
    expect(await own(5000)).toBe('id-1');
    held.clear();
    // Died without being left.
    expect(await own(10 ** 9)).toBe('id-1');
  });

  it('is another one in a duplicated tab, which brings a copy of the session', async () => {
    await own();
    expect(await own()).toBe('id-2');
    held.delete('id-2');
    expect(await own()).toBe('id-2');
  });

  it('is another one where a closed tab is opened again later', async () => {
    await own();
    held.clear();
    leaveTab(session, 0);
    expect(await own(11 * 60_000)).toBe('id-2');
  });
});

it('abandoned are folders that no living page holds', () => {
  expect(abandoned(['a', 'b', 'own'], new Set([lockName('b'), 'other']), 'own')).toEqual(['a']);
});
