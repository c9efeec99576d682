import { expect, it } from 'vitest';
import { numberChoice } from './numberChoice';

const KEY = 'syndiff-threads';

function storageOf(items: Map<string, string>) {
  return () => ({
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  });
}

it('is remembered by the browser, and forgotten where the engine shall choose', () => {
  const items = new Map<string, string>();
  expect(numberChoice(KEY, storageOf(items)).wanted()).toBeNull();
  numberChoice(KEY, storageOf(items)).want(2);
  expect(numberChoice(KEY, storageOf(items)).wanted()).toBe(2);
  numberChoice(KEY, storageOf(items)).want(null);
  expect(numberChoice(KEY, storageOf(items)).wanted()).toBeNull();
  expect(items.size).toBe(0);
});

it.each(['0', '-1', '2.5', 'many', '100'])('takes no "%s"', (text) => {
  expect(numberChoice(KEY, storageOf(new Map([[KEY, text]]))).wanted()).toBeNull();
});

it('lasts as long as the page where storage is blocked', () => {
  const choice = numberChoice(KEY, () => {
    throw new Error('blocked');
  });
  expect(choice.wanted()).toBeNull();
  choice.want(3);
  expect(choice.wanted()).toBe(3);
});
